import Core
import Ledger
import TestKit
import Testing

@testable import PushIntranet

/// A paused edition holds its posts too; what endpoints have been told of it can still be put right.
@Suite struct PausedPostTests {
    @Test(arguments: Endpoint.Per.allCases)
    func postsWaitUntilTheEditionGoesOn(_ per: Endpoint.Per) throws {
        let house = try ConnectorHouse(.webhook, per: per)
        let edition = try house.release([ConnectorHouse.item("a")])
        try house.ledger.pauseDeliveries(of: edition, reason: "looked wrong", by: "test", at: house.clock.now())
        try house.accept(ConnectorHouse.item("Uden for udgaven"), name: "andet.md")
        try house.carry()
        #expect(house.receiver.history == ["Uden for udgaven"].filter { _ in per == .item })
        #expect(try house.ledger.nextPostDue("kjukken") == nil, "nobody is woken for what may not go")
        try house.ledger.resumeDeliveries(of: edition, by: "test", at: house.clock.now())
        try house.carry()
        #expect(house.receiver.history.last == (per == .item ? "a" : "Nyt fra Direktionen"))

        // Told already: a withdrawal does not wait.
        try house.ledger.pauseDeliveries(of: edition, reason: "again", by: "test", at: house.clock.now())
        _ = try house.ledger.withdrawItem(source: "Børn og Unge", name: "nyt-2026-12-01-0.md", by: "test", at: house.clock.now())
        try house.carry()
        #expect(house.receiver.history.last == "-" && house.receiver.violations.isEmpty)
    }

    @Test func aStopGivesThemUp() throws {
        let house = try ConnectorHouse(.webhook, per: .edition)
        let edition = try house.release([ConnectorHouse.item("a")])
        try house.ledger.pauseDeliveries(of: edition, reason: "looked wrong", by: "test", at: house.clock.now())
        _ = try house.ledger.stopDeliveries(of: edition, by: "anne", at: house.clock.now())
        let post = try #require(try house.carry())
        #expect(post.state == .failed && post.reply == "stopped by anne" && house.receiver.history.isEmpty)
    }
}
