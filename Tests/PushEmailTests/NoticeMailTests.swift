import Core
import Foundation
import Ledger
import TestKit
import Testing

@testable import Push
@testable import PushEmail

@Suite("Notices of the service itself")
struct NoticeMailTests {
    private static let text =
        "Tak, vi har modtaget din nyhed\n\n.En linje med punktum først\nFrom her: æøå = 100 % \n" + String(repeating: "langt ", count: 60)
        + "\n"

    private static func post(_ outbound: Outbound, to address: String = "mette@koege.example", once: String = "1") throws {
        let draft = NoticeDraft(
            kind: "receipt", object: "item 1", address: try Samples.address(address), language: .da,
            subject: "Modtaget: Ny cykelsti, æøå\r\nBcc: alle@koege.example", text: text, once: once)
        guard case .posted = try outbound.ledger.post(draft, at: outbound.clock.now()) else { return #expect(Bool(false)) }
    }

    @Test(
        "A notice goes before the edition's mails, well-formed, and nobody answers it by machine",
        .enabled(if: MailOracle.isInstalled, "needs Python"))
    func sent() throws {
        let server = try ScriptedSMTPServer()
        defer { server.stop() }
        let outbound = try Outbound(server, recipients: 2)
        try Self.post(outbound)
        try outbound.carryOnce()
        #expect(server.record.mails.map(\.recipient.localised) == ["mette@koege.example", "p1@koege.example", "p2@koege.example"])
        #expect(server.record.mails[0].sender.hasPrefix("MAIL FROM:<nyhedsbrev@koege.example>"))
        let mail = try MailOracle.read(server.record.mails[0].content)
        #expect(mail.defects == [] && mail.bareLineEnds == 0 && mail.longestLine <= 78)
        #expect(mail.parts.map(\.type) == ["text/plain"] && mail.parts[0].charset == "utf-8")
        #expect(mail.parts[0].text?.hasPrefix(Self.text) == true)
        #expect(mail.header("Subject") == ["Modtaget: Ny cykelsti, æøå Bcc: alle@koege.example"] && mail.header("Bcc") == [])
        #expect(mail.header("Auto-Submitted") == ["auto-generated"] && mail.header("List-Unsubscribe") == [])
        #expect(mail.to == [["", "mette@koege.example"]] && mail.from == [["Nyhedsbrev", "nyhedsbrev@koege.example"]])
        #expect(try outbound.ledger.notices().map(\.state) == [.sent] && outbound.states() == [.sent, .sent])
    }

    @Test("Its Message-ID is the same at every attempt")
    func again() throws {
        let server = try ScriptedSMTPServer { $0.step == .content && $0.connection == 1 ? .close : .proceed }
        defer { server.stop() }
        let outbound = try Outbound(server, recipients: 1)
        try Self.post(outbound)
        #expect(throws: Fault.self) { try outbound.carryOnce() }
        outbound.clock.advance(by: .minutes(5))
        try outbound.carryOnce()
        #expect(try outbound.ledger.notices().map(\.attempts) == [2])
        let identifiers = server.record.mails.filter { $0.recipient.contains("mette@") }.compactMap(\.messageIdentifier)
        #expect(Set(identifiers).count == 1 && identifiers[0].contains("@koege.example"))
    }

    @Test("A folder gets the bytes that a relay gets")
    func intoAFolder() throws {
        let outbound = try Outbound(to: .directory("outbox"), recipients: ["a@koege.example"])
        try Self.post(outbound)
        try outbound.carryOnce()
        let file = outbound.folder.file("outbox/notices/00001-mette@koege.example.eml")
        let server = try ScriptedSMTPServer()
        defer { server.stop() }
        let relayed = try Outbound(server, recipients: 1)
        try Self.post(relayed)
        try relayed.carryOnce()
        #expect(FileManager.default.contents(atPath: file).map(Array.init) == server.record.mails.first?.content)
    }

    @Test("Its return path names a person of the directory and no edition, and nobody else")
    func returnPath() throws {
        let outbound = try Outbound(to: .directory("outbox"), recipients: ["a@koege.example"])
        try Self.post(outbound)
        var settings = try Outbound.settings()
        settings.returnPath = EmailAddress("retur@koege.example")
        settings.verp = { EmailAddress("retur+\($0)-\($1.map(\.description) ?? "none")@koege.example") }
        let notice = try #require(try outbound.ledger.notices().first)
        #expect(NoticeMail(notice, to: RecipientID(7), settings).sender.text == "retur+7-none@koege.example")
        #expect(NoticeMail(notice, to: nil, settings).sender.text == "retur@koege.example")
    }
}
