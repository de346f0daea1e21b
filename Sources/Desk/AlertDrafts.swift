import Core
import Crypto
import Synchronization

/// Crisis messages that somebody is looking through before they send them, in memory alone. What goes out is what was looked at, and it
/// goes out once.
final class AlertDrafts: Sendable {
    struct Draft: Sendable {
        var wish: AlertWish
        var look: DeskOutlook.AlertLook
        fileprivate var holder: String
        fileprivate var at: Instant
    }

    private static let most = 50
    private static let lifetime = Span.hours(1)
    private let state = Mutex<[String: Draft]>([:])

    func add(_ wish: AlertWish, _ look: DeskOutlook.AlertLook, for holder: String, at now: Instant) -> String {
        let name = hexadecimal(randomBytes(16))
        state.withLock { drafts in
            drafts = drafts.filter { now - $0.value.at < Self.lifetime }
            if drafts.count >= Self.most, let oldest = drafts.min(by: { $0.value.at < $1.value.at })?.key { drafts[oldest] = nil }
            drafts[name] = Draft(wish: wish, look: look, holder: holder, at: now)
        }
        return name
    }

    func draft(_ name: String, of holder: String) -> Draft? { state.withLock { $0[name] }.flatMap { $0.holder == holder ? $0 : nil } }

    /// Hands it out for the last time.
    func take(_ name: String, of holder: String) -> Draft? {
        state.withLock { drafts in
            guard let draft = drafts[name], draft.holder == holder else { return nil }
            drafts[name] = nil
            return draft
        }
    }
}
