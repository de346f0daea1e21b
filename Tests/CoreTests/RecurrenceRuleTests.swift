import Foundation
import TestKit
import Testing

@testable import Core

@Suite struct RecurrenceRuleTests {
    @Test(arguments: [
        ("rrule:freq=monthly; byday=+1tu,-1FR ;byhour=16,8,8", "FREQ=MONTHLY;BYDAY=-1FR,1TU;BYHOUR=8,16"),
        ("FREQ=DAILY;INTERVAL=1;WKST=MO", "FREQ=DAILY"),
        ("WKST=SU;COUNT=3;FREQ=WEEKLY;INTERVAL=2", "FREQ=WEEKLY;INTERVAL=2;COUNT=3;WKST=SU"),
        (
            "FREQ=YEARLY;UNTIL=20261231T225959Z;BYMONTHDAY=-1,1;BYSETPOS=-1",
            "FREQ=YEARLY;BYMONTHDAY=-1,1;BYSETPOS=-1;UNTIL=20261231T225959Z"
        ),
        ("FREQ=YEARLY;UNTIL=20261231", "FREQ=YEARLY;UNTIL=20261231"),
    ])
    func canonicalText(_ text: String, _ canonical: String) throws {
        let rule = try RecurrenceRule(text)
        #expect(rule.description == canonical)
        #expect(try RecurrenceRule(canonical) == rule)
        let stored = try JSONEncoder().encode([rule])
        #expect(try JSONDecoder().decode([RecurrenceRule].self, from: stored) == [rule])
        #expect(String(decoding: stored, as: UTF8.self) == "[\"\(canonical)\"]")
    }

    @Test(arguments: [
        ("", ""), ("FREQ=DAILY;", ""), ("INTERVAL=2", "FREQ"), ("FREQ=HOURLY", "FREQ"), ("FREQ=DAILY;BYWEEKNO=3", "BYWEEKNO"),
        ("FREQ=DAILY;FOO=1", "FOO"), ("FREQ=DAILY;FREQ=DAILY", "FREQ"), ("FREQ=DAILY;INTERVAL=0", "INTERVAL"),
        ("FREQ=DAILY;INTERVAL=99999999999999999999", "INTERVAL"), ("FREQ=DAILY;BYMONTH=13", "BYMONTH"),
        ("FREQ=DAILY;BYMONTH=1,", "BYMONTH"),
        ("FREQ=MONTHLY;BYMONTHDAY=0", "BYMONTHDAY"), ("FREQ=MONTHLY;BYMONTHDAY=-32", "BYMONTHDAY"), ("FREQ=DAILY;BYHOUR=24", "BYHOUR"),
        ("FREQ=DAILY;BYMINUTE=60", "BYMINUTE"), ("FREQ=MONTHLY;BYDAY=XX", "BYDAY"), ("FREQ=MONTHLY;BYDAY=6MO", "BYDAY"),
        ("FREQ=MONTHLY;BYDAY=0MO", "BYDAY"), ("FREQ=YEARLY;BYDAY=54MO", "BYDAY"), ("FREQ=WEEKLY;BYDAY=1TU", "BYDAY"),
        ("FREQ=DAILY;BYDAY=-1TU", "BYDAY"), ("FREQ=MONTHLY;BYDAY=TU;BYSETPOS=0", "BYSETPOS"), ("FREQ=MONTHLY;BYSETPOS=1", "BYSETPOS"),
        ("FREQ=DAILY;COUNT=0", "COUNT"), ("FREQ=DAILY;COUNT=2;UNTIL=20270101", "UNTIL"), ("FREQ=DAILY;UNTIL=20270230", "UNTIL"),
        ("FREQ=DAILY;UNTIL=2027-01-01", "UNTIL"), ("FREQ=DAILY;UNTIL=20270101T0800", "UNTIL"),
        ("FREQ=DAILY;UNTIL=20270101T080000+01", "UNTIL"),
        ("FREQ=DAILY;WKST=1MO", "WKST"), ("FREQ=DAILY;BYHOUR", "BYHOUR"),
    ])
    func namesTheWrongPart(_ text: String, _ part: String) {
        let problem = #expect(throws: RecurrenceRule.Problem.self) { try RecurrenceRule(text) }
        #expect(problem?.part == part)
        #expect(problem?.cause.isEmpty == false && problem?.mend.isEmpty == false)
    }

    /// No text stops the reader, and what it takes it gives back.
    @Test func everyTextIsReadOrRefused() {
        var random = SeededRandom(printedFor: "everyTextIsReadOrRefused")
        let pieces = [
            "FREQ=", "DAILY", "YEARLY", ";", "=", ",", "BYDAY=", "MO", "-1", "53", "BYMONTHDAY=", "UNTIL=", "20270101", "T", "080000", "Z",
            "COUNT=",
            "9", "é", " ", "BYSETPOS=", "\u{0}", "BYHOUR=", "INTERVAL=", "WKST=",
        ]
        for _ in 0..<3000 {
            let text = (0..<Int.random(in: 0...9, using: &random)).map { _ in pieces.randomElement(using: &random) ?? "" }.joined()
            for candidate in [text, "FREQ=DAILY;" + text] {
                guard let rule = try? RecurrenceRule(candidate) else { continue }
                #expect((try? RecurrenceRule(rule.description)) == rule, "\(candidate)")
            }
        }
    }
}

@Suite struct CivilDateTimeTests {
    @Test(arguments: ["2026-12-01T08:00:00", "2026-12-01T08:00", "0001-01-01", "9999-12-31T23:59:59"])
    func reads(_ text: String) { #expect(CivilDateTime(iso: text)?.description.hasPrefix(text) == true) }

    @Test(arguments: [
        "", "T", "2026-12-01T", "2026-12-01T8:00", "2026-12-01T24:00", "2026-02-29", "+026-12-01", "2026-12-01T08:00:00Z",
        "2026-12-01 08:00",
    ])
    func refuses(_ text: String) { #expect(CivilDateTime(iso: text) == nil) }
}
