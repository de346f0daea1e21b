import Core
import Ledger
import TestKit
import Testing

@testable import Planner

/// The correction of an edition that has gone out: what it says from then on, and who is written to.
@Suite struct CorrectionTests {
    private static let slug = "nyt-2026-11-24"

    private func released(_ change: (inout Publication) -> Void = { _ in }) throws -> (PlanningHouse, job: ItemID, sport: ItemID) {
        var weekly = try PlanningHouse.weekly()
        change(&weekly)
        let house = try PlanningHouse(weekly)
        try house.people(["a", "b", "c", "d"].map { ("\($0)@x.dk", nil, "ansat") })
        let job = try house.drop("job") { $0.category = "Job" }
        let sport = try house.drop("sport") { $0.category = "Sport" }
        try house.pass(at: "2026-11-20T12:00")
        if weekly.approval != .none {
            for item in [job, sport] { try house.ledger.approveItem(item, by: "anne", at: house.clock.now()) }
        }
        try house.pass(at: "2026-11-22T08:00")
        if weekly.approval == .two {
            let edition = try house.edition(Self.slug)
            let content = edition.approvable(try house.release.items(for: edition, at: edition.release))
            for name in ["anne", "bo"] {
                try house.ledger.approveEdition(edition.id, content: content, as: [.editor], by: name, at: house.clock.now())
            }
        }
        try house.pass(at: "2026-11-24T08:00")
        #expect(try house.edition(Self.slug).state == .released)
        return (house, job, sport)
    }

    private func mend(_ house: PlanningHouse, _ item: ItemID, _ title: String) throws {
        let record = try #require(try house.ledger.item(item))
        var content = record.content
        content.title = title
        try house.ledger.reviseItem(item, from: record.version, to: content, by: "anne", at: house.clock.now())
    }

    private func correct(_ house: PlanningHouse, _ note: String = "N", only: Set<ItemID>? = nil, by actor: String = "carl") throws {
        _ = try house.release.correct(try house.edition(Self.slug), note: note, only: only, by: actor, at: house.clock.now())
    }

    private func claim(_ house: PlanningHouse, _ limit: Int) throws -> [ClaimedDelivery] {
        try house.ledger.claim(Outlet.email, limit: limit, at: house.clock.now())
    }

    private func mailText(_ house: PlanningHouse, _ delivery: ClaimedDelivery) throws -> String? {
        let edition = try #require(delivery.edition)
        return try house.ledger.rendering(of: edition, in: .da, variant: delivery.variant, correction: delivery.correction)?.mailText
            .filled { _ in "" }
    }

