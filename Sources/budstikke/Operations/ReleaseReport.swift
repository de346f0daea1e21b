import Core
import Ledger

/// When an edition was out on each channel, and how far apart.
struct ReleaseReport: Encodable {
    struct Channel: Encodable {
        var channel: String
        /// RFC 3339 in UTC, to the millisecond.
        var first: String
        var last: String
    }

    var channels: [Channel]
    /// From the first channel's first moment to the last channel's first; `nil` with fewer than two.
    var spreadMilliseconds: Int64?

    private let moments: [ReleaseMoment]

    init(_ moments: [ReleaseMoment]) {
        self.moments = moments
        channels = moments.map { Channel(channel: $0.channel, first: $0.first.exact, last: $0.last.exact) }
        spreadMilliseconds = moments.spread?.milliseconds
    }

    private enum CodingKeys: CodingKey { case channels, spreadMilliseconds }

    /// `web 08:00:00.120, feeds 08:00:00.180, email 08:00:00.300–08:02:10.001; 180 ms apart`; empty before the first.
    func line(_ zone: Zone) -> String {
        guard !moments.isEmpty else { return "" }
        func clock(_ instant: Instant) -> String {
            let civil = "\(zone.civil(instant))"
            let thousandths = padded(Int(instant.milliseconds - instant.seconds * 1000), 3)
            return "\(civil.drop { $0 != "T" }.dropFirst()).\(thousandths)"
        }
        let channels = moments.map {
            "\($0.channel) \(clock($0.first))" + ($0.last == $0.first ? "" : "–\(clock($0.last))")
        }
        return channels.joined(separator: ", ") + (spreadMilliseconds.map { "; \($0) ms apart" } ?? "")
    }
}
