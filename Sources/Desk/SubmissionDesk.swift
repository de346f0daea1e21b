import Core
import Dispatch
import HTTPServer
import Synchronization

/// Items that are sent with a browser, on their way to the drop folder and back.
///
/// Comes in: what a form carried. Goes out: files in the drop folder, on a thread of its own, since the folder may be a share that hangs; and
/// what became of them, asked for anew each time. Nothing is kept here but what is being saved: a restart forgets only what nobody was told
/// had been received. When the folder cannot be used the sender is told so.
final class SubmissionDesk: Sendable {
    private struct State {
        /// By source and name; those that failed stay until they were looked at.
        var saving: [String: Bool] = [:]
        var questions = 0
        var sent: [String: (since: Instant, count: Int)] = [:]
    }

    /// What is in memory at most: so many items at a body's size each.
    private static let savingLimit = 6
    private static let failedLimit = 100
    /// Questions that wait for a share that does not answer.
    private static let questionLimit = 64
    /// Of one person.
    private static let perHour = 60
    /// How long a page waits for the folder's answer, in milliseconds.
    private static let patience = 250
    /// How often a page that waits is told, and for how long, in seconds.
    private static let eventPause = 0.5
    private static let eventLimit = Span.minutes(15)

    private let queue = DispatchQueue(label: "desk-submissions")
    private let state = Mutex(State())
    private let clock: any WallClock
    private let log: Log

    init(clock: any WallClock, log: Log) {
        self.clock = clock
        self.log = log
    }

    private static func key(_ name: String, _ source: Source) -> String { source.name + "/" + name }

    /// Whether somebody may send one more now; counts it.
    func permits(_ actor: String, at now: Instant) -> Bool {
        state.withLock { state in
            guard state.saving.values.count(where: { $0 }) < Self.savingLimit else { return false }
            var own = state.sent[actor] ?? (now, 0)
            if now - own.since >= .hours(1) { own = (now, 0) }
            guard own.count < Self.perHour else { return false }
            own.count += 1
            if state.sent.count > 10_000 { state.sent = [:] }
            state.sent[actor] = own
            return true
        }
    }

    /// Puts an item in the folder; `done` is told when it is there.
    func put(_ prepared: DeskDropFolder.Prepared, for source: Source, done: @escaping @Sendable () throws(Fault) -> Void) {
        let key = Self.key(prepared.name, source)
        state.withLock { state in
            if state.saving.count > Self.failedLimit { state.saving = state.saving.filter(\.value) }
            state.saving[key] = true
        }
        let put = prepared.put
        queue.async { [self] in
            do throws(Fault) {
                try put()
                try done()
                state.withLock { _ = $0.saving.removeValue(forKey: key) }
            } catch {
                log.error("\(error)")
                state.withLock { $0.saving[key] = false }
            }
        }
    }

    /// What became of an item, as far as it is known within ``patience``.
    func outcome(of name: String, for source: Source, in folder: DeskDropFolder) -> SubmissionOutcome {
        if let known = pending(name, source) { return known }
        let isAsked = state.withLock { state in
            guard state.questions < Self.questionLimit else { return false }
            state.questions += 1
            return true
        }
        guard isAsked else { return .waiting(needs: nil) }
        let (answer, answered) = (Answer(), DispatchSemaphore(value: 0))
        queue.async { [self] in
            answer.set(ask(name, source, folder))
            state.withLock { $0.questions -= 1 }
            answered.signal()
        }
        _ = answered.wait(timeout: .now() + .milliseconds(Self.patience))
        return answer.value ?? .waiting(needs: nil)
    }

    /// Tells a page when it has something new to show.
    func tell(_ stream: EventStream, of name: String, for source: Source, in folder: DeskDropFolder) {
        ask(again: stream, name, source, folder, until: clock.now() + Self.eventLimit)
    }

    private func ask(again stream: EventStream, _ name: String, _ source: Source, _ folder: DeskDropFolder, until end: Instant) {
        queue.asyncAfter(deadline: .now() + Self.eventPause) { [self] in
            guard stream.isOpen else { return }
            let outcome = pending(name, source) ?? ask(name, source, folder)
            if outcome.isSettled {
                stream.send("settled")
                return stream.close()
            }
            guard clock.now() < end else { return stream.close() }
            ask(again: stream, name, source, folder, until: end)
        }
    }

    private func pending(_ name: String, _ source: Source) -> SubmissionOutcome? {
        state.withLock { $0.saving[Self.key(name, source)] }.map { $0 ? .saving : .failed }
    }

    private func ask(_ name: String, _ source: Source, _ folder: DeskDropFolder) -> SubmissionOutcome {
        do throws(Fault) { return try folder.outcome(name, source) } catch {
            // The share is away: it lies there all the same.
            log.warning("\(error)")
            return .waiting(needs: nil)
        }
    }

    private final class Answer: Sendable {
        private let found = Mutex<SubmissionOutcome?>(nil)
        var value: SubmissionOutcome? { found.withLock { $0 } }
        func set(_ outcome: SubmissionOutcome) { found.withLock { $0 = outcome } }
    }
}
