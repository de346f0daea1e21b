import Core
import Foundation
import TestKit
import Testing

@testable import Ledger
@testable import Push
@testable import PushIntranet

@Suite struct WebhookChannelTests {
    private static let verifier = """
        import json, sys
        from standardwebhooks.webhooks import Webhook
        post = json.load(sys.stdin)
        import datetime, standardwebhooks.webhooks as library
        class Then(datetime.datetime):
            @classmethod
            def now(cls, tz=None): return datetime.datetime.fromtimestamp(post["now"], tz)
        library.datetime = Then
        print(json.dumps(Webhook(post["secret"]).verify(post["body"], post["headers"]), ensure_ascii=False))
        """

    /// The signature is right by the reference library, at the post's own time; the payload says what was released.
    @Test(.enabled(if: Oracle.hasPython("standardwebhooks"), "needs standardwebhooks (PyPI)"))
    func theReferenceLibraryVerifiesThePost() throws {
        let house = try ReleasedEdition([.status(204)])
        defer { house.server.stop() }
        let released = house.clock.now()
        house.clock.advance(by: .seconds(30))
        #expect(try house.carry(house.channel()).state == .sent)
        let post = try #require(house.server.requests(count: 1).first)
        let names = ["webhook-id", "webhook-timestamp", "webhook-signature"]
        func verify(_ body: [UInt8]) throws -> [UInt8] {
            let input: [String: Any] = [
                "secret": ReleasedEdition.secret, "body": String(decoding: body, as: UTF8.self), "now": house.clock.now().seconds,
                "headers": Dictionary(uniqueKeysWithValues: names.map { ($0, post.header($0) ?? "") }),
            ]
            return try Oracle.run("-c", [Self.verifier], input: Array(JSONSerialization.data(withJSONObject: input)))
        }
        let payload = try #require(try JSONSerialization.jsonObject(with: Data(try verify(post.body))) as? [String: Any])
        #expect(payload["type"] as? String == "edition.released" && payload["timestamp"] as? String == "\(released)")
        let edition = try #require((payload["data"] as? [String: Any])?["edition"] as? [String: Any])
        #expect(edition["url"] as? String == "https://nyt.koege.example/editions/nyt-2026-12-01" && edition["number"] as? Int == 1)
        let item = try #require((edition["items"] as? [[String: Any]])?.first)
        #expect(item["title"] as? String == "Ny børnehave" && item["source"] as? String == "Børn og Unge")
        #expect(post.method == "POST" && post.header("content-type") == "application/json" && post.target == "/krog")
        #expect(throws: Fault.self) { try verify(post.body + [0x20]) }
    }

    /// FAULTS 16: waits as told; the second attempt is the same post.
    @Test func waitsAsToldAndPostsTheSameAgain() throws {
        let house = try ReleasedEdition([.status(429, headers: [("Retry-After", "120")]), .status(200)])
        defer { house.server.stop() }
        let channel = try house.channel()
        let deferred = try house.carry(channel)
        #expect(deferred.state == .deferred && deferred.due == house.clock.now() + .seconds(120) && deferred.reply == "HTTP 429")
        try house.advanceToNextAttempt()
        #expect(try house.carry(channel).state == .sent)
        let posts = house.server.requests(count: 2)
        #expect(posts.count == 2 && posts[0].body == posts[1].body)
        #expect(posts[0].header("webhook-id") == posts[1].header("webhook-id"))
        #expect(posts[0].header("webhook-timestamp") != posts[1].header("webhook-timestamp"))
        #expect(posts[0].header("webhook-signature") != posts[1].header("webhook-signature"))
    }

    /// FAULTS 16: not followed.
    @Test func aRedirectIsAFailureAndNotFollowed() throws {
        let other = try ScriptedHTTPServer([.status(200)])
        let house = try ReleasedEdition([.status(302, headers: [("Location", other.url + "/")])])
        defer {
            house.server.stop()
            other.stop()
        }
        let deferred = try house.carry(house.channel())
        #expect(deferred.state == .deferred && deferred.due == house.clock.now() + .seconds(5))
        #expect(deferred.reply == "HTTP 302, a redirect, not followed")
        #expect(other.connections == 0)
    }

