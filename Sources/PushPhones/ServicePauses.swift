import Core
import Synchronization

/// Push services that are not asked for a while, because they said so or do not answer: one that is down then costs one attempt now and
/// then, not one for each of its phones, and holds up no other.
final class ServicePauses: Sendable {
    private let pauses = Mutex<[String: Instant]>([:])

    func pause(_ service: String, until instant: Instant) {
        pauses.withLock { $0[service] = max($0[service] ?? instant, instant) }
    }

    func end(_ service: String) { pauses.withLock { _ = $0.removeValue(forKey: service) } }

    /// Those that are paused now, and when the first of them may be asked again.
    func standing(at now: Instant) -> (services: Set<String>, next: Instant?) {
        pauses.withLock { pauses in
            pauses = pauses.filter { now < $0.value }
            return (Set(pauses.keys), pauses.values.min())
        }
    }
}
