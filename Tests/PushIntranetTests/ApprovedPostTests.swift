import Core
import Ledger
import TestKit
import Testing

@testable import PushIntranet

/// What nobody has approved reaches no intranet, and one identifier stands for one text.
@Suite struct ApprovedPostTests {
    @Test func aMendedItemWaitsForItsApproval() throws {
        let house = try ConnectorHouse(.webhook)
        var publication = Publication(name: "opslag", title: "Opslag", timing: .continuous)
        publication.channels.endpoints = [house.endpoint.name]
        publication.approval = .editor
        let planning = PostPlanning(endpoints: [house.endpoint], publications: [publication], ledger: house.ledger)
        func carry() throws {
            _ = try planning.pass(at: house.clock.now())
            while let post = try house.ledger.claimPost("kjukken", at: house.clock.now()) {
                try house.ledger.settle(post, try house.poster().carry(post), at: house.clock.now())
            }
        }
        let item = try house.accept(ConnectorHouse.item("Ny børnehave"))
        try carry()
        #expect(house.receiver.titles == [])
        try house.ledger.approveItem(item, by: "anne", at: house.clock.now())
        try carry()
        #expect(house.receiver.titles == ["Ny børnehave"])
        try house.accept(ConnectorHouse.item("Ny børnehave, ikke set af nogen"))
        try carry()
        #expect(house.receiver.titles == ["Ny børnehave"])
        try house.ledger.approveItem(item, by: "anne", at: house.clock.now())
        try carry()
        #expect(house.receiver.titles == ["Ny børnehave, ikke set af nogen"] && house.receiver.violations.isEmpty)
    }

    /// The strict receiver refuses another body under the same `webhook-id`.
    @Test func anItemThatChangesBetweenTwoAttemptsIsToldAsItWas() throws {
        let house = try ConnectorHouse(.webhook, [.losesTheAnswer])
        try house.accept(ConnectorHouse.item("Først"))
        try house.plan()
        let claimed = try #require(try house.ledger.claimPost("kjukken", at: house.clock.now()))
        try house.ledger.settle(claimed, try house.poster().carry(claimed), at: house.clock.now())
        try house.accept(ConnectorHouse.item("Siden"))
        try house.advanceToNextAttempt()
        // Not planned yet: the second attempt at the first version.
        let again = try #require(try house.ledger.claimPost("kjukken", at: house.clock.now()))
        try house.ledger.settle(again, try house.poster().carry(again), at: house.clock.now())
        try house.carry()
        #expect(house.receiver.history == ["Først", "Siden"] && house.receiver.violations.isEmpty, "\(house.receiver.violations)")
    }
}
