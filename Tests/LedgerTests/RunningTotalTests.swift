import Core
import Foundation
import TestKit
import Testing

@testable import Ledger

/// The counts that the ledger keeps are those of its tables, whatever has happened.
@Suite struct RunningTotalTests {
    private static let now = DeliveryTests.now

    private func counted(_ ledger: Ledger) throws -> [DeliveryState: Int] {
        let rows = try ledger.read { db throws(Fault) in
            try db.all("SELECT state, count(*) FROM delivery GROUP BY state") { (DeliveryState(rawValue: $0.text(0)), $0.int(1)) }
        }
        return rows.reduce(into: [:]) { if let state = $1.0 { $0[state] = $1.1 } }
    }

    @Test func deliveriesByStateAreKeptThroughEveryTransition() throws {
        let folder = try TemporaryFolder()
        let ledger = try folder.ledger()
        let edition = try DeliveryTests.released(ledger, count: 60)
        #expect(try ledger.deliveryCounts() == [.pending: 60])
        var random = SeededRandom(seed: 7)
        for round in 0..<30 {
            let now = Self.now + .hours(Int64(round))
            let claimed = try ledger.claim(Outlet.email, limit: 12, at: now)
            let results = claimed.map { delivery in
                let transitions: [DeliveryResult.Transition] = [
                    .acknowledge, .fail, .giveUp, .giveBack, .deferUntil(now + .minutes(5)), .doubt(until: now + .minutes(1)),
                ]
                return DeliveryResult(
                    delivery, transitions[Int.random(in: 0..<6, using: &random)], reply: "", route: "relæ \(round % 2)", at: now)
            }
            _ = try ledger.record(results, claiming: nil, at: now)
            if round == 10 { _ = try ledger.retryFailed(edition, by: "test", stopBy: now + .days(5), at: now) }
            #expect(try ledger.deliveryCounts() == counted(ledger), "round \(round)")
        }
        #expect(try ledger.deliveryCounts(of: edition) == counted(ledger))
        // What is kept no longer stays counted.
        let counts = try ledger.deliveryCounts()
        try ledger.write([]) { db throws(Fault) in _ = try db.run("DELETE FROM delivery WHERE id % 3 = 0") }
        #expect(try ledger.deliveryCounts() == counts && ledger.deliveryCounts(of: edition) == counts)
        let outcomes = try ledger.totals(.outcomes)
        #expect(Set(outcomes.map(\.label)) == ["relæ 0", "relæ 1"] && outcomes.allSatisfy { $0.count > 0 })
    }

    @Test func whatWasToldOfAnAlarmIsToldOnce() throws {
        let folder = try TemporaryFolder()
        let ledger = try folder.ledger()
        try ledger.raiseAlarm("channel", "outbox", "away", at: Self.now)
        let news = try ledger.alarmNews()
        #expect(news.count == 1 && AlarmWay.allCases.allSatisfy(news[0].isNews))
        let address = try #require(EmailAddress("drift@koege.example"))
        let mail = NoticeDraft(
            kind: "alarm", object: "alarms", address: address, language: .da, subject: "S", text: "T", once: "alarms 1.1")
        for way in AlarmWay.allCases { try ledger.noteTold(news, by: way, mails: way == .mail ? [mail] : [], at: Self.now) }
        #expect(try ledger.alarmNews().isEmpty && ledger.notices().count == 1)
        try ledger.endAlarm("channel", "outbox", at: Self.now)
        let end = try ledger.alarmNews()
        #expect(end.count == 1 && end[0].stage == 2 && end[0].isNews(by: .webhook))
        // Too many mails: nothing is noted, so it is told later.
        for number in 0..<Ledger.noticesAnHour {
            var other = mail
            other.once = "other \(number)"
            _ = try ledger.post(other, at: Self.now)
        }
        let another = NoticeDraft(
            kind: "alarm", object: "alarms", address: address, language: .da, subject: "S", text: "T", once: "alarms 1.2")
        #expect(throws: Fault.self) { try ledger.noteTold(end, by: .mail, mails: [another], at: Self.now + .seconds(1)) }
        #expect(try ledger.alarmNews() == end)
        for way in AlarmWay.allCases { try ledger.noteTold(end, by: way, at: Self.now) }
        #expect(try ledger.alarmNews().isEmpty)
        #expect(try ledger.totals(.alarms) == [TotalLine(label: "channel", detail: "", count: 1)])
    }
}
