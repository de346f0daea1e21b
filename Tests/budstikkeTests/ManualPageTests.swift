import Core
import Foundation
import TestKit
import Testing

/// The commands as the program's own help has them.
struct CommandHelp {
    struct Option: Hashable {
        /// With its hyphens.
        var name: String
        var value: String?
        var help: String
    }

    var name: String
    var usage: String
    var summary: String
    var options: [Option]

    static func all() throws -> [CommandHelp] {
        let overview = try Installation.run(["help"]).outputText.split(separator: "\n", omittingEmptySubsequences: false)
        let names = overview.filter { $0.hasPrefix("  ") }.compactMap { $0.split(separator: " ").first.map(String.init) }
        return try names.map { name in
            let lines = try Installation.run(["help", name]).outputText.split(separator: "\n").map(String.init)
            try #require(lines.count > 2, "\(name)")
            let options = lines.dropFirst(2).compactMap { $0.firstMatch(of: /^  (--[a-z-]+)(?: ([^ ]+))? {2,}(.*)$/) }
            return CommandHelp(
                name: name, usage: lines[0], summary: lines[1],
                options: options.map { Option(name: String($0.1), value: $0.2.map(String.init), help: String($0.3)) })
        }
    }
}

/// The manual pages and the completions know the commands of the program, and every page renders without a warning.
@Suite struct ManualPageTests {
    private static let pages = ["budstikke.1", "budstikke.conf.5", "budstikke-schedule.5"]

    @Test func namesEveryCommandWithItsOptions() throws {
        let commands = try CommandHelp.all()
        #expect(commands.count > 20 && commands.allSatisfy { $0.options.contains { $0.name == "--help" } })
        let text = commands.map { command in
            let usage = command.usage.replacing("budstikke ", with: "")
            let head = ".SS \(roff(usage))\n\(roff(command.summary))\n"
            return command.options.filter { $0.name != "--help" }.reduce(head) { text, option in
                let value = option.value.map { " \" \" \\fI\(roff($0))\\fR" } ?? ""
                return text + ".TP\n.BR \(roff(option.name))\(value)\n\(roff(option.help))\n"
            }
        }.joined()
        let part = GeneratedPart("commands", of: "systemd/budstikke.1")
        try part.renew(text)
        #expect(try part.text() == text, "see how it is made in its comment")
    }

    @Test(.enabled(if: Oracle.hasProgram("/usr/bin/man", "/usr/bin/groff"), "needs man-db and groff"), arguments: pages)
    func rendersWithoutAWarning(page: String) throws {
        let environment = ["PATH": "/usr/bin:/bin", "LC_ALL": "C.UTF-8", "MANWIDTH": "80", "MANROFFSEQ": "", "HOME": "/nonexistent"]
        let shown = try ChildProcess.run(
            "/usr/bin/man", ["--warnings", "-E", "UTF-8", "-l", "\(Oracle.root)/systemd/\(page)"], environment: environment)
        #expect(shown.status == 0 && shown.errorText.isEmpty, "\(shown.errorText)")
        #expect(shown.outputText.contains("SEE ALSO") && shown.outputText.utf8.count > 2_000)
    }

    @Test(.enabled(if: Oracle.hasProgram("/bin/bash"), "needs bash"))
    func bashCompletesEveryCommandAndOption() throws {
        let commands = try CommandHelp.all()
        let script = try Installation.run(["completion", "bash"])
        #expect(script.status == 0)
        /// What is offered for the word that stands last.
        func offered(_ words: [String]) throws -> Set<String> {
            let quoted = words.map { "'\($0)'" }.joined(separator: " ")
            let text = "COMP_WORDS=(\(quoted)); COMP_CWORD=\(words.count - 1); _budstikke; printf '%s\\n' \"${COMPREPLY[@]}\""
            let outcome = try ChildProcess.run("/bin/bash", ["--norc", "-c", script.outputText + text])
            #expect(outcome.errorText.isEmpty, "\(outcome.errorText)")
            return Set(outcome.outputText.split(separator: "\n").map(String.init))
        }
        #expect(try offered(["budstikke", ""]) == Set(commands.map(\.name) + ["help"]))
        #expect(try offered(["budstikke", "rec"]) == ["recall", "recipients"])
        for command in commands {
            #expect(try offered(["budstikke", command.name, "--"]) == Set(command.options.map(\.name)), "\(command.name)")
        }
        #expect(try offered(["budstikke", "recipients", "im"]) == ["import"])
        #expect(try offered(["budstikke", "check", "--config", "/etc/passw"]).contains("/etc/passwd"))
    }

    private static let zsh = "/usr/bin/zsh"

    /// What the script hands to zsh's own functions.
    @Test(.enabled(if: Oracle.hasProgram(zsh), "needs zsh"))
    func zshCompletesEveryCommandAndOption() throws {
        let commands = try CommandHelp.all()
        let folder = try TemporaryFolder()
        let script = try folder.write("_budstikke", try Installation.run(["completion", "zsh"]).outputText)
        func handed(_ words: [String]) throws -> [String] {
            let quoted = words.map { "'\($0)'" }.joined(separator: " ")
            let text = """
                _describe() { print -rl -- ${(P)2} }
                _arguments() { print -rl -- "$@" }
                words=(\(quoted)); CURRENT=\(words.count)
                source \(script)
                """
            let outcome = try ChildProcess.run(Self.zsh, ["-f", "-c", text])
            #expect(outcome.status == 0 && outcome.errorText.isEmpty, "\(outcome.errorText)")
            return outcome.outputText.split(separator: "\n").map(String.init)
        }
        let names = try handed(["budstikke", ""]).map { String($0.prefix { $0 != ":" }) }
        #expect(Set(names) == Set(commands.map(\.name) + ["help"]))
        for command in commands {
            let options = try handed(["budstikke", command.name, ""]).filter { $0.hasPrefix("--") }.map { String($0.prefix { $0 != "[" }) }
            #expect(Set(options) == Set(command.options.map(\.name)), "\(command.name)")
        }
        // zsh itself takes every description for one.
        let compiled = try ChildProcess.run(Self.zsh, ["-f", "-n", script])
        #expect(compiled.status == 0, "\(compiled.errorText)")
    }
}
