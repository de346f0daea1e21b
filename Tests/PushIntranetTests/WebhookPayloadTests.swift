import Core
import Foundation
import TestKit
import Testing

@testable import Ledger
@testable import PushIntranet

@Suite struct WebhookPayloadTests {
    private func payload(_ items: [ItemContent]) throws -> (bytes: [UInt8], edition: [String: Any], items: [[String: Any]]) {
        let house = try ReleasedEdition([.status(200)], items: items)
        house.server.stop()
        let record = try #require(try house.ledger.edition(house.edition))
        let bytes = try WebhookPayload(record, items: try house.ledger.items(of: house.edition), publicURL: "https://nyt.example").bytes()
        #expect(
            try WebhookPayload(record, items: try house.ledger.items(of: house.edition), publicURL: "https://nyt.example").bytes() == bytes)
        let whole = try #require(try JSONSerialization.jsonObject(with: Data(bytes)) as? [String: Any])
        let edition = try #require((whole["data"] as? [String: Any])?["edition"] as? [String: Any])
        return (bytes, edition, try #require(edition["items"] as? [[String: Any]]))
    }

    @Test func theBytesAreTheSameAtEachAttempt() throws {
        let bytes = try payload([ReleasedEdition.item("Æble/\"pære\"")]).bytes
        let released = Instant(seconds: 1_795_000_000)
        #expect(
            String(decoding: bytes, as: UTF8.self) == """
                {"data":{"edition":{"items":[{"category":"Børn","source":"Børn og Unge","summary":"Den åbner på mandag.",\
                "title":"Æble/\\"pære\\"","url":"https://nyt.example/editions/nyt-2026-12-01#item-1"}],"number":1,"publication":"nyt",\
                "released":"\(released)","slug":"nyt-2026-12-01","title":"Nyt fra Direktionen",\
                "url":"https://nyt.example/editions/nyt-2026-12-01"}},"timestamp":"\(released)","type":"edition.released"}
                """)
    }

    @Test func summariesAreCutBeforeAnItemIsLeftOut() throws {
        let long = try payload((0..<20).map { ReleasedEdition.item("Titel \($0)", summary: String(repeating: "å", count: 3000)) })
        #expect(long.bytes.count <= WebhookPayload.limit)
        #expect(long.items.count == 20 && long.edition["itemsLeftOut"] == nil)
        #expect(long.items.allSatisfy { ($0["summary"] as? String)?.hasSuffix("å…") == true })
        #expect(long.items.last?["title"] as? String == "Titel 19")
    }

    @Test func whatHasNoRoomIsCounted() throws {
        let many = try payload((0..<400).map { ReleasedEdition.item("\($0) " + String(repeating: "t", count: 400)) })
        #expect(many.bytes.count <= WebhookPayload.limit && many.bytes.count > WebhookPayload.limit - 500)
        #expect(many.edition["itemsLeftOut"] as? Int == 400 - many.items.count)
    }

    @Test func onlyItemsForTheIntranetGo() throws {
        let some = try payload([
            ReleasedEdition.item("a", channels: [.email]), ReleasedEdition.item("b", channels: [.intranet, .web]),
            ReleasedEdition.item("c"),
        ])
        #expect(some.items.compactMap { $0["title"] as? String } == ["b", "c"])
    }

    @Test func aWithdrawnItemDoesNotGo() throws {
        let house = try ReleasedEdition([.status(200)], items: [ReleasedEdition.item("a"), ReleasedEdition.item("b")])
        house.server.stop()
        _ = try house.ledger.withdrawItem(source: "Børn og Unge", name: "nyt-2026-12-01-0.md", by: "test", at: house.clock.now())
        let record = try #require(try house.ledger.edition(house.edition))
        let bytes = try WebhookPayload(record, items: try house.ledger.items(of: house.edition), publicURL: nil).bytes()
        let text = String(decoding: bytes, as: UTF8.self)
        #expect(text.contains("\"b\"") && !text.contains("\"a\"") && !text.contains("url"))
    }
}
