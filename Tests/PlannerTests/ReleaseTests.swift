import Core
import Ledger
import TestKit
import Testing

@testable import Planner

/// What an edition carries, to whom it goes, and what an editor's `run` does with it.
@Suite struct ReleaseTests {
    private func released(_ house: PlanningHouse) throws {
        for time in ["2026-11-20T12:00", "2026-11-22T08:00", "2026-11-24T08:00"] { try house.pass(at: time) }
    }

    @Test func theCutOffFreezesTheItems() throws {
        let house = try PlanningHouse(PlanningHouse.weekly())
        let first = try house.drop("a")
        try house.pass()
        try house.pass(at: "2026-11-22T08:00")
        let second = try house.drop("a")
        #expect(second != first)
        try house.pass(at: "2026-11-24T08:00")
        #expect(try house.ledger.items(of: house.edition("nyt-2026-11-24").id).map(\.id) == [first])
        for time in ["2026-11-29T08:00", "2026-12-01T08:00"] { try house.pass(at: time) }
        #expect(try house.ledger.items(of: house.edition("nyt-2026-12-01").id).map(\.id) == [second])
    }

    @Test(arguments: [(nil, ["a@x.dk", "c@x.dk"]), ("You are staff.", ["a@x.dk", "b@x.dk", "c@x.dk"])] as [(String?, [String])])
    func aDeliveryForEachOfTheAudienceAndEachEndpoint(_ mandatory: String?, _ expected: [String]) throws {
        var weekly = try PlanningHouse.weekly()
        weekly.audience = "ansatte"
        weekly.mandatoryReason = mandatory
        weekly.channels.endpoints = ["kjukken"]
        let house = try PlanningHouse(weekly)
        house.endpoints = [Endpoint(name: "kjukken", kind: .webhook, url: "https://kjukken.example", secretFile: "kjukken.secret")]
        house.audiences = [Audience(name: "Ansatte", conditions: [.init(attribute: "role", values: ["ansat"])])]
        try house.people([("a@x.dk", .nb, "ansat"), ("b@x.dk", nil, "ansat"), ("c@x.dk", nil, "ansat"), ("d@x.dk", .en, "gæst")])
        try house.ledger.unsubscribe(try #require(try house.ledger.recipients().dropFirst().first).id, from: "nyt", at: house.clock.now())
        try house.drop("a")
        try released(house)
        let edition = try house.edition("nyt-2026-11-24")
        let deliveries = try house.ledger.deliveries(of: edition.id)
        #expect(deliveries.filter { $0.outlet == Outlet.email }.compactMap(\.address) == expected)
        #expect(deliveries.allSatisfy { $0.address != nil })
        #expect(try house.ledger.posts().map(\.endpoint) == ["kjukken"])
        #expect(edition.number == 1)
        #expect(edition.web)
        #expect(try house.ledger.rendering(of: edition.id, in: .nb)?.subject == "nb nyt-2026-11-24 1")
        #expect(try house.ledger.rendering(of: edition.id, in: .da)?.subject == "da nyt-2026-11-24 1")
        #expect(try house.ledger.rendering(of: edition.id, in: .en)?.subject.hasPrefix("en") == false, "none of its readers has English")
    }

    /// The first start of a house, whose file of employees is still being read as an edition's time comes.
    @Test func anEditionIsNotReleasedToAnEmptyDirectory() throws {
        let house = try PlanningHouse(PlanningHouse.weekly())
        _ = try house.ledger.replaceDirectory([], at: house.clock.now())
        try house.drop("a")
        try released(house)
        #expect(try house.edition("nyt-2026-11-24").state == .closed && house.alarms().contains { $0.hasPrefix("planner") })
        #expect { try house.run("nyt-2026-11-24") } throws: { "\($0)".contains("nobody is in the directory") }
        try house.people([("a@x.dk", nil, "ansat")])
        try house.pass(at: "2026-11-24T08:01")
        let edition = try house.edition("nyt-2026-11-24")
        #expect(try edition.state == .released && house.ledger.deliveries(of: edition.id).compactMap(\.address) == ["a@x.dk"])
        #expect(try !house.alarms().contains { $0.hasPrefix("planner") })
    }

    @Test func whatIsWithdrawnOrHeldAfterTheCutOffStaysOut() throws {
        let house = try PlanningHouse(PlanningHouse.weekly())
        let items = try ["a", "b", "c"].map { try house.drop($0) }
        try house.pass()
        try house.pass(at: "2026-11-22T08:00")
        try house.ledger.withdrawItem(items[0], by: "HR", at: house.clock.now())
        try house.ledger.holdItem(items[1], by: "editor", at: house.clock.now())
        try house.pass(at: "2026-11-24T08:00")
        #expect(try house.titles("nyt-2026-11-24") == ["c"])
        try house.ledger.approveItem(items[1], by: "editor", at: house.clock.now())
        for time in ["2026-11-29T08:00", "2026-12-01T08:00"] { try house.pass(at: time) }
        #expect(try house.titles("nyt-2026-12-01") == ["b"], "what was held comes with the next")
    }

    @Test func anEditionWhoseItemsHaveAllGoneIsSkipped() throws {
        let house = try PlanningHouse(PlanningHouse.weekly())
        let item = try house.drop("a")
        try house.pass()
        try house.pass(at: "2026-11-22T08:00")
        try house.ledger.withdrawItem(item, by: "HR", at: house.clock.now())
        try house.pass(at: "2026-11-24T08:00")
        #expect(try house.editions() == ["2026-11-24 skipped", "2026-12-01 open"])
    }

    @Test func theSelectionIsHeldTo() throws {
        var weekly = try PlanningHouse.weekly()
        weekly.selection.perSource = 2
        weekly.selection.max = 3
        weekly.selection.order = .oldest
        weekly.selection.excludedCategories = ["job"]
        let house = try PlanningHouse(weekly)
        try house.drop("job") { $0.category = "Job" }
        try house.drop("expired") { $0.visibleUntil = try? PlanningHouse.instant("2026-11-24T08:00") }
        try house.drop("early") { $0.visibleFrom = try? PlanningHouse.instant("2026-11-24T08:01") }
        for name in ["hr1", "hr2", "hr3"] { try house.drop(name) }
        for name in ["it1", "it2"] { try house.drop(name, source: "IT") }
        try released(house)
        #expect(try house.titles("nyt-2026-11-24") == ["hr1", "hr2", "it1"])
        for time in ["2026-11-29T08:00", "2026-12-01T08:00"] { try house.pass(at: time) }
        #expect(try house.titles("nyt-2026-12-01") == ["early", "hr3", "it2"], "what found no place comes next, what was sent does not")
    }

    @Test func whatHasExpiredByALateReleaseStaysOut() throws {
        let house = try PlanningHouse(PlanningHouse.weekly())
        try house.drop("a")
        try house.drop("b") { $0.visibleUntil = try? PlanningHouse.instant("2026-11-24T09:00") }
        try house.pass()
        try house.pass(at: "2026-11-22T08:00")
        #expect(try house.titles("nyt-2026-11-24").count == 2)
        try house.pass(at: "2026-11-24T10:00")
        #expect(try house.titles("nyt-2026-11-24") == ["a"])
    }

    @Test func repeatsComeAgain() throws {
        var weekly = try PlanningHouse.weekly()
        weekly.selection.repeats = true
        let house = try PlanningHouse(weekly)
        try house.drop("a")
        try released(house)
        try house.pass(at: "2026-11-29T08:00")
        #expect(try house.titles("nyt-2026-12-01") == ["a"])
    }

    @Test func runReleasesAnOpenEditionNowWithoutWhatIsUnderEmbargo() throws {
        let house = try PlanningHouse(PlanningHouse.weekly())
        try house.drop("a")
        try house.drop("b") { $0.visibleFrom = try? PlanningHouse.instant("2026-11-23T08:00") }
        try house.pass()
        try house.run("nyt-2026-11-24")
        #expect(try house.titles("nyt-2026-11-24") == ["a"])
        try house.pass(at: "2026-11-24T08:00")
        #expect(try house.editions() == ["2026-11-24 released", "2026-12-01 open"], "not again at its time")
        #expect(throws: Fault.self) { try house.run("nyt-2026-11-24") }
    }

    @Test func runReleasesAClosedEditionWithWhatItFroze() throws {
        let house = try PlanningHouse(PlanningHouse.weekly())
        try house.drop("a")
        try house.pass()
        try house.pass(at: "2026-11-22T08:00")
        try house.drop("b")
        try house.run("nyt-2026-11-24")
        try house.pass(at: "2026-11-24T08:00")
        #expect(try house.titles("nyt-2026-11-24") == ["a"])
        #expect(try house.editions() == ["2026-11-24 released", "2026-12-01 open"])
    }

    @Test func aTemplateThatThrowsLeavesTheEditionClosedUntilItRendersAgain() throws {
        let house = try PlanningHouse(PlanningHouse.weekly(), PlanningHouse.weekly("FREQ=WEEKLY;BYDAY=WE;BYHOUR=8", name: "med"))
        try house.drop("a")
        try house.pass()
        try house.pass(at: "2026-11-22T08:00")
        house.template.isBroken.withLock { $0 = true }
        #expect(try house.pass(at: "2026-11-24T08:00") == "2026-11-24T08:00:30", "tried again soon")
        #expect(try house.alarms() == ["planner nyt"])
        #expect(try house.editions() == ["2026-11-24 closed", "2026-12-01 open"])
        #expect(try house.editions("med") == ["2026-11-25 closed", "2026-12-02 open"], "others go on")
        house.template.isBroken.withLock { $0 = false }
        try house.pass(at: "2026-11-24T08:05")
        #expect(try house.editions().first == "2026-11-24 released")
        #expect(try house.alarms().isEmpty)
    }
}
