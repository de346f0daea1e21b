import Core
import Desk

/// Says whether an installation is well: what is wrong first, each with its mend; exit 1 when something is.
enum DoctorCommand {
    static func run(_ arguments: Arguments) throws -> ExitCode {
        _ = try arguments.only()
        guard let lookup = NameLookup(server: arguments["resolver"]) else {
            throw UsageError("--resolver needs an IPv4 address, with a port behind a colon when it is not 53")
        }
        let (settings, problems) = CheckCommand.findings(try Session.file(arguments))
        let findings = Doctor(settings: settings, problems: problems, lookup: lookup, selector: arguments["selector"]).findings()
        let count = findings.count { $0.verdict == .problem }
        if arguments.has("json") {
            say(jsonText(findings))
        } else {
            for verdict in [Finding.Verdict.problem, .advice, .good] {
                for finding in findings where finding.verdict == verdict { say(line(finding)) }
            }
            say(count == 0 ? "This installation is well." : "\(count) problem\(count == 1 ? "" : "s").")
        }
        return count == 0 ? .done : .problem
    }

    private static func line(_ finding: Finding) -> String {
        let mark = [Finding.Verdict.problem: "WRONG ", .advice: "advice", .good: "good  "][finding.verdict] ?? ""
        return "\(mark)  \(finding.subject): \(finding.finding)" + (finding.mend.map { "\n        → \($0)" } ?? "")
    }
}
