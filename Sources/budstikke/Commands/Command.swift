import Core
import Foundation

/// One command of the program, as the table in `Commands.swift` lists it.
struct Command: Sendable {
    var name: String
    /// What stands behind the name in the help.
    var words: String
    var summary: String
    var options: [Arguments.Option]
    var run: @Sendable (Arguments) throws -> ExitCode

    init(
        _ name: String, _ words: String = "", _ summary: String, options: [Arguments.Option] = [],
        run: @escaping @Sendable (Arguments) throws -> ExitCode
    ) {
        self.name = name
        self.words = words
        self.summary = summary
        self.options = options
        self.run = run
    }

    var usage: String { (["budstikke", name, words].filter { !$0.isEmpty }).joined(separator: " ") }

    var help: String {
        var text = "\(usage)\n\n\(summary.prefix(1).uppercased() + summary.dropFirst()).\n"
        let all = options + [.init(name: "help", value: nil, help: "this page")]
        text += "\n"
        for option in all {
            let left = "  --\(option.name)" + (option.value.map { " \($0)" } ?? "")
            text += left.padding(toLength: max(22, left.count + 2), withPad: " ", startingAt: 0) + option.help + "\n"
        }
        return text
    }
}

/// What the program ends with.
enum ExitCode: Int32, Codable, Sendable {
    case done = 0
    /// It found a problem.
    case problem = 1
    case usage = 2
    /// The configuration is wrong (EX_CONFIG of sysexits.h); systemd does not restart on it.
    case configuration = 78
}

/// Writes a line to standard output at once, also into a pipe.
func say(_ text: String) {
    FileHandle.standardOutput.write(Data((text.hasSuffix("\n") ? text : text + "\n").utf8))
}

/// Writes a line to standard error.
func complain(_ text: String) {
    FileHandle.standardError.write(Data((text.hasSuffix("\n") ? text : text + "\n").utf8))
}
