import Core
import Crypto
import Foundation
import Ledger

/// What a browser posts about its subscription, as `PushSubscription.toJSON()` writes it (Push API, section 8).
struct PhoneForm: Decodable {
    struct Subscription: Decodable {
        struct Keys: Decodable {
            var p256dh: String
            var auth: String
        }

        var endpoint: String
        var keys: Keys

        /// `nil` when a key is none; `service` is the address's origin.
        func phone(at service: String, _ language: Language) -> PhoneSubscription? {
            guard let key = base64URLBytes(keys.p256dh).flatMap({ P256PublicKey($0) }), let secret = base64URLBytes(keys.auth),
                secret.count == PushEncryption.secretLength
            else { return nil }
            return PhoneSubscription(address: endpoint, service: service, key: key.bytes, secret: secret, language: language)
        }
    }

    var subscription: Subscription?
    var publications: [String]?
    var language: Language?
    /// The address alone, for who asks or ends.
    var endpoint: String?
    /// The address that the subscription takes the place of.
    var former: String?

    /// More than any browser writes, in bytes.
    static let limit = 8_192

    init?(_ body: [UInt8]) {
        guard let form = try? JSONDecoder().decode(PhoneForm.self, from: Data(body)) else { return nil }
        self = form
    }
}
