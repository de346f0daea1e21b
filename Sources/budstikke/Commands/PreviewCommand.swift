import Core
import Foundation

/// Shows the next edition, and writes what each channel would carry.
enum PreviewCommand {
    static func run(_ arguments: Arguments) throws -> ExitCode {
        let answer = try Session(arguments).ask(.preview(publication: try arguments.only("PUBLICATION")[0]))
        if let folder = arguments["out"] {
            try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
            for (name, bytes) in answer.files { try Data(bytes).write(to: URL(fileURLWithPath: folder + "/" + name)) }
        }
        say(arguments.has("json") ? answer.json : answer.text)
        return .done
    }
}
