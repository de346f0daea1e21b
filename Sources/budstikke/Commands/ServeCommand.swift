import Configuration
import Core
import Foundation

/// The daemon, in the foreground.
enum ServeCommand {
    static func run(_ arguments: Arguments) throws -> ExitCode {
        _ = try arguments.only()
        return try finish(try Service(settings: try settings(Session.file(arguments))))
    }

    /// Settings that are good, with all that they name on the disk. Throws every problem together.
    static func settings(_ file: String) throws(SettingsProblems) -> Settings {
        let (settings, problems) = Settings.read(file)
        // A missing drop folder or employees' file is a share that is away: the stages raise an alarm and go on when it is back.
        let outside = settings.problemsOutside(includingShares: false)
        guard problems.isEmpty, outside.isEmpty else { throw SettingsProblems(problems + outside) }
        return settings
    }

    /// Runs a service to its end.
    static func finish(_ service: Service) throws(Fault) -> ExitCode {
        Heap.prepare()
        let ending = try service.run()
        if let fault = ending.fault { throw fault }
        return ending.stuck.isEmpty ? .done : .problem
    }
}
