import Core
import Ledger
import TestKit
import Testing

@testable import Push

/// What every channel has to do, whatever the other side does.
@Suite struct ChannelConformanceTests {
    @Test(arguments: Way.allCases)
    func deliversEachOnce(_ way: Way) throws {
        let house = try ChannelUnderTest(way)
        try house.carry()
        #expect(try house.deliveries().map(\.state) == Array(repeating: .sent, count: ChannelUnderTest.count))
        #expect(Set(house.received()).count == ChannelUnderTest.count && house.received().count == ChannelUnderTest.count)
        try house.carry()
        #expect(house.received().count == ChannelUnderTest.count)
    }

    @Test(arguments: Way.allCases.filter(\.refuses))
    func aTemporaryRefusalIsTriedAgainAsTheSameMessage(_ way: Way) throws {
        let house = try ChannelUnderTest(way, [.refusesForNow])
        try house.carry()
        #expect(try house.deliveries().map(\.state) == [.deferred, .sent, .sent])
        try house.advanceToNextAttempt()
        try house.carry()
        #expect(try house.deliveries().map(\.state) == [.sent, .sent, .sent])
        #expect(try house.deliveries().map(\.attempt) == [2, 1, 1])
    }

    @Test(arguments: Way.allCases.filter(\.refuses))
    func aPermanentRefusalIsFinalForThatOneAlone(_ way: Way) throws {
        let house = try ChannelUnderTest(way, [.refusesForGood])
        try house.carry()
        let states = try house.deliveries().map(\.state)
        #expect(states.first == .failed)
        #expect(Array(states.dropFirst()) == Array(repeating: .sent, count: 2))
    }

    /// FAULTS 3.
    @Test(arguments: Way.allCases.filter(\.refuses))
    func aLostAnswerIsDoubtfulAndTheSameMessageGoesAgain(_ way: Way) throws {
        let house = try ChannelUnderTest(way, [.losesTheAnswer])
        try? house.carry()
        let first = try #require(try house.deliveries().first)
        #expect(first.state == .ambiguous && first.doubtful == 1)
        // What a broken connection gave back goes first, the doubtful one at its own time.
        try house.carry()
        try house.advanceToNextAttempt()
        try house.carry()
        #expect(try house.deliveries().map(\.state) == [.sent, .sent, .sent])
        #expect(Set(house.received()).count == ChannelUnderTest.count, "the second copy has the first one's identity")
    }

    @Test(arguments: Way.allCases.filter(\.refuses))
    func nothingIsLostWhenTheOtherSideIsAway(_ way: Way) throws {
        let house = try ChannelUnderTest(way, [.isAway])
        try? house.carry()
        let states = Set(try house.deliveries().map(\.state))
        #expect(states.isSubset(of: [.pending, .deferred]))
        #expect(house.received().isEmpty)
    }

    @Test(arguments: Way.allCases)
    func aStopLeavesWhatWasNotBegun(_ way: Way) throws {
        let house = try ChannelUnderTest(way)
        try house.carry(isStopping: { true })
        #expect(try house.deliveries().map(\.state) == Array(repeating: .pending, count: ChannelUnderTest.count))
        #expect(try house.deliveries().allSatisfy { $0.attempt == 0 })
        try house.carry()
        #expect(house.received().count == ChannelUnderTest.count)
    }

    @Test(arguments: Way.allCases)
    func nothingIsSentPastItsTime(_ way: Way) throws {
        let house = try ChannelUnderTest(way)
        house.clock.advance(by: .days(6))
        try house.carry()
        #expect(try house.deliveries().map(\.state) == Array(repeating: .failed, count: ChannelUnderTest.count))
        #expect(house.received().isEmpty)
    }
}
