import Core
import Foundation
import TestKit
import Testing

@testable import Core
@testable import Planner

private let hasDateutil = Oracle.hasPython("dateutil.rrule")

/// Every rule against python-dateutil, over ten years.
@Suite struct RecurrenceOracleTests {
    private struct Question: Encodable {
        var rule: String
        var start: String
        var end: String
        var zone = "Europe/Copenhagen"

        init(_ rule: String, _ start: CivilDateTime) {
            self.rule = rule
            self.start = "\(start)"
            end = "\(CivilDateTime(secondsSince1970: start.secondsSince1970 + 3653 * 86_400))"
        }
    }

    /// The dates and instants that this project and dateutil have.
    private func compare(_ questions: [Question]) throws -> Int {
        let script = URL(fileURLWithPath: #filePath).deletingLastPathComponent().path + "/Oracles/rules.py"
        let answer = try Oracle.run(script, input: Array(JSONEncoder().encode(questions)))
        let expected = try #require(JSONSerialization.jsonObject(with: Data(answer)) as? [[[Any]]])
        try #require(expected.count == questions.count)
        for (question, dates) in zip(questions, expected) {
            let rule = try RecurrenceRule(question.rule)
            let start = try #require(CivilDateTime(iso: question.start))
            let end = try #require(CivilDateTime(iso: question.end))
            let ours = Array(Recurrence(rule, start: start, zone: .copenhagen).lazy.prefix { $0 <= end })
            #expect(ours.map(\.description) == dates.compactMap { $0[0] as? String }, "\(question.rule) from \(question.start)")
            #expect(
                ours.map { Zone.copenhagen.instant($0).seconds } == dates.compactMap { ($0[1] as? NSNumber)?.int64Value },
                "instants of \(question.rule) from \(question.start)")
        }
        return expected.map(\.count).reduce(0, +)
    }

    @Test(.enabled(if: hasDateutil, "needs python-dateutil"))
    func generatedRulesAgree() throws {
        var generator = RuleGenerator(random: SeededRandom(printedFor: "generatedRulesAgree"))
        var questions: [Question] = []
        while questions.count < 400 {
            let drawn = generator.draw()
            questions.append(Question(drawn.rule, drawn.start))
        }
        let dates = try compare(questions)
        #expect(dates > 10_000, "the rules hardly had dates, so the comparison says little")
    }

    /// Shapes that a publication has, and the corners of the calendar.
    @Test(.enabled(if: hasDateutil, "needs python-dateutil"))
    func chosenRulesAgree() throws {
        let rules = [
            "FREQ=MONTHLY;BYDAY=1TU;BYHOUR=8;BYMINUTE=0", "FREQ=WEEKLY;BYDAY=FR;BYHOUR=9;BYMINUTE=0",
            "FREQ=WEEKLY;INTERVAL=2;BYDAY=MO,TH;WKST=SU", "FREQ=WEEKLY;INTERVAL=2;BYDAY=MO,TH;WKST=MO",
            "FREQ=MONTHLY;BYDAY=MO,TU,WE,TH,FR;BYSETPOS=-1", "FREQ=MONTHLY;BYDAY=MO,TU,WE,TH,FR;BYSETPOS=1,-1;BYHOUR=8,16",
            "FREQ=WEEKLY;BYDAY=MO,WE,FR;BYSETPOS=1", "FREQ=WEEKLY;BYDAY=MO,WE,FR;BYSETPOS=-1;WKST=WE", "FREQ=MONTHLY;BYMONTHDAY=31",
            "FREQ=MONTHLY;BYMONTHDAY=-1", "FREQ=MONTHLY;BYMONTHDAY=-31,29", "FREQ=YEARLY;BYMONTH=2;BYMONTHDAY=29", "FREQ=YEARLY",
            "FREQ=YEARLY;INTERVAL=4;BYMONTH=2;BYMONTHDAY=29", "FREQ=YEARLY;BYDAY=20MO", "FREQ=YEARLY;BYDAY=-1SU,53FR",
            "FREQ=YEARLY;BYMONTH=3,10;BYDAY=-1SU;BYHOUR=2;BYMINUTE=30", "FREQ=YEARLY;BYDAY=FR;BYMONTHDAY=13",
            "FREQ=YEARLY;BYDAY=MO,TU,WE,TH,FR;BYSETPOS=-1,1,200", "FREQ=YEARLY;BYMONTH=1,6;BYMONTHDAY=1,-1;BYSETPOS=-1",
            "FREQ=YEARLY;BYDAY=1TU;BYMONTHDAY=1,2,3", "FREQ=DAILY;BYMONTH=1;BYDAY=MO,WE", "FREQ=DAILY;INTERVAL=90",
            "FREQ=DAILY;BYHOUR=8,16;BYSETPOS=-1", "FREQ=MONTHLY", "FREQ=WEEKLY", "FREQ=MONTHLY;INTERVAL=5;BYDAY=2MO;COUNT=7",
            "FREQ=WEEKLY;BYMONTHDAY=13;BYDAY=FR", "FREQ=YEARLY;BYMONTH=2;BYMONTHDAY=30", "FREQ=DAILY;UNTIL=20270101T080000",
        ]
        let starts = ["2026-01-31T08:00", "2024-02-29T02:30:15", "2020-12-31T23:59", "2000-01-01"]
        var questions: [Question] = []
        for start in starts { for rule in rules { questions.append(Question(rule, try #require(CivilDateTime(iso: start)))) } }
        #expect(try compare(questions) > 5_000)
    }
}
