/// The keys of an item's header lines. The words are the contract's, in Danish, Norwegian and English.
enum HeaderKey: CaseIterable {
    case title, summary, category, audience, channels, visibleFrom, visibleUntil, picture, caption, alternativeText, link, contact
    case leaderNotes, priority, side

    private static let names: [(key: HeaderKey, names: [String])] = [
        (.title, ["titel", "tittel", "title"]),
        (.summary, ["resumé", "resume", "sammendrag", "summary"]),
        (.category, ["kategori", "category"]),
        (.audience, ["målgruppe", "audience"]),
        (.channels, ["kanaler", "kanal", "channels", "channel"]),
        (.visibleFrom, ["vises fra", "shown from", "show from", "visible from"]),
        (.visibleUntil, ["vises til", "shown until", "show until", "visible until"]),
        (.picture, ["billede", "bilde", "picture", "image"]),
        (.caption, ["billedtekst", "bildetekst", "caption"]),
        (.alternativeText, ["alt", "alt-tekst", "alttekst", "alt text"]),
        (.link, ["link", "lenke"]),
        (.contact, ["kontakt", "contact"]),
        (.leaderNotes, ["lederinfo", "leder info", "leader info", "leader notes"]),
        (.priority, ["prioritet", "priority"]),
        (.side, ["side", "fra side", "med-side"]),
    ]
    private static let byName: [String: HeaderKey] = Dictionary(
        names.flatMap { entry in entry.names.map { ($0, entry.key) } }, uniquingKeysWith: { first, _ in first })

    /// Every name, for the nearest one to a misspelt key.
    static let allNames = names.flatMap(\.names)

    /// Reads a key in any case, with any number of spaces in it; `nil` when it is not one.
    init?(_ written: String) {
        guard let key = Self.byName[written.lowercased().split(separator: " ").joined(separator: " ")] else { return nil }
        self = key
    }
}
