import Core
import Crypto
import HTTPServer
import Ledger
import Synchronization
import TestKit
import Testing

@testable import PushPhones

/// A ledger, a strict push service, what tells phones and the pages where they are switched on.
final class PhoneHouse {
    let folder: TemporaryFolder
    let ledger: Ledger
    let clock = ManualClock()
    let service: StrictPushService
    let key = VAPIDKey(.random())
    let server: Server

    /// What the pages offer; `nil` while phones are not offered.
    final class Offer: Sendable {
        let names: Mutex<Set<String>?>
        init(_ names: Set<String>?) { self.names = Mutex(names) }
    }

    let offer = Offer(["akut", "nyt", "med-nyt"])

    init(_ script: [StrictPushService.Behaviour] = []) throws {
        folder = try TemporaryFolder()
        ledger = try folder.ledger()
        service = try StrictPushService(script)
        var router = Router()
        let offer = offer
        PhonePages(ledger: ledger, clock: clock, log: Log("test", threshold: .alert)) { () throws(Fault) in
            guard let names = offer.names.withLock({ $0 }) else { return nil }
            return PhoneSite(
                publicURL: "https://nyt.koege.example", services: PushServices(others: ["127.0.0.1"], allowPrivate: true),
                publications: names,
                language: .da, manifest: "{}", files: ["worker.js": [1], "phone.js": [2], "icon-192.png": [3]],
                page: { language throws(Fault) in "<p>\(language)" }, offline: { () throws(Fault) in "<p>offline" })
        }.addRoutes(to: &router)
        server = try Server(.ipv4("127.0.0.1", port: 0), handler: router.response)
    }

    deinit {
        service.stop()
        server.stop()
    }

    func phone(_ name: String) -> BrowserPhone { BrowserPhone(name, at: service) }

    /// A phone that is switched on without the page.
    @discardableResult
    func add(_ name: String, _ publications: Set<String> = ["nyt"], language: Language = .da) throws -> BrowserPhone {
        let phone = phone(name)
        let subscription = PhoneSubscription(
            address: phone.endpoint, service: service.url, key: phone.publicKey, secret: phone.secret, language: language)
        #expect(try ledger.choosePhone(subscription, publications, limit: 1_000, at: clock.now()) == .kept)
        return phone
    }

    @discardableResult
    func release(_ slug: String, of publication: String = "nyt", web: Bool = true) throws -> EditionID {
        let now = clock.now()
        let plan = EditionPlan(
            publication: publication, slug: slug, title: "Nyt \(slug)", audience: "alle", scheduled: slug, release: now, cutOff: now,
            leaderNotes: false)
        let id = try ledger.planEdition(plan, at: now)
        let release = Release(items: [], renderings: [:], recipients: [], mandatory: false, web: web, stopBy: now + .days(5))
        try ledger.releaseEdition(id, release, by: "test", at: now)
        while try ledger.addPhoneMessages(at: now) {}
        return id
    }

    func sender(timeLimit: Span = .seconds(20)) -> PhoneSender {
        PhoneSender(
            key: key, contact: "mailto:it@koege.example", services: PushServices(others: ["127.0.0.1"], allowPrivate: true), ledger: ledger,
            clock: clock, timeLimit: timeLimit, random: { 0.5 },
            compose: { edition, language throws(Fault) in
                PhoneNotice(
                    title: edition.title, text: "• Ny cykelsti", link: "/editions/\(edition.slug)", tag: edition.slug, isUrgent: false,
                    language: language)
            })
    }

    /// Carries everything that is due now; what came of each.
    @discardableResult
    func carry(_ sender: PhoneSender? = nil) throws -> [PhoneOutcome] {
        let sender = sender ?? self.sender()
        var outcomes: [PhoneOutcome] = []
        while let message = try ledger.claimPhoneMessage(besides: [], at: clock.now()) {
            let outcome = try sender.carry(message)
            try ledger.settle(message, outcome, at: clock.now())
            outcomes.append(outcome)
        }
        return outcomes
    }

    func post(
        _ path: String, _ body: String, type: String = "application/json", headers: [String] = ["Sec-Fetch-Site: same-origin"]
    ) throws -> RawHTTPClient.Answer {
        guard case .ipv4(_, let port) = server.address else { throw CancellationError() }
        let client = try RawHTTPClient(port: port, server: server)
        let lines = ["Host: x", "Content-Type: \(type)", "Content-Length: \(body.utf8.count)"] + headers
        try client.send("POST \(path) HTTP/1.1\r\n" + lines.joined(separator: "\r\n") + "\r\n\r\n" + body)
        return try client.answer()
    }

    func get(_ path: String) throws -> RawHTTPClient.Answer {
        guard case .ipv4(_, let port) = server.address else { throw CancellationError() }
        return try RawHTTPClient(port: port, server: server).request("GET", path)
    }

    func choose(_ phone: BrowserPhone, _ publications: [String]) throws -> RawHTTPClient.Answer {
        let names = publications.map { "\"\($0)\"" }.joined(separator: ",")
        return try post("/editions/phone/choice", #"{"subscription":\#(phone.json),"publications":[\#(names)],"language":"nb"}"#)
    }
}
