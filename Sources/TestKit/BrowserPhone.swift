import Core
import Crypto
import Foundation

/// A browser with notifications switched on: its subscription, as the Push API makes it, and the means to read what comes.
package struct BrowserPhone: Sendable {
    package let name: String
    package let endpoint: String
    private let key = P256PrivateKey.random()
    private let auth = randomBytes(16)

    /// A browser that a push service knows by a name.
    package init(_ name: String, at service: StrictPushService) {
        self.name = name
        endpoint = "\(service.url)/push/\(name)"
    }

    package var publicKey: [UInt8] { key.publicKey.bytes }
    package var secret: [UInt8] { auth }

    /// What `JSON.stringify(subscription)` gives.
    package var json: String {
        #"{"endpoint":"\#(endpoint)","expirationTime":null,"keys":{"p256dh":"\#(base64URL(publicKey))","auth":"\#(base64URL(secret))"}}"#
    }

    package static let canRead = Oracle.hasPython("http_ece", "py_vapid")

    package struct Read: Decodable, Sendable {
        package struct Claims: Decodable, Sendable {
            package var aud: String
            package var exp: Int64
            package var sub: String
        }

        package struct Notice: Decodable, Sendable {
            package var title: String
            package var text: String
            package var link: String
            package var tag: String
            package var urgent: Bool
            package var lang: String
        }

        package var text: String
        package var claims: Claims
        package var valid: Bool

        package var notice: Notice {
            get throws { try JSONDecoder().decode(Notice.self, from: Data(text.utf8)) }
        }
    }

    /// What the messages to this browser say, by http-ece, and whether their sender is who holds the key, by py-vapid.
    package func read(_ messages: [StrictPushService.Message]) throws -> [Read] {
        let own = messages.filter { $0.subscription == name }.map { message in
            #"{"body":"\#(base64URL(message.body))","authorization":"\#(message.authorization)"}"#
        }
        let asked = #"{"private":"\#(base64URL(key.bytes))","secret":"\#(base64URL(auth))","messages":[\#(own.joined(separator: ","))]}"#
        let output = try Oracle.run(Oracle.root + "/Tests/PushPhonesTests/Oracles/webpush.py", input: Array(asked.utf8))
        return try JSONDecoder().decode([Read].self, from: Data(output))
    }
}
