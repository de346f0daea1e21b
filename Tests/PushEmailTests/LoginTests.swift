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
}
