import Bounces
import Configuration
import Core
import Foundation
import Intake
import Planner
import Press

/// What the service would make of a file, a template or a rule; nothing is changed by it.
enum TryCommands {
    static func run(_ arguments: Arguments) throws -> ExitCode {
        if arguments.positional.first == "bounce" { return try bounce(Array(arguments.positional.dropFirst())) }
        guard arguments.positional.count == 2 else { throw UsageError("it takes item FILE, template FILE, rule RRULE or bounce FILE…") }
        let what = arguments.positional[1]
        switch arguments.positional[0] {
        case "item": return try item(what, arguments)
        case "template": return try template(what, arguments)
        case "rule": return try rule(what, arguments)
        case let other: throw UsageError("it knows item, template, rule and bounce, not ‘\(other)’")
        }
    }

    private static func template(_ file: String, _ arguments: Arguments) throws -> ExitCode {
        guard let data = arguments["data"] else { throw UsageError("--data needs the values: JSON, or a file with it") }
        let json = access(data, F_OK) == 0 ? try text(data) : data
        let folder = arguments["partials"]
        let output = try renderTemplate(
            try text(file), name: file, json: json,
            partial: { name in
                guard let folder, !name.contains("/"), !name.hasPrefix(".") else { return nil }
                return try? String(contentsOfFile: "\(folder)/\(name).mustache", encoding: .utf8)
            })
        // Nothing is added to what the template says, not even a line break.
        FileHandle.standardOutput.write(Data(output.utf8))
        return .done
    }

    private static func rule(_ rule: String, _ arguments: Arguments) throws -> ExitCode {
        guard let start = arguments["start"] else { throw UsageError("--start needs the first date, such as 2026-12-01T08:00") }
        guard let count = try arguments.number("count") else { throw UsageError("--count needs how many dates") }
        for line in try RuleDates.lines(rule, start: start, count: count, zone: arguments["zone"] ?? "Europe/Copenhagen") { say(line) }
        return .done
    }

    private static func text(_ file: String) throws(Fault) -> String {
        guard let data = FileManager.default.contents(atPath: file) else {
            throw Fault("read", file, cause: "the file does not exist or may not be read", mend: "Check the path.")
        }
        guard let text = String(data: data, encoding: .utf8) else {
            throw Fault("read", file, cause: "it is not UTF-8", mend: "Save it as UTF-8.")
        }
        return text
    }
}

extension TryCommands {
    /// A line for each report: verdict, address, status and reason, parted by tabs. Of a report on several recipients it is the first
    /// that failed for good, else the first that failed. A file that cannot be read has no line and ends in exit code 1.
    private static func bounce(_ files: [String]) throws -> ExitCode {
        guard !files.isEmpty else { throw UsageError("bounce needs the files of reports") }
        var code = ExitCode.done
        for file in files {
            guard let data = FileManager.default.contents(atPath: file) else {
                complain("budstikke try: read \(file): the file does not exist or may not be read.")
                code = .problem
                continue
            }
            let found = ReportReader.read(Array(data)).conclusion
            say([found.verdict.rawValue, found.address, found.status, found.reason].joined(separator: "\t"))
        }
        return code
    }

    /// Needs no configuration; with one, its zone, audiences and language count.
    private static func item(_ file: String, _ arguments: Arguments) throws -> ExitCode {
        let isConfigured = arguments.has("config") || Settings.defaultFiles.contains { access($0, F_OK) == 0 }
        let settings = isConfigured ? try Session(arguments).settings : nil
        let catalogue = try Pressroom.catalogue(settings?.templatesFolder ?? ShareFolder.find().templates)
        let trial = TryItem(
            zone: settings?.organisation.zone ?? .copenhagen, audiences: (settings?.audiences ?? [.everybody]).map(\.name),
            blocked: BlockedWords(settings?.drop.blockedWords ?? []), now: SystemClock().now(), catalogue: catalogue,
            language: settings?.organisation.language ?? .da, pandoc: PandocProgram(path: (settings?.programs.pandoc ?? .pandoc).path),
            vipsthumbnail: VipsThumbnail(path: (settings?.programs.vipsthumbnail ?? .vipsthumbnail).path))
        let report = try trial.report(file)
        say(arguments.has("json") ? report.json : report.text)
        return report.isRefused ? .problem : .done
    }
}
