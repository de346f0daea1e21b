import Core
import Foundation
import Ledger
import TestKit
import Testing

@testable import Push
@testable import PushEmail

@Suite("The dialogue with a relay")
struct SMTPDialogueTests {
    @Test("With PIPELINING the next envelope lies behind each final dot, and every mail arrives once")
    func pipelined() throws {
        let server = try ScriptedSMTPServer()
        defer { server.stop() }
        let outbound = try Outbound(server, recipients: 5)
        try outbound.carryOnce()
        #expect(try outbound.states() == Array(repeating: .sent, count: 5))
        let mails = server.record.mails
        #expect(mails.map(\.recipient.localised) == (1...5).map { "p\($0)@koege.example" })
        #expect(mails.dropLast().allSatisfy(\.hadCommandsBehind) && mails.last?.hadCommandsBehind == false)
        #expect(server.record.connections == 1)
        #expect(try outbound.replies().allSatisfy { $0 == "250 2.0.0 Ok: queued" })
        #expect(server.record.lines.last == "QUIT")
    }

    @Test("Without PIPELINING every command waits for the answer to the one before")
    func strictlyInTurn() throws {
        let server = try ScriptedSMTPServer(capabilities: ["SIZE"]) { moment in
            moment.line.contains("p2@") ? .reply("550 5.1.1 unknown") : .proceed
        }
        defer { server.stop() }
        let outbound = try Outbound(server, recipients: 4)
        try outbound.carryOnce()
        #expect(try outbound.states() == [.sent, .failed, .sent, .sent])
        #expect(server.record.violations == [] && server.record.mails.allSatisfy { !$0.hadCommandsBehind })
        #expect(server.record.connections == 1 && server.record.lines.contains("RSET"))
    }

    @Test("SIZE and the parameters of delivery reports are sent where they are offered, and only there")
    func parameters() throws {
        let server = try ScriptedSMTPServer()
        defer { server.stop() }
        try Outbound(server, recipients: 1).carryOnce()
        let mail = try #require(server.record.mails.first)
        #expect(mail.sender.contains(/SIZE=[0-9]+ RET=HDRS ENVID=nyt-2026-12-01\.1\.[0-9a-f]{12}$/))
        #expect(mail.recipient == "RCPT TO:<p1@koege.example> NOTIFY=FAILURE ORCPT=rfc822;p1@koege.example")
        let announced = try #require(mail.sender.firstMatch(of: /SIZE=([0-9]+)/).flatMap { Int($0.1) })
        #expect(announced >= mail.content.count)
        let plain = try ScriptedSMTPServer(capabilities: [])
        defer { plain.stop() }
        try Outbound(plain, recipients: 1).carryOnce()
        #expect(plain.record.mails.map(\.recipient) == ["RCPT TO:<p1@koege.example>"])
        #expect(plain.record.mails.map(\.sender) == ["MAIL FROM:<nyhedsbrev@koege.example>"])
    }

    /// The bound on duplicates after a kill: when a dot arrives, all mails before it are settled where a killed process leaves them.
    @Test("A mail is settled before the next one's final dot is sent")
    func settledBeforeTheNextDot() throws {
        let ledger = LedgerView()
        let server = try ScriptedSMTPServer { moment in
            if moment.step == .content { ledger.note(moment.taken) }
            return .proceed
        }
        defer { server.stop() }
        let outbound = try Outbound(server, recipients: 6)
        ledger.look(at: outbound)
        try outbound.carryOnce()
        #expect(ledger.seen == [0, 1, 2, 3, 4, 5])
    }

    /// FAULTS 10.
    @Test("450 for one recipient defers that one, and the others go on", arguments: [ScriptedSMTPServer.usual, []])
    func deferred(capabilities: [String]) throws {
        let server = try ScriptedSMTPServer(capabilities: capabilities) { moment in
            moment.step == .recipient && moment.line.contains("p2@") ? .reply("450 4.2.1 mailbox busy") : .proceed
        }
        defer { server.stop() }
        let outbound = try Outbound(server)
        try outbound.carryOnce()
        #expect(try outbound.states() == [.sent, .deferred, .sent, .sent])
        #expect(try outbound.replies()[1] == "RCPT: 450 4.2.1 mailbox busy")
        let due = try #require(try outbound.ledger.nextDue(Outlet.email))
        #expect(due == outbound.clock.now() + .seconds(300))
    }

    /// FAULTS 11.
    @Test(
        "A permanent refusal fails that recipient alone, wherever it is said",
        arguments: [ScriptedSMTPServer.Step.mail, .recipient, .data, .content])
    func failed(step: ScriptedSMTPServer.Step) throws {
        let refusals = Refusals(step)
        let server = try ScriptedSMTPServer { refusals.answer($0) }
        defer { server.stop() }
        let outbound = try Outbound(server)
        try outbound.carryOnce()
        #expect(try outbound.states() == [.sent, .failed, .sent, .sent])
        #expect(server.record.connections == 1)
    }

