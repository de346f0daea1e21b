import Core
import Testing

@testable import Push

@Suite struct CircuitBreakerTests {
    private let breaker = CircuitBreaker()
    private let start = Instant(seconds: 1_795_000_000)

    @Test func itPausesAfterThreeFailuresAndOneLaneTriesItAgain() {
        #expect(!breaker.noteFailure(at: start) && !breaker.noteFailure(at: start) && breaker.admission(at: start) == .inUse)
        #expect(breaker.noteFailure(at: start) && breaker.isPaused)
        #expect(breaker.admission(at: start) == .paused(until: start + .seconds(5)))
        let later = start + .seconds(5)
        #expect(breaker.admission(at: later) == .probe)
        #expect(breaker.admission(at: later) != .probe, "one lane alone")
        // A second failure doubles the pause and is no news.
        #expect(!breaker.noteFailure(at: later))
        #expect(breaker.admission(at: later) == .paused(until: later + .seconds(10)))
        #expect(breaker.admission(at: later + .seconds(10)) == .probe)
        #expect(breaker.noteSuccess() && !breaker.isPaused && breaker.admission(at: later) == .inUse)
    }

    @Test func aSuccessBetweenFailuresKeepsItInUse() {
        for _ in 0..<10 {
            #expect(!breaker.noteFailure(at: start) && !breaker.noteFailure(at: start))
            #expect(!breaker.noteSuccess())
        }
    }

    @Test func itPausesWhenHalfOfTheAnswersAreAgainstUs() {
        for _ in 0..<5 { #expect(!breaker.note(.accepted, at: start)) }
        for _ in 0..<4 { #expect(!breaker.note(.against, at: start)) }
        #expect(breaker.hasProof)
        #expect(breaker.note(.against, at: start) && breaker.isPaused)
    }

    @Test func aFewRefusalsAmongManyAcceptedAreTheRecipients() {
        for _ in 0..<20 {
            for _ in 0..<4 { #expect(!breaker.note(.accepted, at: start)) }
            #expect(!breaker.note(.against, at: start))
        }
        #expect(breaker.hasProof)
    }

    @Test func theLongestPauseIsFiveMinutes() {
        var now = start
        for _ in 0..<20 {
            _ = breaker.noteFailure(at: now)
            if case .paused(let until) = breaker.admission(at: now) {
                #expect(until - now <= .minutes(5))
                now = until
                #expect(breaker.admission(at: now) == .probe)
            }
        }
        _ = breaker.noteFailure(at: now)
        #expect(breaker.admission(at: now) == .paused(until: now + .minutes(5)))
    }
}

@Suite struct WeightedTurnsTests {
    @Test(arguments: [[1, 1], [3, 1], [5, 3, 2], [100, 1]])
    func theSharesAreExactWhoeverAsks(weights: [Int]) {
        var turns = WeightedTurns(weights: weights)
        let round = weights.map { _ in true }
        var taken = weights.map { _ in 0 }
        let total = weights.reduce(0, +) * 20
        var backlog = total
        var asks = 0
        while backlog > 0, asks < 100_000 {
            // The first asks far more often than the others.
            let index = asks % 7 == 0 ? (asks / 7) % weights.count : 0
            let count = turns.take(index, wanted: 16, backlog: backlog, inRound: round)
            taken[index] += count
            backlog -= count
            asks += 1
        }
        #expect(taken == weights.map { $0 * 20 })
    }

    @Test func aSmallEditionIsSharedToo() {
        var turns = WeightedTurns(weights: [3, 1])
        #expect(turns.take(0, wanted: 64, backlog: 40, inRound: [true, true]) == 30)
        #expect(turns.take(1, wanted: 64, backlog: 10, inRound: [true, true]) == 10)
    }

    @Test func whoIsOutOfTheRoundIsNotWaitedFor() {
        var turns = WeightedTurns(weights: [1, 1])
        #expect(turns.take(0, wanted: 64, backlog: 100, inRound: [true, true]) == 50)
        #expect(turns.take(0, wanted: 64, backlog: 50, inRound: [true, false]) == 50)
    }
}
