/// A file in the drop folder that is not an item yet.
package struct WaitingFile: Hashable, Codable, Sendable {
    package enum Reason: String, CaseIterable, Hashable, Codable, Sendable {
        /// It has not stood still for long enough, or somebody has it open.
        case settling
        /// Something that belongs to it is not there yet: a text for a picture, a picture that the text names, the content itself.
        case incomplete
        /// What reads it is not installed.
        case needsProgram
        /// The file system does not let it be read or moved.
        case unreadable
        /// Its bytes are safe; the ledger has not taken it yet.
        case spooled
    }

    package var source: String
    /// The file's or subfolder's name; personal numbers are masked.
    package var name: String
    package var reason: Reason
    /// What exactly: a program's name, a rule's name.
    package var detail: String
    /// When it was first seen, counted over restarts.
    package var since: Instant

    package init(source: String, name: String, reason: Reason, detail: String = "", since: Instant) {
        self.source = source
        self.name = name
        self.reason = reason
        self.detail = detail
        self.since = since
    }

    /// What it waits for, for operators.
    package var words: String {
        switch reason {
        case .settling: "settling"
        case .incomplete: "incomplete (\(detail))"
        case .needsProgram: "needs \(detail)"
        case .unreadable: "cannot be read or moved"
        case .spooled: "being taken in"
        }
    }
}
