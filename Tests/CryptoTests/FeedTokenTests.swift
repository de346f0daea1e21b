import Core
import Foundation
import Testing

@testable import Crypto

@Suite struct FeedTokenTests {
    private let key = InstallationKey([UInt8](repeating: 7, count: 32))

    @Test func isTheSameForTheSameAndAnotherForAnother() throws {
        let key = try #require(key)
        let token = FeedToken(feed: "kantinen", version: 1, key: key)
        #expect(token.text.utf8.count == 22)
        #expect(token.text.allSatisfy { $0.isASCII && ($0.isLetter || $0.isNumber || $0 == "-" || $0 == "_") })
        #expect(FeedToken(feed: "kantinen", version: 1, key: key).matches(token.text))
        #expect(!FeedToken(feed: "kantinen", version: 2, key: key).matches(token.text))
        #expect(!FeedToken(feed: "kantine", version: 1, key: key).matches(token.text))
        #expect(!FeedToken(feed: "kantinen", version: 1, key: .random()).matches(token.text))
        #expect(!token.matches(""))
        #expect(!token.matches(token.text + "A"))
    }

    /// The form is part of addresses that stand in players: it may not change. Checked against Python's hmac and base64.
    @Test func keepsItsForm() throws {
        #expect(FeedToken(feed: "kantinen", version: 1, key: try #require(key)).text == "_swchOWwmzW1k3L29ACXVQ")
    }

    @Test func showsItselfNowhereUnasked() throws {
        let token = FeedToken(feed: "kantinen", version: 1, key: try #require(key))
        #expect(!"\(token) \(String(reflecting: token))".contains(token.text))
        var dumped = ""
        dump(token, to: &dumped)
        #expect(!dumped.contains(token.text))
    }
}
