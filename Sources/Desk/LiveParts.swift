import Core
import Dispatch
import HTTPServer
import Synchronization

/// The parts of pages that change while somebody looks at them: how far an edition is, what is on its way in.
///
/// Comes in: an event stream of a page that is open, and how its part is made. Goes out: the part's HTML, as the server would put it into
/// the page, when it has changed; looked at each second while anybody looks, less often when making it takes long. On failure (the
/// ledger or a template fails) nothing is sent, and it is made again a second later. A stream ends after some minutes; the browser comes
/// back by itself and has to show who it is again.
final class LiveParts: Sendable {
    struct Part {
        var html: String
        /// Nothing more will change: the page is asked for anew, once.
        var isOver = false
    }

    typealias Make = @Sendable () throws(Fault) -> Part

    private struct Subject {
        var topic = EventTopic()
        var make: Make
        var last: String?
    }

    private struct State {
        var subjects: [String: Subject] = [:]
        var isRunning = false
        var estimates: [String: ProgressEstimate] = [:]
    }

    private static let pause = 1.0
    private static let lifetime = 300.0
    private static let mostEstimates = 500

    private let state = Mutex(State())
    private let queue = DispatchQueue(label: "desk live")

    /// Tells a stream of a subject, beginning with how it stands now. All that look at the same subject are shown the same.
    func join(_ subject: String, _ stream: EventStream, _ make: @escaping Make) {
        let begins = state.withLock { state in
            var joined = state.subjects[subject] ?? Subject(make: make)
            joined.make = make
            joined.last = nil
            joined.topic.add(stream)
            state.subjects[subject] = joined
            defer { state.isRunning = true }
            return !state.isRunning
        }
        if begins { queue.async { self.look() } }
        queue.asyncAfter(deadline: .now() + Self.lifetime) { [weak stream] in stream?.close() }
    }

    /// Notes how much is left of something, and returns what follows from that and from what was noted before.
    func estimate(_ subject: String, left: Int, at now: Instant) -> ProgressEstimate {
        state.withLock { state in
            if state.estimates.count > Self.mostEstimates { state.estimates = [:] }
            var estimate = state.estimates[subject] ?? ProgressEstimate()
            estimate.note(left: left, at: now)
            state.estimates[subject] = left > 0 ? estimate : nil
            return estimate
        }
    }

    private func look() {
        let start = ContinuousClock.now
        let subjects = state.withLock { state in
            state.subjects = state.subjects.filter { $0.value.topic.count > 0 }
            state.isRunning = !state.subjects.isEmpty
            return state.subjects
        }
        guard !subjects.isEmpty else { return }
        for (name, subject) in subjects {
            guard let part = try? subject.make(), part.html != subject.last else { continue }
            state.withLock { $0.subjects[name]?.last = part.html }
            subject.topic.send(part.html, event: "part")
            if part.isOver { subject.topic.send("over", event: "over") }
        }
        let taken = Double((ContinuousClock.now - start) / .milliseconds(1)) / 1000
        queue.asyncAfter(deadline: .now() + max(Self.pause, 10 * taken)) { self.look() }
    }
}
