import Core
import Ledger
import TestKit
import Testing

@testable import Push

/// When a lane's outcomes reach the ledger, and what is kept when they cannot.
@Suite struct LaneOutcomesTests {
    let house: ChannelUnderTest
    let claimed: [ClaimedDelivery]
    let outcomes: LaneOutcomes

    init() throws {
        house = try ChannelUnderTest(.directory)
        outcomes = LaneOutcomes(house.channel, house.ledger, house.clock)
        try outcomes.prepare()
        claimed = try outcomes.record(claiming: ClaimOrder(house.channel.outlet, limit: 10))
        try #require(claimed.count == 3)
    }

    private func states() throws -> [DeliveryState] { try house.deliveries().map(\.state) }

    @Test func acceptedOnesWaitForTheirBatchAndOutliveAKillMeanwhile() throws {
        try outcomes.add(claimed[0], .sent(reply: "250"))
        try outcomes.add(claimed[1], .failed(reply: "550"))
        #expect(try states() == [.sending, .sending, .sending])
        try outcomes.record()
        #expect(try states() == [.sent, .failed, .sending])
    }

    @Test func anOldOutcomeWaitsForNoBatch() throws {
        try outcomes.add(claimed[0], .sent(reply: "250"))
        house.clock.advance(by: .seconds(1))
        try outcomes.add(claimed[1], .sent(reply: "250"))
        #expect(try states() == [.sent, .sent, .sending])
    }

    @Test func aDoubtfulOneIsRecordedAtOnceWithAllBefore() throws {
        try outcomes.add(claimed[0], .sent(reply: "250"))
        try outcomes.add(claimed[1], .ambiguous(reply: "lost"))
        #expect(try states() == [.sent, .ambiguous, .sending])
    }

    @Test func oneTransactionRecordsAndClaims() throws {
        try outcomes.add(claimed[0], .deferred(reply: "450", until: house.clock.now()))
        try outcomes.add(claimed[1], .sent(reply: "250"))
        let next = try outcomes.record(claiming: ClaimOrder(house.channel.outlet, limit: 10))
        #expect(next.map(\.id) == [claimed[0].id] && next.map(\.attempt) == [2])
        #expect(try states() == [.sending, .sent, .sending])
    }

    /// A result that is not this lane's to give is told, and stops neither the others nor the lane for ever.
    @Test func anIllegalResultIsRefusedAlone() throws {
        try house.ledger.fail(claimed[0], reply: "550", route: "r", at: house.clock.now())
        try outcomes.add(claimed[0], .sent(reply: "250"))
        try outcomes.add(claimed[1], .sent(reply: "250"))
        #expect { try outcomes.record(claiming: ClaimOrder(house.channel.outlet, limit: 10)) } throws: {
            "\($0)".contains("not being sent by this lane")
        }
        #expect(try states() == [.failed, .sent, .sending])
        try outcomes.record()
        #expect(try house.deliveries().first?.reply == "550")
    }
}