    @Test("What the relay says against us, not against the mail, is temporary")
    func refusedLogin() throws {
        let server = try ScriptedSMTPServer { $0.step == .mail ? .reply("530 5.7.0 Authentication required") : .proceed }
        defer { server.stop() }
        let outbound = try Outbound(server, recipients: 2)
        try outbound.carryOnce()
        #expect(try outbound.states() == [.deferred, .deferred])
    }

    @Test("A relay that awaits content although it refused the recipient gets an empty one, and nobody gets that")
    func dataDespiteRefusal() throws {
        let server = try ScriptedSMTPServer { moment in
            switch moment.step {
            case .recipient where moment.line.contains("p1@"): .reply("550 5.1.1 unknown")
            case .data: .reply("354 go ahead")
            default: .proceed
            }
        }
        defer { server.stop() }
        let outbound = try Outbound(server, recipients: 2)
        try outbound.carryOnce()
        #expect(try outbound.states() == [.failed, .sent])
        #expect(server.record.mails.map(\.recipient.localised) == ["p2@koege.example"] && server.record.connections == 1)
    }

    /// FAULTS 10.
    @Test("421 between mails ends the connection: what was not begun goes back, and goes over a new one")
    func closingRelay() throws {
        let server = try ScriptedSMTPServer { moment in
            moment.step == .mail && moment.connection == 1 && moment.taken == 2 ? .farewell("421 4.7.0 too many messages") : .proceed
        }
        defer { server.stop() }
        let outbound = try Outbound(server)
        let lane = try outbound.channel.openLane()
        defer { lane.close() }
        try outbound.carry(over: lane)
        #expect(try outbound.states() == [.sent, .sent, .pending, .pending])
        try outbound.carry(over: lane)
        #expect(try outbound.states() == [.sent, .sent, .sent, .sent])
        #expect(server.record.connections == 2)
        #expect(try outbound.ledger.deliveries(of: outbound.edition).map(\.attempt) == [1, 1, 1, 1])
    }

    @Test("421 to the first command is a fault, and nothing was touched")
    func unwillingRelay() throws {
        let server = try ScriptedSMTPServer { $0.step == .mail ? .farewell("421 4.3.2 shutting down") : .proceed }
        defer { server.stop() }
        let outbound = try Outbound(server)
        #expect(throws: Fault.self) { try outbound.carryOnce() }
        #expect(try outbound.states() == Array(repeating: .pending, count: 4))
    }

    @Test("421 to RCPT defers that recipient, so that it does not hold up the others for ever")
    func closingAtRecipient() throws {
        let server = try ScriptedSMTPServer { moment in
            moment.step == .recipient && moment.line.contains("p1@") ? .farewell("421 4.7.0 try later") : .proceed
        }
        defer { server.stop() }
        let outbound = try Outbound(server, recipients: 3)
        let lane = try outbound.channel.openLane()
        defer { lane.close() }
        try outbound.carry(over: lane)
        try outbound.carry(over: lane)
        #expect(try outbound.states() == [.deferred, .sent, .sent])
    }

    /// FAULTS 3.
    @Test("A connection lost between the final dot and its answer makes that mail ambiguous, and only that one")
    func lostReply() throws {
        let server = try ScriptedSMTPServer { $0.step == .content && $0.connection == 1 && $0.taken == 2 ? .close : .proceed }
        defer { server.stop() }
        let outbound = try Outbound(server)
        #expect(throws: Fault.self) { try outbound.carryOnce() }
        #expect(try outbound.states() == [.sent, .ambiguous, .pending, .pending])
        outbound.clock.advance(by: .seconds(300))
        try outbound.carryOnce()
        #expect(try outbound.states() == Array(repeating: .sent, count: 4))
        let copies = server.record.mails.filter { $0.recipient.localised == "p2@koege.example" }.map(\.messageIdentifier)
        #expect(copies.count == 2 && Set(copies).count == 1)
        #expect(try outbound.ledger.deliveries(of: outbound.edition).map(\.doubtful) == [0, 1, 0, 0])
    }

    /// FAULTS 12.
    @Test(
        "A relay that is silent or drips at any step is given up, and holds no mail",
        arguments: [ScriptedSMTPServer.Step.mail, .recipient, .data, .content], [true, false])
    func silence(step: ScriptedSMTPServer.Step, drips: Bool) throws {
        let server = try ScriptedSMTPServer { $0.step == step ? (drips ? .drip : .silence) : .proceed }
        defer { server.stop() }
        let outbound = try Outbound(server, recipients: 2, limits: .impatient)
        #expect(throws: Fault.self) { try outbound.carryOnce() }
        #expect(try outbound.states() == (step == .content ? [.ambiguous, .pending] : [.pending, .pending]))
    }

