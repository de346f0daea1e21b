import Synchronization

/// How long something took, counted in buckets, for each of a few labels: since the process began.
package final class Histogram: Sendable {
    package struct Counts: Hashable, Sendable {
        /// For each bound how many were no longer; not summed up.
        package var buckets: [Int]
        package var count = 0
        /// Seconds.
        package var sum = 0.0
    }

    /// Upper bounds in seconds, rising.
    package let bounds: [Double]
    private let counts = Mutex<[String: Counts]>([:])

    /// Labels come from the configuration; should they not, no more than these are kept.
    private static let labelLimit = 200

    package init(_ bounds: [Double]) { self.bounds = bounds }

    /// Notes one that took so many seconds.
    package func note(_ seconds: Double, _ label: String = "") {
        let bucket = bounds.firstIndex { seconds <= $0 }
        counts.withLock { counts in
            guard counts[label] != nil || counts.count < Self.labelLimit else { return }
            var own = counts[label] ?? Counts(buckets: [Int](repeating: 0, count: bounds.count))
            if let bucket { own.buckets[bucket] += 1 }
            own.count += 1
            own.sum += max(0, seconds)
            counts[label] = own
        }
    }

    package func note(_ duration: Duration, _ label: String = "") { note(duration / .seconds(1), label) }

    package var values: [String: Counts] { counts.withLock { $0 } }
}

/// How often something happened, for each of a few labels: since the process began.
package final class Tally: Sendable {
    private let counts = Mutex<[String: (count: Int, last: Instant)]>([:])

    private static let labelLimit = 500

    package init() {}

    package func note(_ label: String, at now: Instant) {
        counts.withLock { counts in
            guard let own = counts[label] else {
                if counts.count < Self.labelLimit { counts[label] = (1, now) }
                return
            }
            counts[label] = (own.count + 1, now)
        }
    }

    package var values: [String: (count: Int, last: Instant)] { counts.withLock { $0 } }
}

/// What the stages count and time while they run. It outlives a reload; what must outlive a restart is in the ledger.
package final class Instruments: Sendable {
    /// From the handing over of a mail to its relay until its outcome, by relay.
    package let attempts = Histogram([0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60, 300])
    /// From a file's last change until it lies in Modtaget/ with its receipt.
    package let receipts = Histogram([0.5, 1, 2.5, 5, 10, 20, 30, 60, 120, 300, 900])
    /// The making of a feed in all its formats.
    package let feedRenderings = Histogram([0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 5])
    /// Requests for a feed that is there, by feed.
    package let feedRequests = Tally()
    private let intake = Mutex<Instant?>(nil)

    package init() {}

    /// When a pass over the drop folder last went through.
    package var lastIntakePass: Instant? {
        get { intake.withLock { $0 } }
        set { intake.withLock { $0 = newValue } }
    }
}
