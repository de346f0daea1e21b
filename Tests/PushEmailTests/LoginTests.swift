import Core
import Foundation
import Ledger
import TestKit
import Testing

@testable import Push
@testable import PushEmail

@Suite("Logging in to a relay")
struct LoginTests {
    private static let capabilities = ScriptedSMTPServer.usual + ["AUTH PLAIN"]

    private static func server(answer: String) throws -> ScriptedSMTPServer {
        try ScriptedSMTPServer(capabilities: capabilities) { moment in
            guard moment.step == .other else { return .proceed }
            return moment.line.hasPrefix("AUTH") ? .reply("334 ") : .reply(answer)
        }
    }

    private static func outbound(_ server: ScriptedSMTPServer, _ startTLS: Relay.StartTLS, _ secrets: TemporaryFolder) throws -> Outbound {
        let file = try secrets.write("relay.password", "hemmeligt\n")
        chmod(file, 0o600)
        return try Outbound(
            to: .smtp(url: server.url, startTLS: startTLS, user: "budstikke", passwordFile: file, caFile: nil),
            recipients: ["a@koege.example"])
    }

    @Test("User and password go before the mail, and what EHLO offered is still known after them")
    func login() throws {
        let server = try Self.server(answer: "235 2.7.0 Authentication successful")
        defer { server.stop() }
        let outbound = try Self.outbound(server, .none, try TemporaryFolder())
        try outbound.carryOnce()
        #expect(try outbound.states() == [.sent])
        let token = Data("\u{0}budstikke\u{0}hemmeligt".utf8).base64EncodedString()
        #expect(server.record.lines.contains { $0.hasPrefix("AUTH PLAIN") } && server.record.lines.contains { $0.contains(token) })
        #expect(server.record.mails.first?.recipient.contains("NOTIFY=FAILURE") == true)
    }

    @Test("A refused login is a fault that does not tell the password, and nothing was touched")
    func refused() throws {
        let server = try Self.server(answer: "535 5.7.8 hemmeligt is wrong")
        defer { server.stop() }
        let outbound = try Self.outbound(server, .none, try TemporaryFolder())
        let fault = #expect(throws: Fault.self) { try outbound.carryOnce() }
        #expect(fault?.description.contains("hemmeligt") == false && fault?.mend.contains("PasswordFile") == true)
        #expect(try outbound.states() == [.pending])
    }

    /// FAULTS 13.
    @Test("With a login, preferred TLS is required TLS: the password is not given to who took STARTTLS away")
    func stripped() throws {
        let server = try Self.server(answer: "235 2.7.0 Authentication successful")
        defer { server.stop() }
        let outbound = try Self.outbound(server, .preferred, try TemporaryFolder())
        #expect(throws: Fault.self) { try outbound.carryOnce() }
        #expect(server.wait { $0.ended == 1 } && !server.record.lines.contains { $0.hasPrefix("AUTH") })
    }

