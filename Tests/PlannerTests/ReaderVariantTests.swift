import Core
import Ledger
import TestKit
import Testing

@testable import Planner

/// What an edition says to some of its readers only.
@Suite struct ReaderVariantTests {
    private func mails(_ house: PlanningHouse) throws -> [String: String] {
        let claimed = try house.ledger.claim(Outlet.email, limit: 100, at: house.clock.now())
        var mails: [String: String] = [:]
        for delivery in claimed {
            guard case .recipient(_, let address, _, let language) = delivery.target, let edition = delivery.edition else { continue }
            let rendering = try house.ledger.rendering(of: edition, in: language ?? .da, variant: delivery.variant)
            mails[String(address.localPart)] = "\(delivery.variant)|\(rendering?.mailText.filled { _ in "" } ?? "")"
        }
        return mails
    }

    private func released(_ house: PlanningHouse) throws {
        for time in ["2026-11-20T12:00", "2026-11-22T08:00", "2026-11-24T08:00"] { try house.pass(at: time) }
    }

    private func house(_ change: (inout Publication) -> Void = { _ in }) throws -> PlanningHouse {
        var weekly = try PlanningHouse.weekly()
        change(&weekly)
        let house = try PlanningHouse(weekly)
        house.audiences = [Audience(name: "ledere", conditions: [.init(attribute: "role", values: ["leder"])])]
        try house.people([("a@x.dk", nil, "ansat"), ("b@x.dk", .nb, "leder"), ("c@x.dk", nil, "ansat"), ("d@x.dk", nil, "ansat")])
        try house.drop("job") { $0.category = "Job" }
        try house.drop("sport") {
            $0.category = "Sport"
            $0.leaderNotes = Document([.paragraph([.text("punkt")])])
        }
        return house
    }

    private func mute(_ house: PlanningHouse, _ address: String, _ topics: Set<String>) throws {
        let recipient = try #require(try house.ledger.recipients().first { $0.person.address.text == address })
        try house.ledger.muteTopics(recipient.id, topics, at: house.clock.now())
    }

    @Test func aTopicThatIsTurnedOffIsNotInTheMail() throws {
        let house = try house()
        try mute(house, "c@x.dk", ["job", "Noget andet"])
        try mute(house, "d@x.dk", ["Job", "Sport"])
        try released(house)
        let mails = try mails(house)
        #expect(mails["a"]?.hasPrefix("|") == true && mails["a"]?.contains("job") == true)
        #expect(mails["c"] == "without job|sport")
        // Nothing is left: no empty mail.
        #expect(mails["d"] == nil)
        #expect(try house.ledger.rendering(of: house.edition("nyt-2026-11-24").id, in: .da)?.web == "nyt-2026-11-24")
    }

    @Test func leadersGetTheirBlockOnce() throws {
        let house = try house { $0.leaderBlock = "ledere" }
        try released(house)
        let mails = try mails(house)
        #expect(mails.count == 4)
        #expect(mails["b"]?.hasPrefix("leaders|") == true && mails["a"]?.hasPrefix("|") == true)
        let edition = try house.edition("nyt-2026-11-24")
        #expect(try house.ledger.rendering(of: edition.id, in: .nb, variant: "leaders")?.web == "")
    }

    @Test func aMandatoryPublicationIsWhole() throws {
        let house = try house { $0.mandatoryReason = "Alle skal have den." }
        try mute(house, "d@x.dk", ["Job", "Sport"])
        try released(house)
        #expect(try mails(house)["d"]?.hasPrefix("|") == true)
    }

    @Test func theSetsAreBounded() {
        var readers = Readers()
        for number in 0..<100 {
            let variant = ReaderVariant(muted: number < 40 ? [] : ["\(number % 30)"])
            readers.add(RecipientID(Int64(number)), nil, variant)
        }
        readers.bound()
        #expect(readers.groups.count == ReaderVariant.most)
        #expect(readers.groups.values.reduce(0) { $0 + $1.numbers.count } == 100)
    }
}
