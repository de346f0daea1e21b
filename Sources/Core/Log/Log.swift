import Foundation

/// One line an event: an entry of systemd's journal with its fields where the journal reads this process's standard error, else a
/// line of text there.
///
/// The text is for people, and stands in the line with its fields, so that `journalctl | grep` finds it; a field is for programs, and for
/// `journalctl EDITION=…`. A field's name is upper case letters, digits and `_`. Neither holds a secret. Addresses and personal numbers
/// that came with somebody else's words, such as a relay's reply, are masked here: see ``LogText``.
package struct Log: Sendable {
    /// By what it asks of whom reads it; the numbers are those of syslog(3).
    package enum Level: Int, Sendable, Comparable {
        /// A person has to do something: an alarm is raised, or the service ends.
        case alert = 1
        /// Something failed that the service does not make good by itself.
        case error = 3
        /// Something failed and is tried again or worked around.
        case warning = 4
        /// What an operator looks for: released, refused, suppressed, an alarm's end, start and stop.
        case notice = 5
        /// The course of things.
        case info = 6
        /// What is needed to find a fault; with addresses.
        case debug = 7

        package static func < (a: Self, b: Self) -> Bool { a.rawValue < b.rawValue }

        init?(name: String) {
            switch name {
            case "alert": self = .alert
            case "error": self = .error
            case "warning": self = .warning
            case "notice": self = .notice
            case "info": self = .info
            case "debug": self = .debug
            default: return nil
            }
        }

        /// What `BUDSTIKKE_LOG=` says, else ``info``.
        package static let standard = ProcessInfo.processInfo.environment["BUDSTIKKE_LOG"].flatMap(Level.init(name:)) ?? .info
    }

    package let stage: String
    private let threshold: Level
    private let sink: LogSink

    package init(_ stage: String, threshold: Level = .standard, sink: LogSink = .standard) {
        self.stage = stage
        self.threshold = threshold
        self.sink = sink
    }

    package typealias Fields = KeyValuePairs<String, String>

    package func alert(_ text: @autoclosure () -> String, _ fields: Fields = [:], event: LogEvent? = nil) {
        write(.alert, text, fields, event)
    }
    package func error(_ text: @autoclosure () -> String, _ fields: Fields = [:], event: LogEvent? = nil) {
        write(.error, text, fields, event)
    }
    package func warning(_ text: @autoclosure () -> String, _ fields: Fields = [:], event: LogEvent? = nil) {
        write(.warning, text, fields, event)
    }
    package func notice(_ text: @autoclosure () -> String, _ fields: Fields = [:], event: LogEvent? = nil) {
        write(.notice, text, fields, event)
    }
    package func info(_ text: @autoclosure () -> String, _ fields: Fields = [:], event: LogEvent? = nil) {
        write(.info, text, fields, event)
    }
    package func debug(_ text: @autoclosure () -> String, _ fields: Fields = [:], event: LogEvent? = nil) {
        write(.debug, text, fields, event)
    }

    private func write(_ level: Level, _ text: () -> String, _ fields: Fields, _ event: LogEvent?) {
        guard level <= threshold else { return }
        let shown = LogText(showsAddresses: threshold == .debug)
        let clean = fields.map { (name: $0.key, value: shown.line($0.value)) }
        let line = clean.reduce("\(stage): " + shown.line(text())) { $0 + " \($1.name)=\($1.value)" }
        var sent: [(name: String, value: String)] = [("STAGE", stage)]
        if let event { sent.append(("MESSAGE_ID", event.rawValue)) }
        sink.write(level, line, sent + clean)
    }
}
