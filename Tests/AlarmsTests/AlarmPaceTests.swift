import Core
import Testing

@testable import Alarms
@testable import Ledger

/// A bad night is a few messages.
@Suite struct AlarmPaceTests {
    private static let start = Instant(seconds: 1_800_000_000)

    private func news(_ kind: String, _ object: String, over: Bool = false) -> AlarmNews {
        AlarmNews(
            id: 1, alarm: Alarm(kind: kind, object: object, text: "", raised: Self.start, ended: over ? Self.start : nil), told: [:])
    }

    @Test func whatComesTogetherIsToldTogether() {
        var pace = AlarmPace(gathering: .seconds(2), pause: .minutes(15))
        let first = pace.due([news("channel", "a")], at: Self.start)
        #expect(first.now.isEmpty && first.next == Self.start + .seconds(2))
        let both = [news("channel", "a"), news("channel", "b")]
        #expect(pace.due(both, at: Self.start + .seconds(2)).now == both)
    }

    @Test func aBeginningAndItsEndGoAtOnceAndAStormWaits() {
        var pace = AlarmPace(gathering: .seconds(0), pause: .minutes(15))
        let alarm = [news("silent-screen", "kantinen")]
        for minute in 0..<2 {
            let now = Self.start + .minutes(Int64(minute))
            #expect(pace.due(alarm, at: now).now == alarm)
            pace.told(alarm, at: now)
        }
        let third = pace.due(alarm, at: Self.start + .minutes(2))
        #expect(third.now.isEmpty && third.next == Self.start + .minutes(15))
        // Another kind is not kept waiting by it.
        let other = news("channel", "outbox")
        #expect(pace.due(alarm + [other], at: Self.start + .minutes(3)).now == [other])
        #expect(pace.due(alarm, at: Self.start + .minutes(15)).now == alarm)
        // Over an hour of one alarm a second: two messages a quarter at most.
        var count = 0
        for second in 0..<3_600 {
            let now = Self.start + .hours(1) + .seconds(Int64(second))
            let due = pace.due(alarm, at: now).now
            if !due.isEmpty {
                count += 1
                pace.told(due, at: now)
            }
        }
        #expect((2...8).contains(count))
    }
}
