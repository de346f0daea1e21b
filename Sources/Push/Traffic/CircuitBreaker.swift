import Core
import Synchronization

/// Whether a way out is in use, paused, or being tried again.
///
///     in use ──failures──▶ paused ──pause over──▶ probing ──success──▶ in use
///                             ▲                      └────failure────▶ paused, twice as long
///
/// It pauses after three failures of connections without a success between them, or when it refuses us, whoever the recipient, in
/// at least five and half of its last fifty answers. One lane probes, with one delivery. For all lanes of a channel.
final class CircuitBreaker: Sendable {
    enum Admission: Hashable {
        case inUse
        /// This lane alone may try, and has to report.
        case probe
        case paused(until: Instant)
    }

    /// What an answer says about us.
    enum Answer: Hashable, Sendable {
        case accepted
        /// About the recipient or the message.
        case neutral
        /// About us, or it may be.
        case against
    }

    private enum Phase {
        case inUse
        case paused(until: Instant)
        case probing
    }

    private struct State {
        var phase = Phase.inUse
        var failures = 0
        var pauses = 0
        var answers: [Answer] = []
    }

    private static let failuresToPause = 3
    private static let answersKept = 50
    private static let refusalsToPause = 5

    private let state = Mutex(State())

    /// Whether a lane may claim; a probe is handed out once.
    func admission(at now: Instant) -> Admission {
        state.withLock { state in
            switch state.phase {
            case .inUse: return .inUse
            case .paused(let until) where until <= now:
                state.phase = .probing
                return .probe
            case .paused(let until): return .paused(until: until)
            case .probing: return .paused(until: now + .seconds(1))
            }
        }
    }

    /// Whether others take its deliveries meanwhile.
    var isPaused: Bool {
        state.withLock { if case .inUse = $0.phase { false } else { true } }
    }

    /// Whether the receiver takes others' mail, so that a refusal in doubtful words is about this one.
    var hasProof: Bool {
        state.withLock { state in
            let accepted = state.answers.count { $0 == .accepted }
            return accepted > 0 && accepted >= state.answers.count { $0 == .against }
        }
    }

    /// Returns whether the answer has paused it.
    func note(_ answer: Answer, at now: Instant) -> Bool {
        state.withLock { state in
            if state.answers.count >= Self.answersKept { state.answers.removeFirst() }
            state.answers.append(answer)
            let against = state.answers.count { $0 == .against }
            guard case .inUse = state.phase, answer == .against, against >= Self.refusalsToPause, against * 2 >= state.answers.count
            else { return false }
            pause(&state, now)
            return true
        }
    }

    /// A connection could not be opened, or broke. Returns whether it is paused now and was not before.
    func noteFailure(at now: Instant) -> Bool {
        state.withLock { state in
            state.failures += 1
            switch state.phase {
            case .paused: return false
            case .inUse where state.failures < Self.failuresToPause: return false
            case .inUse, .probing:
                let isNew = state.pauses == 0
                pause(&state, now)
                return isNew
            }
        }
    }

    /// A batch was carried. Returns whether this ended a pause.
    func noteSuccess() -> Bool {
        state.withLock { state in
            state.failures = 0
            guard case .probing = state.phase else { return false }
            state.phase = .inUse
            state.pauses = 0
            state.answers = []
            return true
        }
    }

    /// The probing lane found nothing to try with, or was refused again.
    func noteFruitlessProbe(at now: Instant) {
        state.withLock { if case .probing = $0.phase { pause(&$0, now) } }
    }

    /// 5 s doubling to 5 minutes.
    private func pause(_ state: inout State, _ now: Instant) {
        state.pauses = min(state.pauses + 1, 7)
        state.phase = .paused(until: now + .seconds(min(300, 5 << Int64(state.pauses - 1))))
        state.answers = []
    }
}
