import Core
import Foundation
import TestKit
import Testing

@testable import PushEmail

@Suite("The mail about a correction")
struct CorrectionMailTests {
    @Test("It answers the edition's own mail and is a mail of its own", .enabled(if: MailOracle.isInstalled, "needs python3"))
    func threaded() throws {
        let recipient = try Samples.recipient()
        var headers = try Samples.headers()
        let original = try MailOracle.read(Samples.bytes(try Samples.shared(headers: headers), recipient))
        headers.correction = .init(number: 2, date: Instant(seconds: 1_796_108_400 + 86_400))
        let shared = try Samples.shared(Samples.rendering(subject: "Rettelse: Direktionens nyhedsbrev"), headers: headers)
        let mail = try MailOracle.read(Samples.bytes(shared, recipient))
        #expect(mail.defects == [] && original.header("In-Reply-To") == [] && original.header("References") == [])
        let identifier = try #require(original.header("Message-ID").first)
        #expect(mail.header("In-Reply-To") == [identifier] && mail.header("References") == [identifier])
        #expect(mail.header("Message-ID") != [identifier] && mail.header("Subject") == ["Rettelse: Direktionens nyhedsbrev"])
        #expect(mail.header("Date") == ["Wed, 02 Dec 2026 08:00:00 +0100"])
        #expect(mail.header("List-Id") == original.header("List-Id"))
        // The next correction is another mail still, and the same one the same at each attempt.
        #expect(
            Samples.bytes(shared, recipient)
                == Samples.bytes(
                    try Samples.shared(
                        Samples.rendering(subject: "Rettelse: Direktionens nyhedsbrev"), headers: headers), recipient))
        headers.correction?.number = 3
        #expect(
            try MailOracle.read(Samples.bytes(try Samples.shared(headers: headers), recipient)).header("Message-ID")
                != mail.header("Message-ID"))
    }
}