    /// FAULTS 34.
    @Test("A password that others may read is refused before anything is sent")
    func openPassword() throws {
        let server = try Self.server(answer: "235 ok")
        defer { server.stop() }
        let secrets = try TemporaryFolder()
        let file = try secrets.write("relay.password", "hemmeligt\n")
        chmod(file, 0o644)
        #expect(throws: Fault.self) {
            try Outbound(
                to: .smtp(url: server.url, startTLS: .none, user: "budstikke", passwordFile: file, caFile: nil),
                recipients: ["a@koege.example"])
        }
        #expect(server.record.connections == 0)
    }

    @Test("AUTH LOGIN, where nothing better is offered")
    func loginMechanism() throws {
        let server = try ScriptedSMTPServer(capabilities: ["AUTH LOGIN"]) { moment in
            guard moment.step == .other else { return .proceed }
            let user = Data("budstikke".utf8).base64EncodedString()
            if moment.line == "AUTH LOGIN" { return .reply("334 VXNlcm5hbWU6") }
            return .reply(moment.line == user ? "334 UGFzc3dvcmQ6" : "235 ok")
        }
        defer { server.stop() }
        let outbound = try Self.outbound(server, .none, try TemporaryFolder())
        try outbound.carryOnce()
        #expect(try outbound.states() == [.sent])
        #expect(server.record.lines.contains(Data("hemmeligt".utf8).base64EncodedString()))
    }

    // MARK: XOAUTH2

    /// A relay that takes the tokens named.
    private static func tokenServer(_ capability: String = "AUTH XOAUTH2 PLAIN", accepts: @escaping @Sendable (String) -> Bool) throws
        -> ScriptedSMTPServer
    {
        try ScriptedSMTPServer(capabilities: [capability]) { moment in
            guard moment.step == .other else { return .proceed }
            if moment.line.hasPrefix("AUTH") { return .reply("334 ") }
            let said = Data(base64Encoded: moment.line).map { String(decoding: $0, as: UTF8.self) } ?? ""
            return .reply(accepts(said) ? "235 2.7.0 ok" : "535 5.7.8 \(said) refused")
        }
    }

    private static func outbound(_ server: ScriptedSMTPServer, _ token: Relay.Token, recipients: Int = 1) throws -> Outbound {
        try Outbound(
            to: .smtp(url: server.url, startTLS: .none, user: "nyt@koege.example", passwordFile: nil, caFile: nil),
            recipients: (0..<recipients).map { "a\($0)@koege.example" }
        ) { $0.token = token }
    }

    @Test("XOAUTH2 with a token from a file, in the words of its specification")
    func tokenFile() throws {
        let server = try Self.tokenServer { $0 == "user=nyt@koege.example\u{1}auth=Bearer tok-1\u{1}\u{1}" }
        defer { server.stop() }
        let secrets = try TemporaryFolder()
        let file = try secrets.write("token", "tok-1\n")
        chmod(file, 0o600)
        let outbound = try Self.outbound(server, .file(file))
        try outbound.carryOnce()
        #expect(try outbound.states() == [.sent])
        #expect(server.record.lines.contains { $0.hasPrefix("AUTH XOAUTH2") })
    }

    @Test("A refused token is asked for anew once, and the token is in no fault")
    func refreshedWhenRefused() throws {
        let folder = try TemporaryFolder()
        let command = "echo x >> \(folder.file("asked")); echo tok-$(wc -l < \(folder.file("asked")) | tr -d ' ')"
        let server = try Self.tokenServer { $0.contains("Bearer tok-2\u{1}") }
        defer { server.stop() }
        let outbound = try Self.outbound(server, .command(command))
        try outbound.carryOnce()
        #expect(try outbound.states() == [.sent])
        let strict = try Self.tokenServer { _ in false }
        defer { strict.stop() }
        let refused = try Self.outbound(strict, .command(command))
        let fault = #expect(throws: Fault.self) { try refused.carryOnce() }
        #expect(fault?.description.contains("tok-") == false && fault?.cause.contains("login") == true)
        #expect(try refused.states() == [.pending])
    }

    @Test("A token is used for its stated lifetime and no longer")
    func lifetime() throws {
        let folder = try TemporaryFolder()
        let asked = folder.file("asked")
        let server = try Self.tokenServer { $0.contains("Bearer tok\u{1}") }
        defer { server.stop() }
        let outbound = try Self.outbound(
            server, .command("echo x >> \(asked); echo '{\"access_token\": \"tok\", \"token_type\": \"Bearer\", \"expires_in\": 3600}'"))
        func count() throws -> Int { try String(contentsOfFile: asked, encoding: .utf8).count { $0 == "x" } }
        for _ in 0..<3 { try outbound.channel.openLane().close() }
        #expect(try count() == 1)
        outbound.clock.advance(by: .seconds(3541))
        try outbound.channel.openLane().close()
        #expect(try count() == 2)
    }

    @Test(
        "A command that fails, says nothing or says nonsense is a fault without its words",
        arguments: ["echo hemmeligt >&2; exit 3", "true", "echo 'two hemmeligt words'", "echo '{\"error\":\"hemmeligt\"}'"])
    func noToken(command: String) throws {
        let server = try Self.tokenServer { _ in true }
        defer { server.stop() }
        let outbound = try Self.outbound(server, .command(command))
        let fault = #expect(throws: Fault.self) { try outbound.carryOnce() }
        #expect(fault?.description.contains("hemmeligt") == false && server.record.connections == 0)
    }

    @Test("A relay that offers no login with a token gets neither token nor an empty password")
    func noOtherMechanism() throws {
        let server = try Self.tokenServer("AUTH PLAIN LOGIN") { _ in true }
        defer { server.stop() }
        let outbound = try Self.outbound(server, .command("echo tok"))
        #expect(throws: Fault.self) { try outbound.carryOnce() }
        #expect(server.wait { $0.ended == 1 } && !server.record.lines.contains { $0.hasPrefix("AUTH") })
    }
}
