import Core
import Desk
import Foundation

/// `alert`: a crisis message to everybody at once, its confirmation by a second person, its end.
enum AlertCommand {
    static let command = Command(
        "alert", "TEXT | --confirm ID | --end [TEXT] | --list",
        "a crisis message: alone on every screen, by mail ahead of everything else, to every endpoint",
        options: [
            .config, .json, .yes,
            .init(name: "title", value: "TITLE", help: "its title (default the first line of TEXT)"),
            .init(name: "audience", value: "NAME", help: "who gets the mail; screens show it to everybody"),
            .init(name: "until", value: "TIME", help: "when it ends by itself: 14:30 or 2026-12-01T14:30"),
            .init(name: "for", value: "SPAN", help: "the same as a span: 45m, 2h"),
            .init(name: "drill", value: nil, help: "an exercise, marked as one everywhere"),
            .init(name: "confirm", value: "ID", help: "agree to one that somebody else has proposed"),
            .init(name: "end", value: nil, help: "take it back everywhere and send the all-clear, which says TEXT"),
            .init(name: "id", value: "ID", help: "end: which one, when several stand, or one that is only proposed"),
            .init(name: "list", value: nil, help: "those of now and before"),
        ]
    ) { arguments in
        let request = try request(arguments)
        if let question = question(request), !arguments.has("yes"), !CommandTable.confirmed(question) { return .problem }
        let answer = try Session(arguments).ask(request)
        say(arguments.has("json") ? answer.json : answer.text)
        return .done
    }

    private static func request(_ arguments: Arguments) throws(UsageError) -> OperatorRequest {
        let acts = ["confirm", "end", "list"].filter(arguments.has)
        guard acts.count < 2 else { throw UsageError("--\(acts[0]) and --\(acts[1]) do not go together") }
        let besides = ["title", "audience", "until", "for", "drill"].filter(arguments.has)
        if let act = acts.first, let other = besides.first { throw UsageError("--\(other) does not go with --\(act)") }
        if arguments.has("id"), acts != ["end"] { throw UsageError("--id goes with --end") }
        switch acts.first {
        case "list":
            _ = try arguments.only()
            return .alerts
        case "confirm":
            _ = try arguments.only()
            return .confirmAlert(try identifier(arguments["confirm"], "confirm"))
        case "end":
            let farewell = arguments.positional.isEmpty ? nil : try arguments.only("TEXT")[0]
            return .endAlert(
                try arguments["id"].map { text throws(UsageError) in try identifier(text, "id") }, farewell: farewell)
        default: return .raiseAlert(try wish(arguments))
        }
    }

    private static func identifier(_ text: String?, _ option: String) throws(UsageError) -> AlertID {
        guard let number = text.flatMap({ Int64($0) }) else { throw UsageError("--\(option) needs a number; see --list") }
        return AlertID(number)
    }

    private static func wish(_ arguments: Arguments) throws(UsageError) -> AlertWish {
        let text = try arguments.only("TEXT")[0]
        if arguments.has("until"), arguments.has("for") { throw UsageError("--until and --for do not go together") }
        var end = arguments["until"].map { AlertWish.End.at($0) }
        if let span = arguments["for"] {
            guard let span = Span(span), span > .seconds(0) else { throw UsageError("--for needs a span such as 45m or 2h") }
            end = .after(span)
        }
        return AlertWish(
            text: text, title: arguments["title"], audience: arguments["audience"], end: end, isDrill: arguments.has("drill"))
    }

    private static func question(_ request: OperatorRequest) -> String? {
        switch request {
        case .raiseAlert(let wish):
            let title = wish.title ?? String(wish.text.prefix { !$0.isNewline })
            let whom = wish.audience.map { "the mail to ‘\($0)’" } ?? "a mail to its audience"
            return "\(wish.isDrill ? "A DRILL" : "A REAL crisis message"): ‘\(title)’. On every screen, in place of all else, and \(whom)?"
        case .confirmAlert(let id): return "Send the crisis message \(id) out now? (‘budstikke alert --list’ shows it.)"
        default: return nil
        }
    }
}
