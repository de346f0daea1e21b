import Core
import Desk
import Foundation
import Ledger

/// Every command of the program, in the order in which `help` lists them.
enum CommandTable {
    static let all: [Command] = [
        Command("init", "DIR", "make a complete set-up in DIR", run: SetUpCommands.initialise),
        Command(
            "demo", "", "make a set-up, take in the sample items, and send an edition into a folder",
            options: [
                .init(name: "dir", value: "DIR", help: "where to make it (default ./demo)"),
                .init(name: "port", value: "N", help: "the web port (default 8080; 0 for a free one)"),
                .init(name: "once", value: nil, help: "end when the edition is delivered"),
            ], run: DemoCommand.run),
        Command("serve", "", "run the daemon in the foreground", options: [.config], run: ServeCommand.run),
        Command(
            "check", "", "list every problem in configuration, schedules, templates, folders and endpoints",
            options: [
                .config, .json, .init(name: "feeds", value: nil, help: "what each player will make of each item of its feed, instead"),
                .init(name: "endpoints", value: nil, help: "try each intranet endpoint and the store without posting anything, instead"),
            ],
            run: CheckCommand.run),
        Command(
            "doctor", "", "say whether this installation is well, and what mends what is not",
            options: [
                .config, .json, .init(name: "resolver", value: "ADDRESS[:PORT]", help: "the name server to ask, in place of the system's"),
                .init(name: "selector", value: "NAME", help: "the DKIM selector that the relay signs with"),
            ], run: DoctorCommand.run),
        asking(
            "schedule", "", "the coming editions with cut-off and channels, and why a date moved",
            options: [
                .init(name: "from", value: "DATE", help: "from this day on (default today)"),
                .init(name: "count", value: "N", help: "how many (default 12)"),
            ]
        ) { arguments throws(UsageError) in
            _ = try arguments.only()
            let from = try arguments["from"].map { text throws(UsageError) in
                guard let date = CivilDate(iso: text) else { throw UsageError("--from needs a day such as 2026-12-01") }
                return date
            }
            return .schedule(from: from, count: try arguments.number("count") ?? 12)
        },
        asking(
            "status", "", "sources, items, editions, deliveries, screens, endpoints and alarms at a glance",
            options: [.init(name: "retention", value: nil, help: "what is kept for how long and how much is older, instead")]
        ) { arguments throws(UsageError) in
            _ = try arguments.only()
            return arguments.has("retention") ? .retention : .status
        },
        asking(
            "items", "", "the items that have come in",
            options: [
                .init(name: "state", value: "STATE", help: ItemState.allCases.map(\.rawValue).joined(separator: ", ")),
                .init(name: "source", value: "NAME", help: "of one source"),
                .init(name: "limit", value: "N", help: "how many (default 50)"),
            ]
        ) { arguments throws(UsageError) in
            _ = try arguments.only()
            let state = try arguments["state"].map { name throws(UsageError) in
                guard let state = ItemState(rawValue: name) else { throw UsageError("there is no state ‘\(name)’") }
                return state
            }
            return .items(state: state, source: arguments["source"], limit: try arguments.number("limit") ?? 50)
        },
        asking(
            "item", "ID", "one item with its text, its versions and its history",
            options: [.init(name: "version", value: "N", help: "a former version, and what the next one changed")]
        ) { arguments throws(UsageError) in
            guard let number = Int64(try arguments.only("ID")[0]) else { throw UsageError("an item's ID is a number") }
            return .item(ItemID(number), version: try arguments.number("version"))
        },
        asking("approve", "ITEM|EDITION", "approve an item, or all items of an edition") { arguments throws(UsageError) in
            .approve(what: try arguments.only("an item's ID or an edition's name")[0])
        },
        asking(
            "hold", "ITEM|EDITION", "hold an item back, an edition until an editor releases it, or the rest of one that is under way",
            options: [.init(name: "reason", value: "TEXT", help: "why")]
        ) { arguments throws(UsageError) in
            .hold(what: try arguments.only("an item's ID or an edition's name")[0], reason: arguments["reason"] ?? "")
        },
        asking(
            "withdraw", "ITEM", "take an item back everywhere",
            options: [.init(name: "same-as", value: "OTHER", help: "because that item tells the same, and stays")]
        ) { arguments throws(UsageError) in
            .withdraw(what: try arguments.only("an item's ID")[0], sameAs: try arguments.number("same-as").map { ItemID(Int64($0)) })
        },
        Command(
            "preview", "PUBLICATION", "the next edition as it stands, for every channel",
            options: [.config, .json, .init(name: "out", value: "DIR", help: "write mail.html, mail.txt and web.html there")],
            run: PreviewCommand.run),
        asking(
            "test", "PUBLICATION", "the next edition to one address",
            options: [.init(name: "to", value: "ADDRESS", help: "where to; required")]
        ) { arguments throws(UsageError) in
            let publication = try arguments.only("PUBLICATION")[0]
            guard let text = arguments["to"], let address = EmailAddress(text) else { throw UsageError("--to needs a mail address") }
            return .test(publication: publication, to: address)
        },
        asking(
            "run", "PUBLICATION", "release the next edition now", question: "Release the next edition of {what} now, to all its readers?"
        ) {
            arguments throws(UsageError) in .run(publication: try arguments.only("PUBLICATION")[0])
        },
        AlertCommand.command,
        RecallCommand.command,
        asking(
            "deliveries", "EDITION", "who got an edition, who did not and why",
            options: [
                .init(name: "failed", value: nil, help: "only those that failed"),
                .init(name: "csv", value: nil, help: "as a table for a spreadsheet (RFC 4180 with semicolons)"),
            ]
        ) { arguments throws(UsageError) in
            guard !(arguments.has("csv") && arguments.has("json")) else { throw UsageError("--csv and --json exclude each other") }
            return .deliveries(
                edition: try arguments.only("EDITION")[0], failedOnly: arguments.has("failed"), form: arguments.has("csv") ? .csv : .list)
        },
        asking("resume", "EDITION", "go on with an edition whose deliveries are paused") { arguments throws(UsageError) in
            .resume(edition: try arguments.only("EDITION")[0])
        },
        asking(
            "stop", "EDITION", "give up what an edition has not delivered yet",
            question: "Give up all deliveries of {what} that are still waiting?"
        ) { arguments throws(UsageError) in .stop(edition: try arguments.only("EDITION")[0]) },
        asking("retry", "EDITION", "deliver again to those alone whose delivery failed") { arguments throws(UsageError) in
            .retry(edition: try arguments.only("EDITION")[0])
        },
        asking(
            "posts", "[ENDPOINT] | retry [ENDPOINT]",
            "what intranet endpoints have been told, and what not and why; those that failed again",
            options: [.init(name: "failed", value: nil, help: "only those that were given up")]
        ) { arguments throws(UsageError) in
            let words = arguments.positional
            guard words.first == "retry" else {
                if words.count > 1 { _ = try arguments.only("ENDPOINT") }
                return .posts(endpoint: words.first, failedOnly: arguments.has("failed"))
            }
            if words.count > 2 { _ = try arguments.only("retry", "ENDPOINT") }
            return .retryPosts(endpoint: words.dropFirst().first)
        },
        asking("feeds", "", "the addresses of every feed, for the owners of the players") { arguments throws(UsageError) in
            _ = try arguments.only()
            return .feedAddresses
        },
        asking("screens", "[forget NAME]", "the screens that fetch a feed, and when they last did") { arguments throws(UsageError) in
            guard arguments.positional.first == "forget" else {
                _ = try arguments.only()
                return .screens
            }
            return .forgetScreen(try arguments.only("forget", "a screen's name")[1])
        },
        asking(
            "recipients", "[import FILE | why ADDRESS | sync]",
            "the audiences; a new directory of employees, from a file or the directory server; why somebody gets each publication or does not",
            options: [.init(name: "force", value: nil, help: "also when it removes more people than MostRemoved= lets it")]
        ) { arguments throws(UsageError) in
            if arguments.positional.first == "sync" {
                _ = try arguments.only("sync")
                return .synchroniseRecipients(force: arguments.has("force"))
            }
            if arguments.positional.first == "why" {
                let text = try arguments.only("why", "ADDRESS")[1]
                guard let address = EmailAddress(text) else { throw UsageError("‘\(text)’ is not a mail address") }
                return .reasons(address)
            }
            guard arguments.positional.first == "import" else {
                _ = try arguments.only()
                return .recipients
            }
            let file = try arguments.only("import", "FILE")[1]
            guard let data = FileManager.default.contents(atPath: file) else { throw UsageError("\(file) cannot be read") }
            return .importRecipients(bytes: Array(data), name: file, force: arguments.has("force"))
        },
        asking("person", "export ADDRESS | erase ADDRESS", "what is kept about a person; everything about them taken away, with proof") {
            arguments throws(UsageError) in
            let act = arguments.positional.first ?? ""
            guard act == "export" || act == "erase" else { throw UsageError("it needs export or erase") }
            let text = try arguments.only(act, "ADDRESS")[1]
            guard let address = EmailAddress(text) else { throw UsageError("‘\(text)’ is not a mail address") }
            return act == "export" ? .exportPerson(address) : .erasePerson(address)
        },
        asking(
            "backup", "FILE", "a whole copy of the ledger, also while the service sends",
            options: [.init(name: "force", value: nil, help: "also when the file exists")]
        ) { arguments throws(UsageError) in
            .backup(file: URL(fileURLWithPath: try arguments.only("FILE")[0]).path, force: arguments.has("force"))
        },
        Command(
            "restore", "FILE", "bring a backup back; the service must not run", options: [.config, .json], run: SetUpCommands.restore),
        asking("suppressed", "[lift ADDRESS]", "the addresses that reports say are dead, or one of them sent to again") {
            arguments throws(UsageError) in
            guard arguments.positional.first == "lift" else {
                _ = try arguments.only()
                return .suppressed
            }
            let text = try arguments.only("lift", "ADDRESS")[1]
            guard let address = EmailAddress(text) else { throw UsageError("‘\(text)’ is not a mail address") }
            return .liftSuppression(address)
        },
        Command(
            "user", "list | add NAME | role NAME ROLES | password NAME | remove NAME", "who may come to the desk, and as what",
            options: [
                .config, .json,
                .init(name: "roles", value: "ROLES", help: "add: such as editor,contributor:HR,med-a:Hovedudvalget,director,operator"),
                .init(name: "email", value: "ADDRESS", help: "add: where the user's test mails go"),
            ], run: UserCommand.run),
        Command(
            "try", "item FILE | template FILE | rule RRULE | bounce FILE…",
            "what the service would make of a file, a template, a rule or delivery reports",
            options: [
                .config, .json, .init(name: "data", value: "JSON", help: "template: the values, or a file with them"),
                .init(name: "partials", value: "DIR", help: "template: where {{>name}} is found"),
                .init(name: "start", value: "DATETIME", help: "rule: the first date, such as 2026-12-01T08:00"),
                .init(name: "count", value: "N", help: "rule: how many dates"),
                .init(name: "zone", value: "Z", help: "rule: the time zone (default Europe/Copenhagen)"),
            ], run: TryCommands.run),
        Completion.command,
    ]

    /// A command that is one ``OperatorRequest``: by the daemon when one runs, else in this process.
    private static func asking(
        _ name: String, _ words: String, _ summary: String, options: [Arguments.Option] = [],
        question: String? = nil,
        _ request: @escaping @Sendable (Arguments) throws(UsageError) -> OperatorRequest
    ) -> Command {
        let shared: [Arguments.Option] = [.config, .json] + (question == nil ? [] : [.yes])
        return Command(name, words, summary, options: options + shared) { arguments in
            let asked = try request(arguments)
            if let question, !arguments.has("yes"), !confirmed(question.replacing("{what}", with: arguments.positional.first ?? "")) {
                return .problem
            }
            let answer = try Session(arguments).ask(asked)
            say(arguments.has("json") ? answer.json : answer.text)
            return answer.isProblem ? .problem : .done
        }
    }

    /// Asks a question that only a clear yes answers.
    static func confirmed(_ question: String) -> Bool {
        complain(question + " [yes/no] ")
        if ["yes", "y", "ja", "j"].contains((readLine() ?? "").lowercased()) { return true }
        complain("Nothing was done.")
        return false
    }
}