    @Test func whatIsShownAndWhatStillWaitsIsCorrectedAndWhoHadItIsWrittenToWhenAsked() throws {
        let (house, job, sport) = try released()
        let ledger = house.ledger
        let first = try claim(house, 3)
        let now = house.clock.now()
        try ledger.acknowledge(first[0], reply: "250", route: "r", at: now)
        try ledger.doubt(first[1], until: now + .hours(1), reply: "lost", route: "r", at: now)
        // Refused before it was read: what comes later is the corrected edition, and nobody need write to them.
        try ledger.deferUntil(now, first[2], reply: "450", route: "r", at: now)
        try mend(house, job, "job, rettet")
        try ledger.withdrawItem(sport, by: "anne", at: now)
        #expect(try ledger.rendering(of: house.edition(Self.slug).id, in: .da)?.mailText.filled { _ in "" }.contains("rettet") == false)

        try correct(house, "mødet er den 4.")
        #expect(try house.titles(Self.slug) == ["job, rettet"])
        let edition = try house.edition(Self.slug)
        #expect(edition.corrections == 1 && edition.state == .released)
        #expect(try ledger.rendering(of: edition.id, in: .da)?.web == "nyt-2026-11-24\n2026-11-24 mødet er den 4.")
        #expect(try ledger.countBehind(edition.id) == 2)
        #expect(try ledger.deliveries(of: edition.id).allSatisfy { $0.correction == 0 }, "nobody is written to unasked")
        let trail = try ledger.auditTrail(of: "edition \(Self.slug)")
        #expect(trail.first?.act == "correct" && trail.first?.detail == "in: item \(job); out: item \(sport); note: mødet er den 4.")

        let waiting = try claim(house, 10)
        #expect(waiting.count == 2 && waiting.allSatisfy { $0.content == 1 && $0.correction == 0 })
        #expect(try waiting.allSatisfy { try mailText(house, $0) == "job, rettet\nmødet er den 4." })
        for delivery in waiting { try ledger.acknowledge(delivery, reply: "250", route: "r", at: now) }
        #expect(try ledger.countBehind(edition.id) == 2, "who got it corrected is not behind")

        #expect(try house.release.mailCorrection(of: edition, by: "carl", at: now) == 2)
        let mails = try claim(house, 10)
        #expect(
            mails.count == 2 && Set(mails.map(\.target)) == Set(first.prefix(2).map(\.target)) && mails.allSatisfy { $0.correction == 1 })
        #expect(try mails.allSatisfy { try mailText(house, $0) == "about\njob, rettet\nmødet er den 4." })
        #expect(try ledger.countBehind(edition.id) == 0)
        #expect(throws: Fault.self) { try house.release.mailCorrection(of: edition, by: "carl", at: now) }
        #expect(try ledger.moments(of: edition.id).map(\.channel) == [ReleaseChannel.email])

