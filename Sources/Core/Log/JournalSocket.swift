import Foundation

/// systemd's journal, by its native protocol (systemd.io/JOURNAL_NATIVE_PROTOCOL): an entry is one datagram of `NAME=value` lines.
///
/// A value with a line break in it would need the protocol's other form, with a length; ``LogText`` leaves none. An entry that were too
/// large for a datagram would have to be passed as a file: values are cut at ``valueLimit`` bytes, so none is.
package final class JournalSocket: Sendable {
    package static let path = "/run/systemd/journal/socket"
    static let valueLimit = 16_384

    private let datagrams: UnixDatagrams

    /// `nil` when the path is too long for a socket or no descriptor is left.
    package init?(path: String = path) {
        guard let datagrams = UnixDatagrams(to: Array(path.utf8)) else { return nil }
        self.datagrams = datagrams
    }

    /// Whether the journal has taken the entry.
    package func send(_ fields: [(name: String, value: String)]) -> Bool {
        var entry: [UInt8] = []
        for (name, value) in fields {
            entry += name.utf8
            entry.append(UInt8(ascii: "="))
            let isLong = value.utf8.count > Self.valueLimit
            entry += isLong ? Array(String(decoding: value.utf8.prefix(Self.valueLimit), as: UTF8.self).utf8) : Array(value.utf8)
            entry.append(UInt8(ascii: "\n"))
        }
        return datagrams.send(entry)
    }
}