    /// FAULTS 16: disabled and alarmed.
    @Test func goneEndsTheEndpoint() throws {
        let house = try ReleasedEdition([.status(410), .status(200)])
        defer { house.server.stop() }
        let channel = try house.channel()
        #expect(try house.carry(channel).state == .failed)
        #expect(try house.ledger.endpointStop("kjukken") != nil)
        #expect(try house.ledger.standingAlarms().map(\.object) == ["kjukken"])
        let next = try ReleasedEdition.release(house.ledger, [], slug: "nyt-2027-01-05", at: house.clock.now())
        #expect(try house.carry(channel, next).reply?.hasPrefix("the endpoint is stopped") == true)
        #expect(house.server.connections == 1)
        // An operator who has spoken with its owner tries again.
        let now = house.clock.now()
        #expect(try house.ledger.retryFailed(house.edition, by: "operator", stopBy: now + .days(5), at: now) == 1)
        #expect(try house.carry(channel).state == .sent)
        #expect(try house.ledger.endpointStop("kjukken") == nil && house.ledger.standingAlarms().isEmpty)
    }

    /// FAULTS 16: timed out. FAULTS 17: the receiver stored the post, its reply was lost; the same webhook-id again.
    @Test(arguments: [ScriptedHTTPServer.Answer.drip(), .silence, .close])
    func anAnswerThatIsLostIsAmbiguous(_ answer: ScriptedHTTPServer.Answer) throws {
        let house = try ReleasedEdition([answer, .status(200)])
        defer { house.server.stop() }
        let lost = try house.carry(house.channel(timeLimit: .milliseconds(500)))
        #expect(lost.state == .ambiguous && lost.due == house.clock.now() + .seconds(5))
        try house.advanceToNextAttempt()
        let sent = try house.carry(house.channel())
        #expect(sent.state == .sent && sent.doubtful == 1)
        let posts = house.server.requests(count: 2)
        #expect(posts.count == 2 && posts[0].header("webhook-id") == posts[1].header("webhook-id") && posts[0].body == posts[1].body)
    }

    @Test func aPrivateAddressIsRefusedUnlessAllowed() throws {
        var house = try ReleasedEdition([.status(200)])
        defer { house.server.stop() }
        house.endpoint.allowPrivate = false
        let refused = try house.carry(house.channel())
        #expect(refused.state == .deferred && refused.reply == "its address 127.0.0.1 is not a public one")
        #expect(house.server.connections == 0)
    }

    @Test func anAlarmStandsFromTheThirdAttemptUntilOneIsTaken() throws {
        let house = try ReleasedEdition([.status(500), .status(500), .status(500), .status(200)])
        defer { house.server.stop() }
        let channel = try house.channel()
        for attempt in 1...3 {
            #expect(try house.ledger.standingAlarms().isEmpty)
            #expect(try house.carry(channel).attempt == attempt)
            try house.advanceToNextAttempt()
        }
        #expect(try house.ledger.standingAlarms().map(\.object) == ["kjukken"])
        #expect(try house.carry(channel).state == .sent)
        #expect(try house.ledger.standingAlarms().isEmpty)
    }

    @Test func afterTheTenthAttemptItIsGivenUp() throws {
        let house = try ReleasedEdition([.status(503)])
        defer { house.server.stop() }
        let channel = try house.channel()
        for _ in 1...9 {
            #expect(try house.carry(channel).state == .deferred)
            try house.advanceToNextAttempt()
        }
        #expect(try house.carry(channel).reply == "given up after 10 attempts: HTTP 503")
    }

    @Test func overTheOutboxItself() throws {
        let house = try ReleasedEdition([.status(200)])
        defer { house.server.stop() }
        let outbox = OutboxStage(channels: [try house.channel()], ledger: house.ledger, clock: house.clock)
        try outbox.start()
        #expect(house.server.requests(count: 1).count == 1)
        outbox.stop()
        #expect(try house.ledger.deliveryCounts(of: house.edition) == [.sent: 1])
    }
}
