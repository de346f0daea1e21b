import Core
import Crypto
import HTTPServer
import Ledger
import Synchronization
import TestKit
import Testing

@testable import PushWeb

let noon = Instant(seconds: 1_795_000_000)

/// All pages of the room on a real ledger, behind a server on a free port. Pages are rendered as their Swift description.
struct WebHouse {
    let folder: TemporaryFolder
    let ledger: Ledger
    let clock = ManualClock(noon)
    let key: InstallationKey
    let server: Server
    let renderings = Counter()
    let sickness = Sickness()

    final class Counter: Sendable {
        let count = Atomic(0)
    }

    final class Sickness: Sendable {
        let cause = Mutex<String?>(nil)
    }

    static var publications: [Publication] {
        var mandatory = Publication(name: "lederbriefing", title: "Lederbriefing", timing: .continuous)
        mandatory.mandatoryReason = "En del af arbejdet"
        return [
            Publication(name: "nyhedsbrev", title: "Nyhedsbrev", timing: .continuous),
            Publication(name: "med-nyt", title: "MED-nyt", timing: .continuous), mandatory,
        ]
    }

    init(publications: [Publication] = Self.publications, render: WebPage.Render? = nil) throws {
        folder = try TemporaryFolder()
        ledger = try folder.ledger()
        key = try #require(InstallationKey([UInt8](repeating: 7, count: 32)))
        let (ledger, renderings, sickness) = (ledger, renderings, sickness)
        let described: WebPage.Render = { page, language throws(Fault) in
            renderings.count.add(1, ordering: .relaxed)
            return "\(language) \(page)"
        }
        let quiet = Log("test", threshold: .alert)
        var router = Router()
        EditionPages(ledger: ledger, key: key, language: .da, render: render ?? described, log: quiet).addRoutes(to: &router)
        PicturePages(source: { digest throws(Fault) in try ledger.picture(digest) }, log: quiet).addRoutes(to: &router)
        PreferencePages(
            ledger: ledger, key: key, clock: clock, language: .da, offer: { _ in publications }, render: render ?? described, log: quiet
        ).addRoutes(to: &router)
        UsefulnessPages(ledger: ledger, language: .da, render: render ?? described, log: quiet).addRoutes(to: &router)
        OperationPages { sickness.cause.withLock { $0 } }.addRoutes(to: &router)
        MetricsPage {
            [
                MetricFamily("budstikke_deliveries_total", .counter, "Deliveries").with(12, ["state": "sent"])
                    .with(3, ["state": "a\"b\\c\nd"]),
                MetricFamily("budstikke_up", .gauge, "Up \\ running\nnow").with(0.5),
            ]
        }.addRoutes(to: &router)
        server = try Server(.ipv4("127.0.0.1", port: 0), handler: router.response)
    }

    func client() throws -> RawHTTPClient {
        guard case .ipv4(_, let port) = server.address else { throw CancellationError() }
        return try RawHTTPClient(port: port, server: server)
    }

    /// A recipient of the directory.
    func recipient() throws -> RecipientID {
        let address = try #require(EmailAddress("anna@koege.example"))
        _ = try ledger.replaceDirectory([Person(address: address, language: .nb)], at: noon)
        return try #require(try ledger.recipients().first).id
    }

    func path(_ recipient: RecipientID, _ publication: String = "nyhedsbrev") -> String {
        "/u/" + RecipientToken(recipient: recipient, publication: publication, key: key).text
    }

    @discardableResult
    func release(
        _ slug: String, web: Bool = true, of publication: String = "nyhedsbrev", scheduled: String? = nil, aheadOf: String? = nil
    ) throws -> EditionID {
        let plan = EditionPlan(
            publication: publication, slug: slug, title: "Nyhedsbrev \(slug)", audience: "alle", scheduled: scheduled ?? slug,
            release: noon, cutOff: noon, leaderNotes: false)
        let id = try ledger.planEdition(plan, at: noon)
        let text = SlottedText(marked: "tekst")
        let rendering = EditionRendering(subject: slug, mailHTML: text, mailText: text, pictures: [], web: "<p>Side \(slug)")
        var release = Release(
            items: [], renderings: [.da: rendering], recipients: [], mandatory: false, web: web, stopBy: noon + .days(1))
        release.aheadOf = aheadOf
        try ledger.releaseEdition(id, release, by: "test", at: noon)
        return id
    }

    func post(_ path: String, _ body: String, type: String = "application/x-www-form-urlencoded") throws -> RawHTTPClient.Answer {
        let client = try client()
        try client.send("POST \(path) HTTP/1.1\r\nHost: x\r\nContent-Type: \(type)\r\nContent-Length: \(body.utf8.count)\r\n\r\n\(body)")
        return try client.answer()
    }
}
