import Core
import Ledger
import TestKit
import Testing

@testable import Planner

/// What people are told of why they get something is what the release does.
@Suite struct ReaderReasonTests {
    @Test func whoIsToldThatTheyGetItGetsIt() throws {
        var weekly = try PlanningHouse.weekly()
        weekly.audience = "ansatte"
        weekly.leaderBlock = "ledere"
        let house = try PlanningHouse(weekly)
        house.audiences = [
            Audience(name: "ledere", conditions: [.init(attribute: "role", values: ["leder"])]),
            Audience(name: "ansatte", conditions: [.init(attribute: "role", values: ["leder", "ansat"])]),
        ]
        try house.people([
            ("a@x.dk", nil, "ansat"), ("b@x.dk", nil, "leder"), ("c@x.dk", nil, "gæst"), ("d@x.dk", nil, "ansat"), ("e@x.dk", nil, "ansat"),
            ("f@x.dk", nil, "ansat"),
        ])
        try house.drop("job") { $0.category = "Job" }
        try house.drop("sport") {
            $0.category = "Sport"
            $0.leaderNotes = Document([.paragraph([.text("punkt")])])
        }
        let numbers = Dictionary(uniqueKeysWithValues: try house.ledger.recipients().map { ($0.person.address.text, $0.id) })
        let now = house.clock.now()
        try house.ledger.unsubscribe(try #require(numbers["d@x.dk"]), from: "nyt", at: now)
        try house.ledger.muteTopics(try #require(numbers["e@x.dk"]), ["Job"], at: now)
        let report = BounceEntry(digest: "1", verdict: .hard, recipient: numbers["f@x.dk"], edition: nil, status: "5.1.1", reason: "gone")
        #expect(try house.ledger.recordBounce(report, at: now) == .suppressed)

        for time in ["2026-11-20T12:00", "2026-11-22T08:00", "2026-11-24T08:00"] { try house.pass(at: time) }
        let claimed = try house.ledger.claim(Outlet.email, limit: 100, at: house.clock.now())
        var got: [String: String] = [:]
        for delivery in claimed {
            if case .recipient(_, let address, _, _) = delivery.target { got[address.text] = delivery.variant }
        }
        for address in numbers.keys {
            let reasons = try house.release.reasons(for: try #require(EmailAddress(address)))
            let reason = try #require(reasons.publications.first)
            let isTold = reason.verdict == .gets && reasons.suppression == nil
            #expect(isTold == (got[address] != nil), "\(address)")
            #expect(reason.seesLeaderNotes == (got[address]?.contains("leaders") ?? false), "\(address)")
            #expect(reason.mutedTopics.isEmpty == !(got[address]?.contains("without") ?? false), "\(address)")
        }
        #expect(got.keys.sorted() == ["a@x.dk", "b@x.dk", "e@x.dk"])
        let guest = try house.release.reasons(for: try #require(EmailAddress("c@x.dk"))).publications.first
        #expect(guest?.verdict == .notInAudience && guest?.unmet?.values == ["leder", "ansat"] && guest?.values == ["gæst"])
        #expect(try house.release.reasons(for: try #require(EmailAddress("C@X.dk"))).person?.role == "gæst")
        #expect(try house.release.reasons(for: try #require(EmailAddress("x@x.dk"))).person == nil)
    }

    @Test func nobodyEndsWhatIsMandatory() throws {
        var weekly = try PlanningHouse.weekly()
        weekly.mandatoryReason = "Alle skal have den."
        var web = try PlanningHouse.weekly(name: "web")
        web.channels.email = false
        let house = try PlanningHouse(weekly, web)
        let anne = try #require(try house.ledger.recipients().first)
        try house.ledger.unsubscribe(anne.id, from: "nyt", at: house.clock.now())
        try house.ledger.muteTopics(anne.id, ["Job"], at: house.clock.now())
        let reasons = try house.release.reasons(for: anne.person.address).publications
        #expect(reasons.map(\.verdict) == [.gets, .noMail])
        #expect(reasons[0].isMandatory && reasons[0].mutedTopics.isEmpty)
    }

    @Test func aMonthHasTheEditionsThatComeOutInIt() throws {
        var monthEnd = try PlanningHouse.weekly("FREQ=MONTHLY;BYMONTHDAY=31;BYHOUR=8", name: "nyt")
        monthEnd.onHoliday = .nextWorkingDay
        let leaders = PlanningHouse.leaders(ahead: .days(3))
        let calendar = EditionCalendar(zone: .copenhagen, closingDays: ClosingDays(), publications: [monthEnd, leaders])
        func days(_ publication: Publication, _ from: String, _ to: String, limit: Int = 100) throws -> [String] {
            try calendar.editions(of: publication, from: PlanningHouse.instant(from), to: PlanningHouse.instant(to), limit: limit)
                .map { "\(Zone.copenhagen.civil($0.release).date)" }
        }
        // New Year's Eve and the days behind it are closed: what is of December comes out in January.
        #expect(try days(monthEnd, "2026-12-01T00:00", "2027-01-01T00:00") == [])
        #expect(try days(monthEnd, "2027-01-01T00:00", "2027-02-01T00:00") == ["2027-01-04"])
        #expect(try days(leaders, "2027-01-01T00:00", "2027-02-01T00:00") == ["2027-01-01", "2027-01-29"])
        #expect(try days(monthEnd, "2026-01-01T00:00", "2027-01-01T00:00", limit: 3).count == 3)
    }
}
