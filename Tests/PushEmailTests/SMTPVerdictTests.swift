import Core
import Push
import Testing

@testable import PushEmail

/// Replies as relays say them, and what each means for the recipient.
@Suite("Verdicts on refusals")
struct SMTPVerdictTests {
    private static func verdict(_ line: String, _ step: SMTPStep) throws -> SMTPVerdict {
        SMTPVerdict(try #require(SMTPReply(lines: [Array(line.utf8)])), at: step)
    }

    @Test(
        "About this recipient or this message: final",
        arguments: [
            "550 5.1.1 User unknown", "550 5.1.10 RESOLVER.ADR.RecipientNotFound", "550 no such user", "551 user not local",
            "552 5.2.2 mailbox full", "550 5.2.1 mailbox disabled", "553 mailbox name not allowed", "550 5.4.1 Recipient address rejected",
            "554 5.4.6 routing loop", "552 5.3.4 too big", "554 5.6.0 not MIME", "550 5.7.17 another owner",
            "550 5.7.133 senders are restricted",
            "554 no valid recipients", "501 5.1.3 bad address syntax", "550 5.1.0 address rejected", "550 5.1.99 a code of tomorrow",
        ])
    func final(line: String) throws { #expect(try Self.verdict(line, .recipient) == .final) }

    @Test(
        "About us: not final for anybody",
        arguments: [
            "550 5.1.8 sender's domain does not exist", "553 5.1.7 bad sender", "530 5.7.0 Authentication required", "535 5.7.8 bad login",
            "550 5.7.23 SPF", "550 5.7.25 no reverse DNS", "550 5.7.26 unauthenticated", "550 5.7.606 banned", "503 5.5.1 sequence",
            "500 what", "503 sequence", "530 log in", "554 5.3.2 not accepting", "550 5.7.28 mail flood", "521 no mail here",
        ])
    func us(line: String) throws {
        #expect(try Self.verdict(line, .recipient) == .us)
        #expect(try Self.verdict(line, .mail) == .us)
    }

    @Test(
        "Said of both", arguments: ["554 5.7.1 Relay access denied", "550 5.7.1 not allowed", "554 5.3.0 other", "550 5.5.0 unavailable"])
    func unproved(line: String) throws { #expect(try Self.verdict(line, .recipient) == .unproved) }

    @Test(
        "4xx waits, and at RCPT it is about the recipient: greylisting, a full mailbox, a busy host",
        arguments: ["450 4.7.1 greylisted", "452 4.2.2 full", "451 4.3.0 try later", "421 4.4.5 busy", "450 4.1.8 dns", "451 local error"])
    func later(line: String) throws { #expect(try Self.verdict(line, .recipient) == .later) }

    @Test("4xx at MAIL is about us where it speaks of policy or of the system")
    func laterAtMail() throws {
        #expect(try Self.verdict("450 4.7.1 too much mail from you", .mail) == .us)
        #expect(try Self.verdict("452 4.3.1 no space", .mail) == .us)
        #expect(try Self.verdict("454 TLS not available", .mail) == .us)
        #expect(try Self.verdict("450 4.1.8 dns", .mail) == .later)
        #expect(try Self.verdict("550 not you", .mail) == .us)
    }
}
