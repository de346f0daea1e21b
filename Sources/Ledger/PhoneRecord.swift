import Core
import Database

package enum PhoneSubject: Sendable {}
package typealias PhoneID = Identifier<PhoneSubject>
package enum PhoneMessageSubject: Sendable {}
package typealias PhoneMessageID = Identifier<PhoneMessageSubject>

/// What a browser hands over when somebody switches notifications on (Push API, section 8): where a message for it goes, and with what it is
/// encrypted. Nothing in it says whose it is. Who knows the address may send to it, so it stands in no log and no error.
package struct PhoneSubscription: Hashable, Sendable, CustomStringConvertible, CustomReflectable {
    /// The push service's address for this browser alone.
    package var address: String
    /// Scheme, host and port of it: `https://fcm.googleapis.com`.
    package var service: String
    /// The browser's public key (`p256dh`).
    package var key: [UInt8]
    /// What only the browser and this installation know (`auth`).
    package var secret: [UInt8]
    /// What its messages are written in.
    package var language: Language

    package var description: String { "‹phone at \(service)›" }
    package var customMirror: Mirror { Mirror(self, children: []) }

    package init(address: String, service: String, key: [UInt8], secret: [UInt8], language: Language) {
        self.address = address
        self.service = service
        self.key = key
        self.secret = secret
        self.language = language
    }
}

/// One edition's message to one phone, in the hands of one thread.
///
///     pending ──claim──▶ sending ──settle──▶ sent
///        ▲                  ├──────────────▶ deferred ──claim──▶ sending …
///        └────give back─────┼──────────────▶ ambiguous ──claim──▶ sending …   the push service may have it: its answer was lost
///                           └──────────────▶ failed
///
/// A phone that is switched off takes what waits for it with it; what was sent stays counted, without the phone.
package struct ClaimedPhoneMessage: Hashable, Sendable {
    package var id: PhoneMessageID
    package var edition: EditionRecord
    package var phone: PhoneID
    package var subscription: PhoneSubscription
    package var isUrgent: Bool
    /// Counted from 1.
    package var attempt: Int
}

/// What became of one attempt at a message.
package enum PhoneOutcome: Hashable, Sendable {
    case sent(reply: String)
    case deferred(reply: String, until: Instant)
    case ambiguous(reply: String, until: Instant)
    case failed(reply: String)
    /// The push service does not know the subscription any more: it is forgotten.
    case gone(reply: String)
}

/// What came of switching a phone on.
package enum PhoneAdmission: Hashable, Sendable {
    case kept
    /// There are as many phones as there may be.
    case full
}
