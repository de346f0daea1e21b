import Synchronization

/// A token that a service gave for a login (RFC 6750), kept for its time and thrown away when it is refused. A class, so that the copies of a
/// connector share it.
final class BearerToken: Sendable {
    /// What a login gave, and for how long it may be used.
    typealias Login = (text: String, life: Duration)

    private let kept = Mutex<(text: String, until: ContinuousClock.Instant)?>(nil)

    /// Carries out requests with the token's header; `logIn` is asked when there is none, or its time is over. After a refusal the next attempt
    /// gets a fresh one. Throws what either of them throws.
    func authorise<Outcome>(
        _ logIn: () throws(PostSetback) -> Login, _ requests: ((String, String)) throws(PostSetback) -> Outcome
    ) throws(PostSetback) -> Outcome {
        let header = ("Authorization", "Bearer " + (try current(logIn)))
        do throws(PostSetback) { return try requests(header) } catch {
            if error.status == 401 { kept.withLock { $0 = nil } }
            throw error
        }
    }

    private func current(_ logIn: () throws(PostSetback) -> Login) throws(PostSetback) -> String {
        if let kept = kept.withLock({ $0 }), kept.until > ContinuousClock.now { return kept.text }
        let fresh = try logIn()
        kept.withLock { $0 = (fresh.text, ContinuousClock.now + fresh.life) }
        return fresh.text
    }
}
