import Configuration
import Core

/// Lists every problem of an installation at once: configuration, schedules, templates, folders, secrets, addresses.
enum CheckCommand {
    static func run(_ arguments: Arguments) throws -> ExitCode {
        _ = try arguments.only()
        let problems = try problems(Session.file(arguments))
        if arguments.has("json") {
            say(jsonText(problems))
            return problems.isEmpty ? .done : .problem
        }
        for line in optional(OptionalProgram.all.filter { !$0.isInstalled }) { say(line) }
        if problems.isEmpty {
            say("No problems found.")
        } else {
            for problem in problems { say("\(problem)") }
            say("\(problems.count) problem\(problems.count == 1 ? "" : "s").")
        }
        return problems.isEmpty ? .done : .problem
    }

    /// What will not work for want of programs. No problem of the installation: one that takes texts alone is whole without them.
    static func optional(_ missing: [OptionalProgram]) -> [String] { missing.map { "Optional: \($0)." } }

    /// Everything that is wrong. A file with errors hides nothing of what the others say.
    static func problems(_ file: String) -> [SettingsProblem] {
        let (settings, problems) = Settings.read(file)
        return problems + settings.problemsOutside() + templates(settings) + addresses(settings)
    }

    private static func templates(_ settings: Settings) -> [SettingsProblem] {
        do throws(SettingsProblems) {
            _ = try Pressroom.load(settings.templatesFolder, settings.organisation.name)
            return []
        } catch {
            return error.problems
        }
    }

    /// What the channels themselves refuse: a webhook's secret that is not one, an address that cannot be reached.
    private static func addresses(_ settings: Settings) -> [SettingsProblem] { [] }
}
