import Foundation

/// Where the lines of a log go.
package enum LogSink: Sendable {
    /// Standard error, with the time.
    case text
    /// Standard error that the journal reads: each line with its level as sd-daemon(3) has it. Used when the journal's own socket is away.
    case stream
    case journal(JournalSocket)

    /// What this process was started with.
    package static let standard = LogSink(environment: ProcessInfo.processInfo.environment, descriptor: STDERR_FILENO)

    /// The journal's when `JOURNAL_STREAM` names the very stream that is open as `descriptor` (systemd.exec(5)): a child of a service whose
    /// standard error goes elsewhere inherits the variable too.
    package init(environment: [String: String], descriptor: Int32, path: String = JournalSocket.path) {
        var facts = stat()
        guard let stream = environment["JOURNAL_STREAM"], fstat(descriptor, &facts) == 0, stream == "\(facts.st_dev):\(facts.st_ino)" else {
            self = .text
            return
        }
        self = JournalSocket(path: path).map { LogSink.journal($0) } ?? .stream
    }

    func write(_ level: Log.Level, _ line: String, _ fields: [(name: String, value: String)]) {
        switch self {
        case .text: Self.write("\(SystemClock().now()) \(level) \(line)")
        case .stream: Self.write("<\(level.rawValue)>\(line)")
        case .journal(let socket):
            let own: [(name: String, value: String)] = [
                ("MESSAGE", line), ("PRIORITY", "\(level.rawValue)"), ("SYSLOG_IDENTIFIER", "budstikke"),
            ]
            if !socket.send(own + fields) { Self.write("<\(level.rawValue)>\(line)") }
        }
    }

    private static func write(_ line: String) { FileHandle.standardError.write(Data((line + "\n").utf8)) }
}
