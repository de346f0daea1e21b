import Foundation

/// One line an event on standard error, with the level in journald's `<n>` prefix when the journal reads it (sd-daemon(3)).
///
/// Fields come after the text as `KEY=value`. A field never holds a secret, a personal number or a person's address.
package struct Log: Sendable {
    package enum Level: Int, Sendable, Comparable {
        case alert = 1
        case error = 3
        case warning = 4
        case notice = 5
        case info = 6
        case debug = 7

        package static func < (a: Self, b: Self) -> Bool { a.rawValue < b.rawValue }
    }

    package let stage: String
    private let threshold: Level
    private let toJournal: Bool

    package init(_ stage: String, threshold: Level = .info) {
        self.stage = stage
        self.threshold = threshold
        toJournal = ProcessInfo.processInfo.environment["JOURNAL_STREAM"] != nil
    }

    package func alert(_ text: @autoclosure () -> String, _ fields: KeyValuePairs<String, String> = [:]) { write(.alert, text, fields) }
    package func error(_ text: @autoclosure () -> String, _ fields: KeyValuePairs<String, String> = [:]) { write(.error, text, fields) }
    package func warning(_ text: @autoclosure () -> String, _ fields: KeyValuePairs<String, String> = [:]) { write(.warning, text, fields) }
    package func notice(_ text: @autoclosure () -> String, _ fields: KeyValuePairs<String, String> = [:]) { write(.notice, text, fields) }
    package func info(_ text: @autoclosure () -> String, _ fields: KeyValuePairs<String, String> = [:]) { write(.info, text, fields) }
    package func debug(_ text: @autoclosure () -> String, _ fields: KeyValuePairs<String, String> = [:]) { write(.debug, text, fields) }

    private func write(_ level: Level, _ text: () -> String, _ fields: KeyValuePairs<String, String>) {
        guard level <= threshold else { return }
        var line = toJournal ? "<\(level.rawValue)>" : "\(SystemClock().now()) \(level) "
        line += stage + ": " + Self.singleLine(text())
        for (key, value) in fields { line += " \(key)=" + Self.singleLine(value) }
        FileHandle.standardError.write(Data((line + "\n").utf8))
    }

    /// Control characters would let a file name forge a line of the log.
    private static func singleLine(_ text: String) -> String {
        String(String.UnicodeScalarView(text.unicodeScalars.map { $0.value < 0x20 || $0.value == 0x7F ? "\u{FFFD}" : $0 }))
    }
}
