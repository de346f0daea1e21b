import Core
import Ledger

// What the ledger has in English, in the reader's words.
extension DeskRequest {
    /// The detail of an act or a reason, as far as it is the program's own sentence; a person's stays as it is.
    func wording(of detail: String) -> String {
        if let said = Phrase.recognised(in: detail) { return wording(said.phrase, said.places) }
        let parts = detail.split(separator: "; ")
        guard parts.count > 1 else { return roles(detail) ?? detail }
        return parts.map { wording(of: String($0)) }.joined(separator: "; ")
    }

    private static let withSingular: Set<Phrase> = [.items, .itemsToRecipients, .posts, .deliveries, .deliveriesEnded, .notWanted]

    private func wording(_ phrase: Phrase, _ places: [String: String]) -> String {
        var places = places
        if let rest = places["rest"] { places["rest"] = wording(of: rest) }
        if let act = places["act"] { places["act"] = actWords[act] ?? act }
        if places["audience"] == Audience.everybody.name { places["audience"] = text("desk.everybody") }
        return text("said.\(phrase)" + (places["count"] == "1" && Self.withSingular.contains(phrase) ? "One" : ""), places)
    }

    /// What stands between its places.
    func wording(of phrase: Phrase) -> String { text("said.\(phrase)").replacing(/\{[a-z]+\}/, with: "") }

    /// A list of roles; `nil` when it is none.
    private func roles(_ list: String) -> String? {
        let roles = list.split(separator: ", ").map { DeskRole(String($0)) }
        guard !roles.isEmpty, roles.allSatisfy({ $0 != nil }) else { return nil }
        return roles.compactMap { $0.map(wording) }.joined(separator: ", ")
    }

    private func wording(_ role: DeskRole) -> String {
        switch role {
        case .contributor(let source): text("said.roleContributor", ["source": source])
        case .editor: text("said.roleEditor")
        case .medA(let committee): text("said.sideA", ["committee": committee])
        case .medB(let committee): text("said.sideB", ["committee": committee])
        case .director: text("said.roleDirector")
        case .operator: text("said.roleOperator")
        }
    }
}