    /// FAULTS 12.
    @Test("A relay that drops every session gets no second mail at once, and nothing is lost", arguments: [true, false])
    func dropping(afterGreeting: Bool) throws {
        let server = try ScriptedSMTPServer { $0.step == (afterGreeting ? .mail : .greeting) ? .close : .proceed }
        defer { server.stop() }
        let outbound = try Outbound(server)
        for _ in 0..<3 { #expect(throws: Fault.self) { try outbound.carryOnce() } }
        #expect(try outbound.states() == Array(repeating: .pending, count: 4))
    }

    @Test("A connection that the relay closed while it lay idle is replaced without complaint")
    func idleClose() throws {
        let server = try ScriptedSMTPServer { $0.step == .mail && $0.connection == 1 && $0.taken > 0 ? .close : .proceed }
        defer { server.stop() }
        let outbound = try Outbound(server, recipients: 2)
        let lane = try outbound.channel.openLane()
        defer { lane.close() }
        try outbound.carry(over: lane, limit: 1)
        try outbound.carry(over: lane)
        #expect(try outbound.states() == [.sent, .pending])
        try outbound.carry(over: lane)
        #expect(try outbound.states() == [.sent, .sent] && server.record.connections == 2)
    }

    @Test("An answer that makes no sense ends the session before the mail", arguments: ["250 ok", "hello", "99 x", "354-a\n250 b"])
    func nonsense(reply: String) throws {
        let server = try ScriptedSMTPServer { $0.step == .data ? .reply(reply) : .proceed }
        defer { server.stop() }
        let outbound = try Outbound(server, recipients: 2, limits: .impatient)
        #expect(throws: Fault.self) { try outbound.carryOnce() }
        #expect(try outbound.states() == [.pending, .pending] && server.record.mails.isEmpty)
    }

    /// FAULTS 13, the first half; the certificates are tried against Postfix.
    @Test("Where STARTTLS is required and not offered nothing but the refusal happens")
    func strippedTLS() throws {
        let server = try ScriptedSMTPServer()
        defer { server.stop() }
        let outbound = try Outbound(
            to: .smtp(url: server.url, startTLS: .required, user: nil, passwordFile: nil, caFile: nil), recipients: ["a@koege.example"])
        let fault = #expect(throws: Fault.self) { try outbound.carryOnce() }
        #expect(fault?.cause.contains("STARTTLS") == true)
        #expect(server.wait { $0.ended == 1 })
        #expect(server.record.lines.allSatisfy { $0.hasPrefix("EHLO") || $0 == "QUIT" })
        #expect(try outbound.states() == [.pending])
    }

    @Test("A relay that is not there is a fault with a mend")
    func nobody() throws {
        let server = try ScriptedSMTPServer()
        server.stop()
        let outbound = try Outbound(server, recipients: 1)
        let fault = #expect(throws: Fault.self) { try outbound.carryOnce() }
        #expect(fault?.object == server.url)
    }

    /// FAULTS 9.
    @Test("A stop lets the mail on the wire be finished and gives the rest back")
    func stopping() throws {
        let server = try ScriptedSMTPServer()
        defer { server.stop() }
        let outbound = try Outbound(server)
        try outbound.carryOnce { server.record.mails.count >= 1 }
        let states = try outbound.states()
        #expect(states.prefix(1) == [.sent] && states.suffix(1) == [.pending] && !states.contains(.sending))
        #expect(server.record.mails.count == states.count { $0 == .sent })
    }

    @Test("The rate holds lanes back until the clock permits the next mail")
    func paced() throws {
        let server = try ScriptedSMTPServer()
        defer { server.stop() }
        let outbound = try Outbound(server, recipients: 3, perMinute: 60)
        // The injected clock moves by a second with each mail that has come.
        let clock = outbound.clock
        let mover = Thread {
            for count in 1...2 {
                _ = server.wait { $0.mails.count >= count }
                clock.advance(by: .seconds(1))
            }
        }
        mover.start()
        try outbound.carryOnce()
        #expect(try outbound.states() == [.sent, .sent, .sent])
        #expect(server.record.mails.allSatisfy { !$0.hadCommandsBehind })
    }

    /// FAULTS 15.
    @Test("Bare line feeds, a lone dot and a line of 5 MB are one mail in short lines")
    func hostileContent() throws {
        let server = try ScriptedSMTPServer()
        defer { server.stop() }
        let text = "a\n.\nb\r.\rc\r\n.\r\nMAIL FROM:<evil@example.org>\n" + String(repeating: "x", count: 5_000_000) + "\n"
        let outbound = try Outbound(
            to: .smtp(url: server.url, startTLS: .none, user: nil, passwordFile: nil, caFile: nil), recipients: ["a@koege.example"],
            rendering: Samples.rendering(text: text))
        try outbound.carryOnce()
        let content = try #require(server.record.mails.first).content
        #expect(server.record.mails.count == 1)
        #expect(content.split(separator: 0x0A).allSatisfy { $0.count <= 79 && $0.last == 0x0D })
        #expect(!content.split(separator: 0x0A).contains { $0.first == 0x2E })
    }
}
