import Core
import Crypto
import Foundation
import Ledger
import TestKit
import Testing

@testable import Bounces

/// A ledger with ten recipients and one released edition, and a maildir for reports.
final class BounceHouse {
    let folder: TemporaryFolder
    let ledger: Ledger
    let clock = ManualClock()
    let key: InstallationKey
    let attribution: BounceAttribution
    var maildir: String { folder.file("bounces") }

    init(delimiter: String? = "+") throws {
        folder = try TemporaryFolder()
        ledger = try folder.ledger()
        key = try #require(InstallationKey([UInt8](repeating: 9, count: 32)))
        let base = try #require(EmailAddress("bounce@koege.example"))
        attribution = BounceAttribution(returnPath: base, delimiter: delimiter, key: key)
        for name in ["new", "cur", "tmp"] {
            try FileManager.default.createDirectory(atPath: folder.file("bounces/" + name), withIntermediateDirectories: true)
        }
        try importPeople()
    }

    func importPeople() throws {
        let people = try (0..<10).map { Person(address: try #require(EmailAddress("p\($0)@koege.example"))) }
        _ = try ledger.replaceDirectory(people, at: clock.now())
    }

    func recipient(_ number: Int) throws -> RecipientID {
        try #require(try ledger.recipients().first { $0.person.address.text == "p\(number)@koege.example" }).id
    }

    func release(_ slug: String) throws -> EditionID {
        let plan = EditionPlan(
            publication: "nyt", slug: slug, title: "Nyt", audience: "alle", scheduled: slug, release: clock.now(), cutOff: clock.now(),
            leaderNotes: false)
        let id = try ledger.planEdition(plan, at: clock.now())
        let release = Release(
            items: [], renderings: [:], recipients: try ledger.recipients().map(\.id), mandatory: true, web: false,
            stopBy: clock.now() + .days(5))
        try ledger.releaseEdition(id, release, by: "test", at: clock.now())
        return id
    }

    /// A report on a recipient, as Postfix writes it, to the return path with this token (or another address).
    func report(_ number: Int, status: String = "5.1.1", edition: EditionID, to: String? = nil, identifier: String = UUID().uuidString)
        throws -> String
    {
        let token = try #require(
            ReturnPathToken(recipient: try recipient(number), edition: edition).address(
                under: attribution.returnPath, delimiter: "+", key: key))
        return """
            From: MAILER-DAEMON@relay.example
            To: \(to ?? token.text)
            Subject: Undelivered Mail Returned to Sender
            Message-ID: <\(identifier)@relay.example>
            Content-Type: multipart/report; report-type=delivery-status; boundary=b

            --b
            Content-Type: text/plain

            Sorry.
            --b
            Content-Type: message/delivery-status

            Reporting-MTA: dns; relay.example

            Final-Recipient: rfc822; p\(number)@koege.example
            Action: failed
            Status: \(status)

            --b--

            """
    }

    func drop(_ text: String, _ name: String = UUID().uuidString) throws { try folder.write("bounces/new/" + name, text) }

    func stage(_ sources: [any BounceSource]? = nil) -> BounceStage {
        BounceStage(
            sources: sources ?? [BounceMaildir(path: maildir, log: Log("test", threshold: .alert))], attribution: attribution,
            ledger: ledger,
            clock: clock, log: Log("test", threshold: .alert))
    }

    func files(_ name: String) -> [String] { ((try? FileManager.default.contentsOfDirectory(atPath: maildir + "/" + name)) ?? []).sorted() }
    func suppressed() throws -> [String] { try ledger.suppressions().map(\.address).sorted() }
}

@Suite struct BounceStageTests {
    @Test func aHardReportSuppressesAtOnceAndOverEveryImport() throws {
        let house = try BounceHouse()
        let edition = try house.release("nyt-1")
        try house.drop(try house.report(3, edition: edition), "1796108409.M1.host")
        _ = house.stage().step()
        #expect(try house.suppressed() == ["p3@koege.example"])
        #expect(house.files("new").isEmpty && house.files("cur") == ["1796108409.M1.host:2,S"])
        // What was still to be sent has ended; the others go on.
        let deliveries = try house.ledger.deliveries(of: edition)
        #expect(deliveries.filter { $0.state == .failed }.map(\.address) == ["p3@koege.example"])
        #expect(deliveries.first { $0.state == .failed }?.reply == "suppressed")
        #expect(try house.ledger.retryFailed(edition, by: "test", stopBy: house.clock.now() + .days(1), at: house.clock.now()) == 0)
        // A new file of employees changes nothing about it, nor does a mandatory edition.
        _ = try house.ledger.replaceDirectory([Person(address: try #require(EmailAddress("x@koege.example")))], at: house.clock.now())
        try house.importPeople()
        #expect(try house.ledger.deliveries(of: try house.release("nyt-2")).count == 9)
        let address = try #require(EmailAddress("P3@koege.example"))
        #expect(try house.ledger.liftSuppression(address, by: "test", at: house.clock.now()))
        #expect(try house.ledger.deliveries(of: try house.release("nyt-3")).count == 10)
        #expect(try house.ledger.auditTrail().map(\.act).contains("lift suppression"))
    }

    @Test func theFifthSoftReportInThirtyDaysSuppresses() throws {
        let house = try BounceHouse()
        let edition = try house.release("nyt-1")
        func soft(_ count: Int) throws {
            for _ in 0..<count { try house.drop(try house.report(4, status: "5.2.2", edition: edition)) }
            _ = house.stage().step()
        }
        try soft(4)
        #expect(try house.suppressed() == [])
        house.clock.advance(by: .days(31))
        try soft(4)
        #expect(try house.suppressed() == [])
        try soft(1)
        #expect(try house.suppressed() == ["p4@koege.example"])
        // Lifted, it begins anew.
        _ = try house.ledger.liftSuppression(try #require(EmailAddress("p4@koege.example")), by: "test", at: house.clock.now())
        try soft(4)
        #expect(try house.suppressed() == [])
    }

    @Test func theSameReportCountsOnce() throws {
        let house = try BounceHouse()
        let edition = try house.release("nyt-1")
        let text = try house.report(4, status: "4.2.2", edition: edition, identifier: "one")
        for _ in 0..<10 { try house.drop(text) }
        _ = house.stage().step()
        #expect(try house.suppressed() == [])
        #expect(try house.ledger.bounceCounts() == [.soft: 1])
        #expect(house.files("cur").count == 10)
    }

    @Test func aForgedReportSuppressesNobody() throws {
        let house = try BounceHouse()
        let edition = try house.release("nyt-1")
        let (anna, other) = (try house.recipient(1), try #require(InstallationKey([UInt8](repeating: 8, count: 32))))
        let forged = try #require(
            ReturnPathToken(recipient: anna, edition: edition).address(under: house.attribution.returnPath, delimiter: "+", key: other))
        let own = try #require(
            ReturnPathToken(recipient: try house.recipient(2), edition: edition).address(
                under: house.attribution.returnPath, delimiter: "+", key: house.key))
        // Another recipient's number with one's own code.
        let mixed = own.text.replacing("+" + String(try house.recipient(2).number, radix: 36), with: "+" + String(anna.number, radix: 36))
        for address in [
            forged.text, mixed, "bounce@koege.example", "bounce+1-1-aaaaaaaaaaaaaaaa@koege.example", own.text + ".evil.example",
        ] {
            try house.drop(try house.report(1, edition: edition, to: address))
        }
        _ = house.stage().step()
        #expect(try house.suppressed() == [])
        #expect(try house.ledger.bounceCounts() == [.hard: 5])
        // In capitals, as some systems hand it on, the real one counts, whatever address the report names.
        try house.drop(try house.report(1, edition: edition, to: own.text.uppercased()))
        _ = house.stage().step()
        #expect(try house.suppressed() == ["p2@koege.example"])
    }

    @Test func withoutATokenTheReportIsBelieved() throws {
        let house = try BounceHouse(delimiter: nil)
        try house.drop(try house.report(5, edition: try house.release("nyt-1"), to: "bounce@koege.example"))
        _ = house.stage().step()
        #expect(try house.suppressed() == ["p5@koege.example"])
    }

    @Test func whatCannotBeReadIsKeptAside() throws {
        let house = try BounceHouse()
        try FileManager.default.createSymbolicLink(atPath: house.maildir + "/new/link", withDestinationPath: "/etc/hostname")
        mkfifo(house.maildir + "/new/pipe", 0o600)
        try house.drop("From: Anna <anna@koege.example>\nSubject: Hej\n\nHej\n", "ordinary")
        _ = house.stage().step()
        #expect(house.files("unreadable") == ["link", "pipe"])
        #expect(house.files("cur") == ["ordinary:2,S"])
        #expect(try house.ledger.bounceCounts() == [BounceEntry.Verdict.none: 1])
    }

    @Test func anAlarmStandsWhileTheMaildirCannotBeRead() throws {
        let house = try BounceHouse()
        rename(house.maildir, house.maildir + ".away")
        let stage = house.stage()
        _ = stage.step()
        #expect(try house.ledger.standingAlarms().map(\.kind) == ["bounces"])
        rename(house.maildir + ".away", house.maildir)
        _ = stage.step()
        #expect(try house.ledger.standingAlarms() == [])
    }
}

@Suite struct ReturnPathTokenTests {
    @Test func itFitsTheLocalPartAndIsReadBack() throws {
        let key = try #require(InstallationKey([UInt8](repeating: 1, count: 32)))
        let base = try #require(EmailAddress(String(repeating: "b", count: 30) + "@koege.example"))
        for (recipient, edition) in [(1, 1), (123_456_789, 123_456_789), (35, 36)] as [(Int64, Int64)] {
            let token = ReturnPathToken(recipient: RecipientID(recipient), edition: EditionID(edition))
            let address = try #require(token.address(under: base, delimiter: "+", key: key))
            #expect(address.localPart.utf8.count <= 64)
            #expect(ReturnPathToken(verifying: address.text, under: base, delimiter: "+", key: key) == token)
        }
        // A notice of the service itself has no edition.
        let notice = ReturnPathToken(recipient: RecipientID(7), edition: nil)
        let address = try #require(notice.address(under: base, delimiter: "+", key: key))
        #expect(ReturnPathToken(verifying: address.text, under: base, delimiter: "+", key: key) == notice)
        #expect(
            ReturnPathToken(recipient: RecipientID(.max), edition: EditionID(.max)).address(under: base, delimiter: "+", key: key) == nil)
    }
}
