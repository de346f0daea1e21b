import Core
import Foundation
import TestKit
import Testing

@testable import Directory
@testable import Ledger

/// Employees from Debian's OpenLDAP: all of them or none.
@Suite(.serialized, .enabled(if: Oracle.hasProgram(RealSlapd.programs[0], RealSlapd.programs[2]), "needs slapd and ldap-utils"))
struct LDAPDirectoryTests {
    private let folder: TemporaryFolder
    private let ledger: Ledger
    private let clock = ManualClock()

    init() throws {
        folder = try TemporaryFolder()
        ledger = try folder.ledger()
        try folder.write("password", RealSlapd.password + "\n")
        chmod(folder.file("password"), 0o600)
    }

    private func server(_ slapd: RealSlapd, secure: Bool = true, _ change: (inout DirectoryServer) -> Void = { _ in }) -> LDAPDirectory {
        var server = DirectoryServer(
            kind: .ldap, url: secure ? "ldaps://127.0.0.1:\(slapd.securePort)" : "ldap://127.0.0.1:\(slapd.port)")
        server.startsTLS = !secure
        server.base = RealSlapd.base
        server.user = RealSlapd.user
        server.passwordFile = folder.file("password")
        server.caFile = slapd.caFile
        change(&server)
        return LDAPDirectory(server, program: .ldapsearch, folder: folder.path)
    }

    @Test func fiveThousandComeInPagesOfFiveHundred() throws {
        let slapd = try RealSlapd((0..<5_000).map { RealSlapd.person($0) }, sizeLimit: 500)
        let people = try server(slapd).people().get()
        #expect(people.count == 5_000 && Set(people.map(\.address)).count == 5_000)
        let one = try #require(people.first { $0.address.text == "p30@koege.example" })
        #expect(one.name == "Søren 30" && one.department == "HR" && one.role == "leder" && one.location == "Rådhuset")
        // The limit is real: one page of more than it may give is cut by the server, and then nobody is taken.
        #expect { try server(slapd) { $0.pageSize = 5_000 }.people() } throws: { "\($0)".contains("a limit of the server cut the answer") }
        let change = try DirectoryImport(ledger: ledger, clock: clock).take(server(slapd, secure: false))
        #expect(change.added == 5_000)
        #expect(try DirectoryImport(ledger: ledger, clock: clock).take(server(slapd)).changed == 0)
        #expect { try DirectoryImport(ledger: ledger, clock: clock).take(server(slapd) { $0.filter = "(title=leder)" }) } throws: {
            "\($0)".contains("4500 of 5000 people, 90 % of them") && "\($0)".contains("recipients sync --force")
        }
        #expect(try ledger.recipientCount() == 5_000)
        let forced = try DirectoryImport(ledger: ledger, clock: clock).take(server(slapd) { $0.filter = "(title=leder)" }, force: true)
        #expect(forced.removed == 4_500)
    }

    @Test func attributesFillColumns() throws {
        let slapd = try RealSlapd([
            RealSlapd.person(1, "employeeType: A\npreferredLanguage: en-GB"), RealSlapd.person(2, "preferredLanguage: sv"),
            "dn: uid=x,\(RealSlapd.base)\nobjectClass: inetOrgPerson\nuid: x\ncn: X\nsn: X\n",
        ])
        let people = try server(slapd) {
            $0.attributes = ["kategori": "employeeType", "location": "title"]
        }.people().get().sorted { $0.address.text < $1.address.text }
        #expect(people.map(\.address.text) == ["p1@koege.example", "p2@koege.example"], "one has no mail address")
        #expect(people[0].attributes == ["kategori": "A"] && people[0].location == "sagsbehandler" && people[0].language == .en)
        #expect(people[1].language == nil)
    }

    @Test func nobodyIsTakenWhenSomethingIsWrong() throws {
        let slapd = try RealSlapd((0..<20).map { RealSlapd.person($0) } + [RealSlapd.person(21).replacing("mail: p21@", with: "mail: P1@")])
        let refusals: [(String, (inout DirectoryServer) -> Void)] = [
            ("its certificate", { $0.caFile = nil }), ("refuses the login", { $0.user = "cn=other,\(RealSlapd.base)" }),
            ("no such Base", { $0.base = "dc=else" }), ("does not answer", { $0.url = "ldaps://127.0.0.1:1" }),
            ("its certificate", { $0.url = "ldaps://127.0.0.2:\(slapd.securePort)" }),
        ]
        for (words, change) in refusals {
            #expect("\(words)") { try server(slapd, change).people() } throws: { error in
                !"\(error)".contains(RealSlapd.password) && "\(error)".contains(words)
            }
        }
        // A login in clear text, where the server wants none: StartTLS comes first or nothing does.
        #expect(throws: Fault.self) { try server(slapd, secure: false) { $0.caFile = "/dev/null" }.people() }
        guard case .failure(let problems) = try server(slapd).people() else { return #expect(Bool(false), "two have one address") }
        #expect("\(problems)".contains("same address") && !"\(problems)".contains("@koege"))
        var failures = 0
        let stage = DirectoryServerStage(
            source: server(slapd), directory: DirectoryImport(ledger: ledger, clock: clock), ledger: ledger, clock: clock,
            rescan: .hours(1),
            log: Log("test", threshold: .alert))
        #expect(stage.step(&failures) == clock.now() + .minutes(1))
        #expect(stage.step(&failures) == clock.now() + .minutes(2))
        #expect(try ledger.standingAlarms().map(\.kind) == ["recipients"])
        let good = DirectoryServerStage(
            source: server(slapd) { $0.filter = "(&(mail=*)(!(uid=p21)))" }, directory: DirectoryImport(ledger: ledger, clock: clock),
            ledger: ledger, clock: clock, rescan: .hours(1), log: Log("test", threshold: .alert))
        #expect(good.step(&failures) == clock.now() + .hours(1))
        #expect(try ledger.standingAlarms().isEmpty && ledger.recipientCount() == 20)
    }

    @Test func ldifIsRead() {
        let text =
            "version: 1\n\ndn: a=b\ncn:: U8O4cmVu\nmail: a@b.example\nmail: c@\n d.example\njpegPhoto:< file:///x\n# c\ncn;lang-da: X\n\ndn: c\n\n"
        let entries = LDIF.entries(Array(text.utf8))
        #expect(entries == [["dn": ["a=b"], "cn": ["Søren", "X"], "mail": ["a@b.example", "c@d.example"]], ["dn": ["c"]]])
        #expect(LDIF.firstValue(ofName: "CN=Ledere\\, K\\C3\\B8ge,OU=x") == "Ledere, Køge")
    }
}