        // A second one: everybody is behind it, and its mail tells of nothing else.
        try correct(house, "og klokken ti")
        #expect(try ledger.corrections(of: edition.id).map(\.note) == ["mødet er den 4.", "og klokken ti"])
        #expect(try house.release.mailCorrection(of: house.edition(Self.slug), by: "carl", at: now) == 4)
        let second = try claim(house, 10)
        #expect(try second.allSatisfy { try $0.correction == 2 && mailText(house, $0) == "about\nog klokken ti" } && second.count == 4)
    }

    /// A kill in the middle of a batch: what may have arrived is taken for received, once it has been sent.
    @Test func whoMayHaveGotTheFormerVersionIsBehind() throws {
        let (house, job, _) = try released()
        let claimed = try claim(house, 2)
        try mend(house, job, "job, rettet")
        try correct(house)
        // On the wire while it was corrected.
        for delivery in claimed { try house.ledger.acknowledge(delivery, reply: "250", route: "r", at: house.clock.now()) }
        #expect(try house.ledger.countBehind(house.edition(Self.slug).id) == 2)
        let others = try claim(house, 10)
        _ = try house.ledger.recoverInterrupted(at: house.clock.now())
        #expect(try claim(house, 10).map(\.content) == others.map(\.content))
    }

    @Test func aNewFileOfTheSameNameTakesItsPlace() throws {
        let (house, job, _) = try released()
        let successor = try house.drop("job") { $0.summary = "Nyt" }
        #expect(successor != job)
        let pending = try house.release.pendingCorrection(of: house.edition(Self.slug))
        #expect(pending.changes.map(\.item) == [job] && pending.items.map(\.id).contains(successor))
        try correct(house)
        #expect(try house.ledger.items(of: house.edition(Self.slug).id).map(\.id).contains(successor))
        #expect(try house.release.pendingCorrection(of: house.edition(Self.slug)).changes.isEmpty)
    }

    @Test func namedItemsAloneAreCorrected() throws {
        let (house, job, sport) = try released()
        try mend(house, job, "job, rettet")
        #expect(throws: Fault.self) { try correct(house, only: [sport]) }
        #expect(throws: Fault.self) { try correct(house, only: [ItemID(99)]) }
        try mend(house, sport, "sport, rettet")
        try correct(house, only: [sport])
        #expect(Set(try house.titles(Self.slug)) == ["job", "sport, rettet"])
    }

    @Test func withNothingLeftItIsRecalled() throws {
        let (house, job, sport) = try released()
        let sent = try claim(house, 1)
        try house.ledger.acknowledge(sent[0], reply: "250", route: "r", at: house.clock.now())
        for item in [job, sport] { try house.ledger.withdrawItem(item, by: "anne", at: house.clock.now()) }
        try correct(house, "den var en fejl")
        let edition = try house.edition(Self.slug)
        #expect(edition.state == .recalled)
        #expect(try house.ledger.deliveryCounts(of: edition.id) == [.sent: 1, .failed: 3])
        #expect(throws: Fault.self) {
            try house.ledger.retryFailed(edition.id, by: "x", stopBy: house.clock.now() + .days(1), at: house.clock.now())
        }
        #expect(try house.release.mailCorrection(of: edition, by: "carl", at: house.clock.now()) == 1)
    }

    @Test func whatNobodyHasApprovedGoesOutByNoDoor() throws {
        let (house, job, _) = try released { $0.approval = .editor }
        try mend(house, job, "job, rettet")
        #expect(throws: Fault.self) { try correct(house) }
        #expect(Set(try house.titles(Self.slug)) == ["job", "sport"])
        try house.ledger.approveItem(job, by: "anne", at: house.clock.now())
        try correct(house, by: "anne")
        #expect(Set(try house.titles(Self.slug)) == ["job, rettet", "sport"])
    }

    @Test func whereTwoHaveToAgreeNobodyCorrectsAlone() throws {
        let (house, job, sport) = try released { $0.approval = .two }
        try mend(house, job, "job, rettet")
        try house.ledger.approveItem(job, by: "anne", at: house.clock.now())
        #expect(throws: Fault.self) { try correct(house, by: "anne") }
        try correct(house, by: "bo")
        // Taking something out needs one alone: it is urgent.
        try house.ledger.withdrawItem(sport, by: "anne", at: house.clock.now())
        try correct(house, by: "anne")
        #expect(try house.titles(Self.slug) == ["job, rettet"])
    }

    @Test func aCommitteesTextIsNotAlteredBehindItsBack() throws {
        let (house, job, _) = try released()
        house.committees = ["HR"]
        house.publications[0].approval = .med
        try mend(house, job, "job, rettet")
        try house.ledger.approveItem(job, by: "anne", at: house.clock.now())
        #expect(throws: Fault.self) { try correct(house) }
    }

    @Test func aVariantKeepsWhatItIs() throws {
        let house = try PlanningHouse(try PlanningHouse.weekly())
        try house.people([("a@x.dk", nil, "ansat"), ("c@x.dk", nil, "ansat")])
        let job = try house.drop("job") { $0.category = "Job, og mere" }
        try house.drop("sport") { $0.category = "Sport" }
        let reader = try #require(try house.ledger.recipients().first { $0.person.address.text == "c@x.dk" })
        try house.ledger.muteTopics(reader.id, ["Job, og mere"], at: house.clock.now())
        for time in ["2026-11-20T12:00", "2026-11-22T08:00", "2026-11-24T08:00"] { try house.pass(at: time) }
        try mend(house, job, "job, rettet")
        try correct(house)
        let texts = try claim(house, 10).map { try mailText(house, $0) }
        #expect(Set(texts) == ["job, rettet\nsport\nN", "sport\nN"] || Set(texts) == ["sport\njob, rettet\nN", "sport\nN"], "\(texts)")
    }

    @Test func aVariantIsReadFromItsName() {
        let topics: Set = ["job", "job, og mere", "sport", "å"]
        for muted: Set<String> in [[], ["job"], ["job, og mere"], ["job", "sport"], ["job", "job, og mere", "å"]] {
            for leaders in [true, false] {
                let variant = ReaderVariant(seesLeaderNotes: leaders, muted: muted)
                #expect(ReaderVariant(name: variant.name, topics: topics) == variant)
            }
        }
        #expect(ReaderVariant(name: "without kultur", topics: topics) == nil)
    }
}
