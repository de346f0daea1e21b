import Core
import Desk
import Ledger

/// `recall`: an edition that has gone out is corrected everywhere it is shown, and by mail when that is asked for.
enum RecallCommand {
    static let command = Command(
        "recall", "EDITION",
        "correct an edition that has gone out, with what has been mended or withdrawn since, and a note that readers see",
        options: [
            .config, .json, .yes,
            .init(name: "note", value: "TEXT", help: "what readers are told: what was wrong, and what is right"),
            .init(name: "item", value: "ID,…", help: "bring in what has been mended of these items alone"),
            .init(name: "mail", value: nil, help: "write to those who had got it, at once or, without --note, afterwards"),
        ]
    ) { arguments in
        let request = try request(arguments)
        if !arguments.has("yes"), !CommandTable.confirmed(question(request)) { return .problem }
        let answer = try Session(arguments).ask(request)
        say(arguments.has("json") ? answer.json : answer.text)
        return .done
    }

    private static func request(_ arguments: Arguments) throws(UsageError) -> OperatorRequest {
        let edition = try arguments.only("EDITION")[0]
        guard let note = arguments["note"] else {
            guard arguments.has("mail") else { throw UsageError("--note says what was put right; --mail sends what was put right before") }
            if arguments.has("item") { throw UsageError("--item goes with --note") }
            return .mailCorrection(edition: edition)
        }
        var items: [ItemID] = []
        for word in (arguments["item"] ?? "").split(whereSeparator: { ", ".contains($0) }) {
            guard let number = Int64(word) else { throw UsageError("--item needs items' numbers, such as 12,14") }
            items.append(ItemID(number))
        }
        if arguments.has("item"), items.isEmpty { throw UsageError("--item needs items' numbers, such as 12,14") }
        return .recall(edition: edition, note: note, items: items, mail: arguments.has("mail"))
    }

    private static func question(_ request: OperatorRequest) -> String {
        switch request {
        case .recall(let edition, let note, _, let mail):
            "Correct \(edition) on the web, in the feeds and at the endpoints, with the note ‘\(note)’"
                + (mail ? ", and write to all who have got it?" : "?")
        case .mailCorrection(let edition): "Write to all who have got \(edition) without its correction?"
        default: ""
        }
    }
}
