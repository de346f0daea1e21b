import Core
import Crypto
import Foundation
import Synchronization

/// The access token for XOAUTH2, from a file or a command.
///
/// Comes in: a file that another program keeps fresh, read anew for each connection, or a command. Goes out: the token. A
/// command's token is used for as long as the command says (`expires_in` of its JSON, less a minute), else until it is refused. Failure: a
/// ``Fault`` without a word of what the file or the command said.
final class AccessToken: Sendable {
    private struct Held {
        var token: String
        var until: Instant?
    }

    private let source: Relay.Token
    private let folder: String
    private let clock: any WallClock
    private let held = Mutex<Held?>(nil)

    private static let commandLimit = Span.seconds(20)
    private static let lead = Span.minutes(1)

    init(_ source: Relay.Token, folder: String, clock: any WallClock) {
        self.source = source
        self.folder = folder
        self.clock = clock
    }

    /// The token to log in with. One lane asks the command, the others wait for what it says.
    func current() throws(Fault) -> String {
        switch source {
        case .file(let path):
            guard let answer = Self.parse(try Secret(file: path, relativeTo: folder).bytes) else { throw none(path) }
            return answer.token
        case .command(let command):
            return try held.withLock { held throws(Fault) in
                if let present = held, present.until.map({ clock.now() < $0 }) ?? true { return present.token }
                let new = try ask(command)
                held = new
                return new.token
            }
        }
    }

    /// The relay has refused this token: the next one is asked for, unless that has happened already.
    func refuse(_ token: String) { held.withLock { if $0?.token == token { $0 = nil } } }

    private func ask(_ command: String) throws(Fault) -> Held {
        let outcome = try ChildProcess.run("/bin/sh", ["-c", command], limit: Self.commandLimit, outputLimit: Secret.limit)
        guard outcome.status == 0, !outcome.timedOut else {
            throw Fault(
                "get the access token by", "TokenCommand", cause: outcome.timedOut ? "it took too long" : "it ended with \(outcome.status)",
                mend: "Run it by hand as the service's user.")
        }
        guard let answer = Self.parse(outcome.output) else { throw none("TokenCommand") }
        let lifetime = answer.lifetime.map { max(Span.seconds(1), $0 + Self.lead * -1) }
        return Held(token: answer.token, until: lifetime.map { clock.now() + $0 })
    }

    private func none(_ object: String) -> Fault {
        Fault(
            "read the access token of", object, cause: "it is neither one token nor JSON with access_token",
            mend: "Have it give the token alone, or the answer of the token endpoint.")
    }

    /// A token alone, or the JSON of RFC 6749, section 5.1. `nil` when it is neither.
    private static func parse(_ bytes: [UInt8]) -> (token: String, lifetime: Span?)? {
        struct Answer: Decodable {
            var token: String
            var lifetime: Double?

            enum CodingKeys: String, CodingKey {
                case token = "access_token"
                case lifetime = "expires_in"
            }
        }
        if let answer = try? JSONDecoder().decode(Answer.self, from: Data(bytes)) {
            let lifetime = answer.lifetime.flatMap { Int64(exactly: $0.rounded()) }
            return isToken(answer.token) ? (answer.token, lifetime.map { .seconds(min(max($0, 0), 31_536_000)) }) : nil
        }
        let text = String(decoding: bytes, as: UTF8.self).trimmingCharacters(in: .whitespacesAndNewlines)
        return isToken(text) ? (text, nil) : nil
    }

    /// RFC 6750, section 2.1: nothing that could end a line of the dialogue, and no error in JSON.
    private static func isToken(_ text: String) -> Bool {
        !text.isEmpty
            && text.utf8.allSatisfy { byte in
                switch byte {
                case 0x30...0x39, 0x41...0x5A, 0x61...0x7A: true
                default: "-._~+/=".utf8.contains(byte)
                }
            }
    }
}
