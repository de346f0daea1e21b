import Core

/// Finds the command that a command line names, runs it, and turns what it throws into words and an exit code.
enum Program {
    static func run(_ words: [String]) -> ExitCode {
        guard let name = words.first, name != "help", name != "--help", name != "-h" else { return help(words.dropFirst().first) }
        guard let command = CommandTable.all.first(where: { $0.name == name }) else {
            complain("budstikke: there is no command ‘\(name)’. See: budstikke help")
            return .usage
        }
        if words.contains("--help") { return help(name) }
        do {
            return try command.run(try Arguments(Array(words.dropFirst()), options: command.options))
        } catch let error as UsageError {
            complain("budstikke \(name): \(error.cause).\nUsage: \(command.usage)\nSee: budstikke \(name) --help")
            return .usage
        } catch let error as SettingsProblems {
            for problem in error.problems { complain("\(problem)") }
            return .configuration
        } catch {
            complain("budstikke \(name): \(error)")
            return .problem
        }
    }

    private static func help(_ name: String?) -> ExitCode {
        if let name, name != "--help" {
            guard let command = CommandTable.all.first(where: { $0.name == name }) else {
                complain("budstikke: there is no command ‘\(name)’. See: budstikke help")
                return .usage
            }
            say(command.help)
            return .done
        }
        let width = CommandTable.all.map(\.name.count).max() ?? 0
        let lines = CommandTable.all.map { "  " + $0.name + String(repeating: " ", count: width + 2 - $0.name.count) + $0.summary }
        say(
            """
            Budstikke carries internal news from a drop folder to email, infoscreens and the intranet, on schedule.

            Usage: budstikke COMMAND [OPTIONS]

            \(lines.joined(separator: "\n"))

            Every command has --help. Exit: 0 done, 1 it found a problem, 2 usage, 78 configuration.
            """)
        return .done
    }
}
