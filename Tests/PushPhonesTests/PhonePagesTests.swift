import Core
import Foundation
import Ledger
import TestKit
import Testing

@testable import PushPhones

/// Switching on, changing and ending, over HTTP.
@Suite struct PhonePagesTests {
    @Test func aPhoneIsSwitchedOnChangedAndOff() throws {
        let house = try PhoneHouse()
        let phone = house.phone("a")
        let state = #"{"endpoint":"\#(phone.endpoint)"}"#
        #expect(try house.post("/editions/phone/state", state).status == 404)
        let chosen = try house.choose(phone, ["nyt", "akut", "ukendt"])
        #expect(chosen.status == 200 && chosen.text == #"{"publications":["akut","nyt"]}"#)
        #expect(chosen.headers["cache-control"] == "no-store")
        #expect(try house.post("/editions/phone/state", state).text == #"{"publications":["akut","nyt"]}"#)
        #expect(try house.choose(phone, ["med-nyt"]).status == 200)
        #expect(try house.ledger.phoneCount() == 1)
        #expect(try house.post("/editions/phone/state", state).text == #"{"publications":["med-nyt"]}"#)
        let edition = try house.release("nyt-1")
        #expect(try house.ledger.phoneMessageCounts(of: edition).isEmpty)
        #expect(try house.post("/editions/phone/end", state).status == 200)
        #expect(try house.post("/editions/phone/end", state).status == 200)
        #expect(try house.ledger.phoneCount() == 0 && house.post("/editions/phone/state", state).status == 404)
    }

    @Test func aWithdrawnPhoneGetsNothingThatWaited() throws {
        let house = try PhoneHouse()
        let phone = try house.add("a")
        let edition = try house.release("nyt-1")
        #expect(try house.ledger.phoneMessageCounts(of: edition) == [.pending: 1])
        #expect(try house.post("/editions/phone/end", #"{"endpoint":"\#(phone.endpoint)"}"#).status == 200)
        #expect(try house.carry().isEmpty && house.service.requests == 0)
        #expect(try house.ledger.phoneMessageCounts(of: edition).isEmpty)
    }

    @Test func aNewAddressTakesTheOldOnesPlace() throws {
        let house = try PhoneHouse()
        let (old, new) = (try house.add("a", ["nyt", "akut"]), house.phone("b"))
        try house.release("nyt-1")
        let body = #"{"former":"\#(old.endpoint)","subscription":\#(new.json)}"#
        #expect(try house.post("/editions/phone/renewal", body).text == #"{"publications":["akut","nyt"]}"#)
        #expect(try house.post("/editions/phone/renewal", body).status == 404)
        try house.carry()
        #expect(house.service.messages().map(\.subscription) == ["b"])
        #expect(try house.ledger.phoneCount() == 1)
    }

    @Test func onlyOurOwnPagesAreListenedTo() throws {
        let house = try PhoneHouse()
        let body = #"{"endpoint":"x"}"#
        func status(_ headers: [String], type: String = "application/json") throws -> Int {
            try house.post("/editions/phone/end", body, type: type, headers: headers).status
        }
        #expect(try status([]) == 403)
        #expect(try status(["Sec-Fetch-Site: cross-site", "Origin: https://nyt.koege.example"]) == 403)
        #expect(try status(["Sec-Fetch-Site: none"]) == 403)
        #expect(try status(["Origin: https://evil.example"]) == 403)
        #expect(try status(["Origin: https://nyt.koege.example"]) == 200)
        #expect(try status(["Origin: http://x"]) == 200)
        #expect(try status(["Sec-Fetch-Site: same-origin"], type: "text/plain") == 415)
        #expect(try status(["Sec-Fetch-Site: same-origin"], type: "application/json; charset=utf-8") == 200)
    }

    @Test func nothingElseIsTaken() throws {
        let house = try PhoneHouse()
        let good = house.phone("a")
        func answer(_ subscription: String, path: String = "choice") throws -> (Int, String) {
            let answer = try house.post(
                "/editions/phone/\(path)", #"{"subscription":\#(subscription),"publications":["nyt"],"former":"x"}"#)
            return (answer.status, answer.text)
        }
        #expect(try answer(good.json.replacing(house.service.url, with: "https://evil.example")) == (422, #"{"problem":"service"}"#))
        #expect(try answer(good.json.replacing(house.service.url, with: "https://evil.example"), path: "renewal").0 == 422)
        #expect(try answer(good.json.replacing("\"auth\":\"", with: "\"auth\":\"AAAA")) == (400, #"{"problem":"key"}"#))
        #expect(try answer(good.json.replacing("\"p256dh\":\"B", with: "\"p256dh\":\"C")) == (400, #"{"problem":"key"}"#))
        #expect(try answer("{}").0 == 400)
        #expect(try answer("null").0 == 400)
        #expect(try house.post("/editions/phone/choice", "[").status == 400)
        #expect(try house.post("/editions/phone/end", "{}").status == 400)
        #expect(try house.post("/editions/phone/end", String(repeating: " ", count: 9_000)).status == 413)
        #expect(try house.get("/editions/phone/choice").status == 405)
        #expect(try house.ledger.phoneCount() == 0)
    }

    @Test func oneAddressCannotAskForEver() throws {
        let budget = RequestBudget()
        let now = Instant(seconds: 1_795_000_000)
        #expect((0..<RequestBudget.perAddress).allSatisfy { _ in budget.permits("10.0.0.1", at: now) })
        #expect(!budget.permits("10.0.0.1", at: now) && budget.permits("10.0.0.2", at: now))
        #expect(budget.permits("10.0.0.1", at: now + .hours(1)))
        #expect((1...3_600).contains(RequestBudget.rest(at: now)))
    }

    @Test func thereIsAnEndToHowManyThereMayBe() throws {
        let house = try PhoneHouse()
        func choose(_ name: String) throws -> PhoneAdmission {
            let phone = house.phone(name)
            let subscription = PhoneSubscription(
                address: phone.endpoint, service: house.service.url, key: phone.publicKey, secret: phone.secret, language: .da)
            return try house.ledger.choosePhone(subscription, ["nyt"], limit: 2, at: house.clock.now())
        }
        #expect(try choose("a") == .kept && choose("b") == .kept && choose("c") == .full && choose("a") == .kept)
    }

    @Test func thePagesAreServedUnlessPhonesAreNotOffered() throws {
        let house = try PhoneHouse()
        let page = try house.get("/editions/phone")
        #expect(page.status == 200 && page.text == "<p>da")
        let policy = page.headers["content-security-policy"] ?? ""
        #expect(policy.contains("script-src 'self';") && policy.contains("connect-src 'self'") && policy.contains("manifest-src 'self'"))
        #expect(try house.get("/editions/phone?language=en").text == "<p>en")
        #expect(try house.get("/editions/phone?language=xx").text == "<p>da")
        #expect(try house.get("/editions/app.webmanifest").headers["content-type"] == "application/manifest+json")
        #expect(try house.get("/editions/worker.js").headers["content-type"]?.hasPrefix("text/javascript") == true)
        #expect(try house.get("/editions/icon-192.png").headers["content-type"] == "image/png")
        let tag = try #require(try house.get("/editions/worker.js").headers["etag"])
        #expect(try house.get("/editions/worker.js").headers["etag"] == tag)
        house.offer.names.withLock { $0 = nil }
        #expect(try house.get("/editions/phone").status == 404 && house.get("/editions/worker.js").status == 404)
        #expect(try house.choose(house.phone("a"), ["nyt"]).status == 404)
    }
}
