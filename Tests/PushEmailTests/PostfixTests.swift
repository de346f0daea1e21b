import Core
import Foundation
import Ledger
import TestKit
import Testing

@testable import Push
@testable import PushEmail

@Suite("Through Debian's Postfix", .enabled(if: RealPostfix.isAvailable && MailOracle.isInstalled, "needs postfix, root and python3"))
struct PostfixTests {
    private static func destination(
        _ postfix: RealPostfix, _ startTLS: Relay.StartTLS, trusted: Bool, host: String = "127.0.0.1"
    ) -> Relay.Destination {
        .smtp(
            url: "smtp://\(host):\(postfix.port)", startTLS: startTLS, user: nil, passwordFile: nil,
            caFile: trusted ? postfix.certificate : nil)
    }

    @Test("An edition comes out of the maildir whole, and Python finds no defect in it")
    func edition() throws {
        let postfix = try RealPostfix()
        let pictures = [
            try Samples.picture("a", bytes: (0..<60_000).map { UInt8(truncatingIfNeeded: $0 &* 7919 >> 3) }),
            try Samples.picture("b", format: .jpeg, bytes: Array(repeating: 0x2E, count: 10_000)),
        ]
        let text = "En lang linje: " + String(repeating: "blåbærgrød ", count: 2_000) + "\n.\n..\nFrom nu af\n"
        let addresses = (1...7).map { "person\($0)@koege.example" }
        let outbound = try Outbound(
            to: Self.destination(postfix, .required, trusted: true), recipients: addresses,
            rendering: Samples.rendering(html: "<p>\(text)</p>", text: text, pictures: pictures), pictures: pictures)
        try outbound.carryOnce()
        #expect(try outbound.states() == Array(repeating: .sent, count: 7))
        let mails = try MailOracle.read(postfix.mails(7))
        #expect(mails.map { $0.to.first?.last ?? "" }.sorted() == addresses)
        #expect(Set(mails.flatMap { $0.header("Message-ID") }).count == 7)
        for mail in mails { try check(mail, pictures, text) }
        // Postfix says in its log how it was spoken to: over TLS, all in one connection.
        #expect(postfix.log.components(separatedBy: "disconnect from").count == 2)
        #expect(postfix.log.contains("ehlo=2 starttls=1 mail=7 rcpt=7 data=7"))
    }

    private func check(_ mail: MailOracle.Mail, _ pictures: [Picture], _ text: String) throws {
        #expect(mail.defects == [])
        #expect(
            mail.parts.map(\.type) == [
                "multipart/alternative", "text/plain", "multipart/related", "text/html", "image/png", "image/jpeg",
            ])
        let plain = try #require(mail.part("text/plain"))
        let html = try #require(mail.part("text/html"))
        #expect(plain.charset == "utf-8" && html.charset == "utf-8")
        #expect(plain.text?.contains("Kære Åse Sørensen, her er nyt.") == true && plain.text?.contains(text) == true)
        #expect(html.text?.contains("Kære Åse Sørensen, her er nyt fra direktionen.") == true && html.text?.contains(text) == true)
        for picture in pictures {
            #expect(mail.part(picture.format.mediaType)?.bytes == Data(picture.bytes).base64EncodedString())
            #expect(html.text?.contains("cid:\(picture.digest.hexadecimal.prefix(8))") == true)
        }
        let once = [
            "From", "To", "Subject", "Date", "Message-ID", "List-Id", "List-Unsubscribe", "List-Unsubscribe-Post", "Auto-Submitted",
            "Precedence", "X-Auto-Response-Suppress", "Content-Language", "MIME-Version", "Feedback-ID", "Content-Type",
        ]
        for name in once { #expect(mail.header(name).count == 1, "\(name)") }
        #expect(mail.to.first?.first == "Åse Sørensen")
        #expect(mail.header("List-Id") == ["Nyt fra Køge <nyt.koege.example>"])
    }

    /// FAULTS 13.
    @Test(
        "A certificate that nobody vouches for is refused, and nothing is said to the relay",
        arguments: [Relay.StartTLS.required, .preferred])
    func untrusted(startTLS: Relay.StartTLS) throws {
        let postfix = try RealPostfix()
        let outbound = try Outbound(to: Self.destination(postfix, startTLS, trusted: false), recipients: ["a@koege.example"])
        let fault = #expect(throws: Fault.self) { try outbound.carryOnce() }
        #expect(fault?.cause.contains("certificate") == true)
        #expect(try outbound.states() == [.pending] && !postfix.log.contains("from=<"))
    }

    /// FAULTS 13.
    @Test("A certificate for another name is refused")
    func wrongName() throws {
        let postfix = try RealPostfix()
        let outbound = try Outbound(
            to: Self.destination(postfix, .required, trusted: true, host: "localhost"), recipients: ["a@koege.example"])
        let fault = #expect(throws: Fault.self) { try outbound.carryOnce() }
        #expect(fault?.cause.contains("certificate") == true)
        #expect(try outbound.states() == [.pending])
    }

    @Test("A recipient that Postfix refuses fails alone, with Postfix's own words")
    func refused() throws {
        let postfix = try RealPostfix()
        let outbound = try Outbound(
            to: Self.destination(postfix, .none, trusted: false),
            recipients: ["a@koege.example", "b@nowhere.example", "c@koege.example"])
        try outbound.carryOnce()
        let states = try outbound.states()
        #expect(states == [.sent, .failed, .sent])
        #expect(try outbound.replies()[1].contains("no way out"))
        #expect(try postfix.mails(2).count == 2)
    }

    @Test("The outbox carries an edition over several connections at once, each mail once")
    func outbox() throws {
        let postfix = try RealPostfix()
        let addresses = (1...60).map { "person\($0)@koege.example" }
        let outbound = try Outbound(to: Self.destination(postfix, .none, trusted: false), recipients: addresses)
        let stage = OutboxStage(channels: [outbound.channel], ledger: outbound.ledger, clock: outbound.clock)
        try stage.start()
        let mails = try postfix.mails(60)
        stage.stop()
        #expect(try outbound.states() == Array(repeating: .sent, count: 60))
        #expect(Set(try MailOracle.read(mails).map { $0.to.first?.last ?? "" }) == Set(addresses))
    }
}
