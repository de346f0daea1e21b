import Core
import Ledger
import TestKit
import Testing

@testable import PushWeb

/// Topics, language, and "was this useful?".
@Suite struct ChoiceTests {
    private func drop(_ house: WebHouse, _ category: String) throws {
        let content = ItemContent(title: category, summary: "S", category: category, body: Document([.paragraph([.text("t")])]))
        _ = try house.ledger.accept(
            Submission(source: "HR", name: category, digest: category, content: content, pictures: []), at: noon)
    }

    @Test func `topics are turned off and on by what the form offered, and stay so over an import`() throws {
        let house = try WebHouse()
        let anna = try house.recipient()
        for category in ["Byggeri", "Job", "Sport"] { try drop(house, category) }
        #expect(try house.client().request("GET", house.path(anna)).text.contains("Byggeri"))
        _ = try house.post(
            house.path(anna), "act=save&publication=nyhedsbrev&offered=Byggeri&offered=Job&topic=Byggeri&offered=Findes+ikke")
        #expect(try house.ledger.mutedTopics(of: anna) == ["Job"])
        // Without topics on the page nothing is said about them.
        _ = try house.post(house.path(anna), "act=save&publication=nyhedsbrev")
        _ = try house.recipient()
        #expect(try house.ledger.mutedTopics() == [anna: ["Job"]])
        _ = try house.post(house.path(anna), "act=save&publication=nyhedsbrev&offered=Job&topic=Job")
        #expect(try house.ledger.mutedTopics(of: anna) == [])
    }

    @Test func `the chosen language goes before the directory's, over every import`() throws {
        let house = try WebHouse()
        let anna = try house.recipient()
        #expect(try house.post(house.path(anna), "act=save&publication=nyhedsbrev&language=en").text.hasPrefix("en saved"))
        _ = try house.recipient()
        #expect(try house.ledger.recipients().first?.person.language == .en)
        #expect(try house.client().request("GET", house.path(anna)).text.hasPrefix("en preferences"))
        _ = try house.post(house.path(anna), "act=save&publication=nyhedsbrev&language=klingon")
        #expect(try house.ledger.recipient(anna)?.person.language == .en)
    }

    @Test func `one publication alone can be chosen about too`() throws {
        let house = try WebHouse(publications: [WebHouse.publications[0]])
        let anna = try house.recipient()
        #expect(try house.client().request("GET", house.path(anna) + "?choose").text.hasPrefix("nb preferences"))
    }

    @Test func `an answer is counted by POST alone`() throws {
        let house = try WebHouse()
        let edition = try house.release("nyt-1")
        for path in ["/useful/nyt-1", "/useful/nyt-1?answer=yes", "/useful/nyt-1?answer=no"] {
            #expect(try house.client().request("GET", path).text.hasPrefix("da useful"))
        }
        #expect(try house.post("/useful/nyt-1", "answer=perhaps").text.hasPrefix("da useful"))
        #expect(try house.ledger.usefulness(of: edition) == (0, 0))
        for answer in ["yes", "yes", "no"] { #expect(try house.post("/useful/nyt-1", "answer=\(answer)").text == "da usefulThanks") }
        #expect(try house.ledger.usefulness(of: edition) == (2, 1))
        #expect(try house.post("/useful/unknown", "answer=yes").status == 404)
    }
}
