import Core
import Crypto
import Foundation
import Ledger
import TestKit
import Testing

@testable import PushIntranet

/// What only webhooks have: signatures and the payload. What they share with the others is in ``ConnectorConformanceTests``.
@Suite struct WebhookTests {
    private static let verifier = """
        import json, sys
        from standardwebhooks.webhooks import Webhook
        post = json.load(sys.stdin)
        print(json.dumps(Webhook(post["secret"]).verify(post["body"], post["headers"]), ensure_ascii=False))
        """

    /// The signature is right by the reference library, also for the second of two keys; the payload says what was released.
    @Test(.enabled(if: Oracle.hasPython("standardwebhooks"), "needs standardwebhooks (PyPI)"))
    func theReferenceLibraryVerifiesThePost() throws {
        let house = try ConnectorHouse(.webhook, per: .edition)
        let newer = "whsec_" + base64(Array(2...40))
        #expect(chmod(try house.folder.write("kjukken.secret", "\(ConnectorHouse.whsec)\n\(newer)\n"), 0o600) == 0)
        try house.release([ConnectorHouse.item("Ny børnehave")])
        #expect(try house.carry()?.state == .sent)
        let post = try #require(house.server.requests(count: 1).first)
        let names = ["webhook-id", "webhook-timestamp", "webhook-signature"]
        func verify(_ body: [UInt8], _ secret: String) throws -> [UInt8] {
            let input: [String: Any] = [
                "secret": secret, "body": String(decoding: body, as: UTF8.self),
                "headers": Dictionary(uniqueKeysWithValues: names.map { ($0, post.header($0) ?? "") }),
            ]
            return try Oracle.run("-c", [Self.verifier], input: Array(JSONSerialization.data(withJSONObject: input)))
        }
        let payload = try #require(try JSONSerialization.jsonObject(with: Data(try verify(post.body, newer))) as? [String: Any])
        #expect(payload["type"] as? String == "edition.released" && payload["timestamp"] as? String == "\(house.clock.now())")
        _ = try verify(post.body, ConnectorHouse.whsec)
        #expect(throws: Fault.self) { try verify(post.body + [0x20], newer) }
    }

    private func payload(_ items: [ItemContent]) throws -> (bytes: [UInt8], edition: [String: Any], items: [[String: Any]]) {
        let house = try ConnectorHouse(.webhook, per: .edition)
        try house.release(items)
        #expect(try house.carry()?.state == .sent)
        let bytes = try #require(house.server.requests(count: 1).first?.body)
        let whole = try #require(try JSONSerialization.jsonObject(with: Data(bytes)) as? [String: Any])
        let edition = try #require((whole["data"] as? [String: Any])?["edition"] as? [String: Any])
        return (bytes, edition, try #require(edition["items"] as? [[String: Any]]))
    }

    @Test func theBytesAreThese() throws {
        let bytes = try payload([ConnectorHouse.item("Æble/\"pære\"", hasPicture: false)]).bytes
        let released = Instant(seconds: 1_795_000_000)
        #expect(
            String(decoding: bytes, as: UTF8.self) == """
                {"data":{"edition":{"items":[{"category":"Børn","source":"Børn og Unge","summary":"Den åbner på mandag.",\
                "title":"Æble/\\"pære\\"","url":"https://nyt.koege.example/x"}],"number":1,"publication":"nyt",\
                "released":"\(released)","slug":"nyt-2026-12-01","title":"Nyt fra Direktionen",\
                "url":"https://nyt.koege.example/editions/nyt-2026-12-01"}},"timestamp":"\(released)","type":"edition.released"}
                """)
    }

    @Test func theSecondAttemptIsTheSamePost() throws {
        let house = try ConnectorHouse(.webhook, [.losesTheAnswer])
        try house.accept(ConnectorHouse.item("Nyt"))
        try house.carry()
        try house.advanceToNextAttempt()
        try house.carry()
        let posts = house.server.requests(count: 2)
        #expect(posts.count == 2 && posts[0].body == posts[1].body && posts[0].header("webhook-id") == posts[1].header("webhook-id"))
    }

    @Test func summariesAreCutBeforeAnItemIsLeftOut() throws {
        let long = try payload((0..<20).map { ConnectorHouse.item("Titel \($0)", summary: String(repeating: "å", count: 3000)) })
        #expect(long.bytes.count <= WebhookPayload.limit)
        #expect(long.items.count == 20 && long.edition["itemsLeftOut"] == nil)
        #expect(long.items.allSatisfy { ($0["summary"] as? String)?.hasSuffix("å…") == true })
    }

    @Test func whatHasNoRoomIsCounted() throws {
        let many = try payload((0..<400).map { ConnectorHouse.item("\($0) " + String(repeating: "t", count: 400)) })
        #expect(many.bytes.count <= WebhookPayload.limit && many.bytes.count > WebhookPayload.limit - 500)
        #expect(many.edition["itemsLeftOut"] as? Int == 400 - many.items.count)
    }

    @Test func aLongItemFitsToo() throws {
        let house = try ConnectorHouse(.webhook)
        var item = ConnectorHouse.item("Lang")
        item.body = Document([.paragraph([.text(String(repeating: "ord ", count: 20_000))])])
        try house.accept(item)
        #expect(try house.carry()?.state == .sent, "\(house.receiver.violations)")
    }
}
