import Core
import Curl
import Foundation
import Push
import Testing

@testable import PushEmail

@Suite("The parts of the dialogue")
struct SMTPPartsTests {
    private func reply(_ lines: String...) -> SMTPReply? { SMTPReply(lines: lines.map { Array($0.utf8) }) }

    @Test("A reply is read with its codes; several lines are one")
    func replies() {
        #expect(reply("250 2.1.5 Ok")?.description == "250 2.1.5 Ok")
        let several = reply("550-5.1.1 no such", "550 5.1.1 user")
        #expect(several?.code == 550 && several?.enhanced == "5.1.1" && several?.text == "no such user")
        #expect(reply("354")?.description == "354")
        #expect(reply("250 5.1.1 not an enhanced code of its class")?.enhanced == nil)
        #expect(reply("250 1.2.3.4 is an address")?.enhanced == nil)
        #expect(reply("250 \u{1B}[2Jx\u{0}y")?.text == " [2Jx y")
    }

    @Test("What is not a reply is none", arguments: ["", "25", "abc ok", "250ok", "600 x", "199 x"])
    func notReplies(line: String) { #expect(SMTPReply(lines: [Array(line.utf8)]) == nil) }

    @Test("Lines with different codes are no reply")
    func mixed() { #expect(reply("250-a", "550 b") == nil) }

    @Test("Capabilities are read without regard to case, and the relay's name is none of them")
    func capabilities() {
        let offered = SMTPCapabilities(helloLines: ["pipelining", "Size 100", "dsn"])
        #expect(!offered.pipelining && offered.size && offered.deliveryStatus)
        #expect(SMTPCapabilities(helloLines: ["relay", "PIPELINING"]).pipelining)
        #expect(SMTPCapabilities(helloLines: []) == SMTPCapabilities())
    }

    @Test("xtext escapes what RFC 3461 says")
    func xtext() { #expect(SMTPEnvelope.xtext("a+b=c@d e") == "a+2Bb+3Dc@d+20e") }

    @Test(
        "Dots at line starts are doubled and the content ends as RFC 5321 says",
        arguments: [
            ("a\r\n", "a\r\n.\r\n"), (".\r\n", "..\r\n.\r\n"), ("a\r\n.b\r\n..\r\n", "a\r\n..b\r\n...\r\n.\r\n"), ("a.b", "a.b\r\n.\r\n"),
            ("", "\r\n.\r\n"),
        ])
    func stuffing(content: String, expected: String) {
        var buffer = Array("x.y\r\n".utf8) + Array(content.utf8)
        DotStuffing.finish(&buffer, from: 5)
        #expect(String(decoding: buffer.dropFirst(5), as: UTF8.self) == expected)
    }

    @Test(
        "An address that is not a relay's is refused",
        arguments: [
            "http://a", "smtp://", "smtp://user:secret@host:25", "smtp://host/path", "smtp://host?x", "smtp://ho st", "smtp://a\r\nb",
            "host:25",
        ])
    func endpoints(url: String) {
        let fault = #expect(throws: Fault.self) { try SMTPEndpoint(url: url, startTLS: .none) }
        #expect(fault?.description.contains("secret") == false)
    }

    @Test("The rate: never more in a minute than permitted, and all of it is permitted", arguments: [1, 30, 600, 1_800, 60_000])
    func rate(perMinute: Int) {
        var now = Instant(seconds: 1_000)
        let rate = SendingRate(perMinute: perMinute, at: now)
        var sent: [Instant] = []
        let wanted = perMinute * 3
        while sent.count < wanted {
            if let due = rate.take(at: now) {
                #expect(due > now)
                now = due
            } else {
                sent.append(now)
            }
        }
        for index in sent.indices where index + perMinute < sent.count {
            #expect(sent[index + perMinute] - sent[index] >= .milliseconds(59_999))
        }
        #expect(now - Instant(seconds: 1_000) <= .seconds(182))
    }

    @Test("A clock that is set back does not stop the sending")
    func clockSetBack() {
        let start = Instant(seconds: 10_000)
        let rate = SendingRate(perMinute: 60, at: start)
        #expect(rate.take(at: start) == nil)
        let earlier = start - .hours(2)
        #expect(rate.take(at: earlier) == earlier + .seconds(1))
        #expect(rate.take(at: earlier + .seconds(1)) == nil)
    }
}
