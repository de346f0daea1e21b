import Core
import Foundation

/// What the service tells systemd, by the protocol of sd_notify(3): datagrams of `KEY=value` lines to `$NOTIFY_SOCKET`.
///
/// Without systemd there is none of these, and nothing is told.
package struct ServiceNotifier: Sendable {
    package enum Message: Hashable, Sendable {
        case ready
        /// With the monotonic clock's microseconds, by which systemd tells this reload from an earlier one.
        case reloading
        case stopping
        case watchdog
        /// One line for `systemctl status`.
        case status(String)

        fileprivate var text: String {
            switch self {
            case .ready: "READY=1"
            case .reloading: "RELOADING=1\nMONOTONIC_USEC=\(Self.monotonicMicroseconds())"
            case .stopping: "STOPPING=1"
            case .watchdog: "WATCHDOG=1"
            case .status(let line): "STATUS=" + line.split(whereSeparator: \.isNewline).joined(separator: " ")
            }
        }

        private static func monotonicMicroseconds() -> UInt64 {
            var time = timespec()
            clock_gettime(CLOCK_MONOTONIC, &time)
            return UInt64(time.tv_sec) * 1_000_000 + UInt64(time.tv_nsec) / 1000
        }
    }

    private let address: [UInt8]
    /// How often ``Message/watchdog`` must come at the least; `nil` when systemd does not watch.
    package let watchdogLimit: Span?

    /// Reads `NOTIFY_SOCKET`, `WATCHDOG_USEC` and `WATCHDOG_PID`. `nil` without a socket, or when its name is neither a path nor an
    /// abstract one (`@name`) or too long for a Unix socket.
    package init?(environment: [String: String] = ProcessInfo.processInfo.environment) {
        guard let name = environment["NOTIFY_SOCKET"], name.utf8.count > 1, name.hasPrefix("/") || name.hasPrefix("@"),
            name.utf8.count < MemoryLayout.size(ofValue: sockaddr_un().sun_path)
        else { return nil }
        // An abstract name begins with a NUL (unix(7)).
        address = name.hasPrefix("@") ? [0] + Array(name.utf8.dropFirst()) : Array(name.utf8)
        let isOurs = environment["WATCHDOG_PID"].map { $0 == String(getpid()) } ?? true
        watchdogLimit = environment["WATCHDOG_USEC"].flatMap { Int64($0) }.flatMap { microseconds in
            isOurs && microseconds > 0 ? .milliseconds(max(1, microseconds / 1000)) : nil
        }
    }

    /// Sends messages in one datagram. Throws a ``Fault`` when systemd's socket does not take it.
    package func send(_ messages: Message...) throws(Fault) {
        let text = messages.map(\.text).joined(separator: "\n")
        guard let socket = UnixDatagrams(to: address), socket.send(Array(text.utf8)) else { throw failed() }
    }

    private func failed() -> Fault {
        Fault("tell systemd over", "$NOTIFY_SOCKET", cause: errnoText(), mend: "Check the unit's Type=notify and NotifyAccess=.")
    }
}
