import Core
import Ledger
import TestKit
import Testing

@Suite struct SessionTests {
    private let noon = Instant(seconds: 1_795_000_000)

    private let folder: TemporaryFolder
    private let ledger: Ledger

    init() throws {
        folder = try TemporaryFolder()
        ledger = try folder.ledger()
        try ledger.addAccount(
            "anne", address: EmailAddress("anne@koege.example"), roles: [.editor, .contributor("HR")], passwordHash: "x", by: "t", at: noon)
        try ledger.beginSession("d", of: "anne", from: "::1", at: noon)
    }

    private func session(_ ledger: Ledger, after span: Span) throws -> Account? {
        try ledger.session("d", idle: .hours(2), lasting: .hours(12), at: noon + span)
    }

    @Test func endsWhenIdleAndWhenItHasLasted() throws {
        #expect(try session(ledger, after: .minutes(119))?.roles == [.editor, .contributor("HR")])
        #expect(try session(ledger, after: .minutes(238)) != nil, "use keeps it")
        #expect(try session(ledger, after: .minutes(358)) == nil)
        #expect(try session(ledger, after: .minutes(238)) == nil, "what has ended does not come back")
        try ledger.beginSession("d", of: "anne", from: "::1", at: noon)
        for hours in 1..<12 { #expect(try session(ledger, after: .hours(Int64(hours))) != nil) }
        #expect(try session(ledger, after: .hours(12)) == nil)
    }

    @Test func whatAnOpenPageAsksByItselfKeepsNoSession() throws {
        let listening = try ledger.session("d", idle: .hours(2), lasting: .hours(12), isActivity: false, at: noon + .minutes(119))
        #expect(listening != nil)
        #expect(try session(ledger, after: .minutes(121)) == nil)
    }

    @Test(arguments: 0..<3) func endsWithRolePasswordAndAccount(_ change: Int) throws {
        switch change {
        case 0: try ledger.setRoles([.director], of: "anne", by: "t", at: noon)
        case 1: try ledger.setPassword(hash: "y", of: "anne", by: "t", at: noon)
        default: try ledger.removeAccount("anne", by: "t", at: noon)
        }
        #expect(try session(ledger, after: .minutes(1)) == nil)
    }

    @Test func aFifthFailureHasTheSixthWaitLongerEachTime() throws {
        var now = noon
        for failure in 1...7 {
            #expect(try ledger.loginWait(["account anne"], at: now) == nil)
            try ledger.recordLoginFailure(["account anne", "address ::1"], account: "anne", from: "::1", at: now)
            if failure >= 5 {
                let wait = Span.seconds(30 << Int64(failure - 5))
                #expect(try ledger.loginWait(["account anne"], at: now) == now + wait)
                #expect(try ledger.loginWait(["account berit", "address ::1"], at: now) == now + wait)
                now = now + wait
            }
        }
        // Never longer than a quarter of an hour, and a login clears the account.
        for _ in 0..<40 { try ledger.recordLoginFailure(["account anne"], account: "anne", from: "::1", at: now) }
        #expect(try ledger.loginWait(["account anne"], at: now) == now + .minutes(15))
        try ledger.beginSession("e", of: "anne", from: "::1", at: now)
        #expect(try ledger.loginWait(["account anne"], at: now) == nil)
    }

    @Test(arguments: ["", "a", "Anne", "anne berg", "intake", "planner", "anne\n", String(repeating: "a", count: 65)])
    func isNoName(_ name: String) throws {
        #expect(throws: Fault.self) { try ledger.addAccount(name, address: nil, roles: [], passwordHash: "x", by: "t", at: noon) }
    }

    @Test func rolesAreReadAsTheyAreWritten() {
        for text in ["editor", "director", "operator", "contributor:Teknik og Miljø", "med-a:Hovedudvalget", "med-b:A:B"] {
            #expect(DeskRole(text)?.description == text)
        }
        for text in ["", "editor:HR", "contributor", "contributor:", "admin"] { #expect(DeskRole(text) == nil) }
    }
}
