import Core
import Foundation

/// Programs that tests compare with, installed by the test command; a test asks ``missing(_:)`` in its `.enabled(if:)`.
package enum Oracle {
    /// The checkout's root.
    package static let root = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
        .deletingLastPathComponent().path

    /// Python with the oracles' packages, in the virtual environment that the test command makes.
    package static let python = root + "/.build/oracles/bin/python3"

    /// Whether Python can import all of the modules.
    package static func hasPython(_ modules: String...) -> Bool {
        guard access(python, X_OK) == 0 else { return false }
        let imports = modules.map { "import \($0)" }.joined(separator: "; ")
        return (try? ChildProcess.run(python, ["-c", imports]))?.status == 0
    }

    package static func hasProgram(_ paths: String...) -> Bool { paths.allSatisfy { access($0, X_OK) == 0 } }

    /// Runs a script of the tests with bytes on its standard input; its standard output. Throws when it fails.
    package static func run(_ script: String, _ arguments: [String] = [], input: [UInt8] = [], limit: Span = .minutes(5)) throws -> [UInt8]
    {
        let outcome = try ChildProcess.run(python, [script] + arguments, input: input, limit: limit)
        guard outcome.status == 0 else {
            throw Fault("run", script, cause: "exit \(outcome.status): \(outcome.errorText.suffix(4000))", mend: "See the script's output.")
        }
        return outcome.output
    }
}
