import Core

/// What people write behind `Side:`.
enum SideReader {
    private static let words: [CommitteeSide: [String]] = [
        .a: [
            "a", "a siden", "a side", "ledelsen", "ledelse", "ledelsessiden", "ledelsessida", "lederne", "ledersiden", "arbejdsgiversiden",
            "arbejdsgiver", "arbejdsgiverne", "arbeidsgiversiden", "arbeidsgiver", "arbeidsgiverne", "side a", "management",
            "management side", "employer", "employer side", "employers",
        ],
        .b: [
            "b", "b siden", "b side", "medarbejderne", "medarbejdere", "medarbejder", "medarbejdersiden", "personalet", "personalesiden",
            "arbejdstagersiden", "lønmodtagersiden", "medarbeiderne", "medarbeidersiden", "ansatte", "ansattesiden", "de ansatte",
            "arbeidstakersiden", "arbeidstakerne", "side b", "employee", "employees", "employee side", "staff", "staff side",
        ],
        .joint: [
            "fælles", "faelles", "begge", "begge sider", "fælles fra begge sider", "a og b", "a siden og b siden", "a og b siden", "a b",
            "felles", "joint", "both", "both sides", "a and b", "ledelse og medarbejdere", "ledelsen og medarbejderne",
            "ledelses og medarbejdersiden", "ledelse og ansatte", "ledelsen og de ansatte",
        ],
    ]
    private static let byWord: [String: CommitteeSide] = Dictionary(
        words.flatMap { side, words in words.map { (key($0), side) } }, uniquingKeysWith: { first, _ in first })

    static func side(_ written: String) -> CommitteeSide? { byWord[key(written)] }

    /// For the note: what a word that cannot be read most resembles.
    static func nearest(_ written: String) -> String? {
        nearestName(to: written, among: ["A-siden", "B-siden", "fælles", "ledelsessiden", "medarbejdersiden"])
    }

    /// `A-siden` and `a siden` are the same, and so are `A+B`, `A/B` and `A & B`.
    private static func key(_ text: String) -> String { text.comparableWords.joined(separator: " ") }
}
