import Core
import Ledger
import TestKit
import Testing

@testable import PushWeb

@Suite struct PreferencePagesTests {
    private func subscribed(_ house: WebHouse, _ recipient: RecipientID) throws -> [String] {
        try WebHouse.publications.map(\.name).filter { name throws in try !house.ledger.isUnsubscribed(recipient, from: name) }
    }

    @Test func `a GET shows the choices in the recipient's language and changes nothing`() throws {
        let house = try WebHouse()
        let anna = try house.recipient()
        for method in ["GET", "HEAD", "GET"] {
            let answer = try house.client().request(method, house.path(anna))
            #expect(answer.status == 200)
            #expect(method == "HEAD" || answer.text.hasPrefix("nb preferences"))
            #expect(answer.headers["cache-control"] == "no-store")
        }
        #expect(try subscribed(house, anna).count == 3)
    }

    @Test func `one publication alone is asked about`() throws {
        let house = try WebHouse(publications: [WebHouse.publications[0]])
        let anna = try house.recipient()
        #expect(try house.client().request("GET", house.path(anna)).text.hasPrefix("nb confirm"))
        #expect(try house.post(house.path(anna), "act=unsubscribe").text.hasPrefix("nb unsubscribed"))
        #expect(try house.client().request("GET", house.path(anna)).text.hasPrefix("nb preferences"))
    }

    @Test(arguments: [
        ("application/x-www-form-urlencoded", "List-Unsubscribe=One-Click"),
        ("application/x-www-form-urlencoded; charset=UTF-8", "List-Unsubscribe=One-Click"),
        (
            "multipart/form-data; boundary=AaB03x",
            "--AaB03x\r\nContent-Disposition: form-data; name=\"List-Unsubscribe\"\r\n\r\nOne-Click\r\n--AaB03x--\r\n"
        ),
    ])
    func `a mail program's one click ends that publication and no other`(type: String, body: String) throws {
        let house = try WebHouse()
        let anna = try house.recipient()
        for _ in 0..<2 {
            let answer = try house.post(house.path(anna, "med-nyt"), body, type: type)
            #expect(answer.status == 200)
            #expect(answer.text.hasPrefix("nb unsubscribed"))
            #expect(try subscribed(house, anna) == ["nyhedsbrev", "lederbriefing"])
        }
    }

    @Test func `the form ends, keeps and begins again`() throws {
        let house = try WebHouse()
        let anna = try house.recipient()
        #expect(try house.post(house.path(anna), "act=save&publication=med-nyt").text.contains("MED-nyt"))
        #expect(try subscribed(house, anna) == ["med-nyt", "lederbriefing"])
        _ = try house.post(house.path(anna), "act=save&publication=nyhedsbrev&publication=med-nyt&publication=unknown")
        #expect(try subscribed(house, anna).count == 3)
        _ = try house.post(house.path(anna), "act=unsubscribeAll")
        #expect(try subscribed(house, anna) == ["lederbriefing"])
    }

    @Test func `a mandatory publication cannot be left`() throws {
        let house = try WebHouse()
        let anna = try house.recipient()
        #expect(try house.post(house.path(anna, "lederbriefing"), "List-Unsubscribe=One-Click").text.hasPrefix("nb preferences"))
        #expect(try subscribed(house, anna).count == 3)
    }

    @Test(arguments: ["", "act=", "act=delete", "List-Unsubscribe=No", "\u{0}"])
    func `any other body changes nothing`(body: String) throws {
        let house = try WebHouse()
        let anna = try house.recipient()
        #expect(try house.post(house.path(anna), body).text.hasPrefix("nb preferences"))
        #expect(try subscribed(house, anna).count == 3)
    }

    @Test func `a token that is forged, worn out or of nobody is an unknown link`() throws {
        let house = try WebHouse()
        let anna = try house.recipient()
        let path = house.path(anna)
        let last = path.last == "A" ? "B" : "A"
        for wrong in ["/u/x", String(path.dropLast()) + last, house.path(RecipientID(999)), path + "A"] {
            #expect(try house.client().request("GET", wrong).status == 404)
            let answer = try house.post(wrong, "List-Unsubscribe=One-Click")
            #expect(answer.status == 404)
            #expect(answer.text == "da unknownLink")
        }
        #expect(try subscribed(house, anna).count == 3)
    }
}
