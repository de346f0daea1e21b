import Core
import Foundation
import Ledger
import TestKit
import Testing

/// `person export` and `person erase` on the real daemon: after it the address is in no byte of the installation but the
/// directory's own and what a source wrote.
@Suite struct PersonServiceTests {
    private static let address = "p7@koege.example"

    /// The files below a folder whose bytes hold a text, whatever the case of its letters, and as `strings | grep` finds it.
    private static func holding(_ text: String, below folder: String) throws -> [String] {
        let found = try ChildProcess.run("/usr/bin/grep", ["-rliaF", "--", text, folder])
        return found.outputText.split(separator: "\n").map(String.init)
    }

    /// A house in which the person is everywhere: in the directory, in mails, in an item that all were sent, in an account, in the trail.
    private static func house() throws -> (Installation, Daemon) {
        let house = try Installation()
        try house.writeRecipients(30)
        try house.write("drop/HR/Nyt.md", "Kontakt: Person (\(address))\n\nEn nyhed til alle\n\nSkriv til \(address), hvis du vil med.\n")
        let daemon = try Daemon(house)
        #expect(try eventually { try house.items().count == 1 && house.hasPeople() }, "\(daemon.logText)")
        try house.user("p7", "editor")
        let added = try Installation.run(
            ["user", "add", "pia", "--roles", "editor", "--email", address, "--config", house.configuration],
            input: DeskVisitor.password + "\n")
        #expect(added.status == 0, "\(added.errorText)")
        #expect(try house.command("run", DiskFaultTests.publication, "--yes").status == 0)
        #expect(eventually { DiskFaultTests.mails(house).filter { !$0.contains("notice") }.count >= 30 }, "\(daemon.logText)")
        let isDone = try eventually {
            let counts = try BackupTests.deliveries(house)
            return counts["pending"] == nil && counts["sending"] == nil
        }
        #expect(isDone, "\(daemon.logText)")
        return (house, daemon)
    }

    @Test func aPersonIsToldAndErasedWhileTheDaemonRuns() throws {
        let (house, daemon) = try Self.house()
        let export = try house.command("person", "export", Self.address)
        #expect(export.status == 0 && export.outputText.contains("Person 7") && export.outputText.contains("pia"), "\(export.outputText)")
        #expect(export.outputText.contains("sent  direktionens-nyhedsbrev") && export.outputText.contains("item 1, version 1"))
        let told = try #require(try house.json("person", "export", Self.address) as? [String: Any])
        #expect((told["files"] as? [String])?.count ?? 0 >= 1)
        let counts = try BackupTests.deliveries(house)
        #expect(try Self.holding(Self.address, below: house.path + "/state").contains { $0.contains("ledger.sqlite") })
        #expect(try Self.holding(Self.address, below: house.path + "/outbox").count > 1)
        let receipts = try Self.holding(Self.address, below: house.path + "/drop").map { String($0.dropFirst(house.path.count)) }
        #expect(Set(receipts) == ["/drop/HR/Modtaget/Nyt.md", "/drop/HR/Modtaget/Nyt.kvittering.html"])
        #expect(try house.command("backup", house.path + "/state/backup.sqlite").status == 0)
        #expect(try house.command("backup", house.path + "/elsewhere.sqlite").status == 0)

        // The answer says that the directory still has the person.
        let warned = try house.command("person", "erase", Self.address)
        #expect(
            warned.status == 0 && warned.outputText.contains("comes back as a new employee"), "\(warned.outputText) \(warned.errorText)")
        try house.writeRecipients(30, without: 7)
        #expect(try eventually { try house.people() == 29 }, "\(daemon.logText)")
        let erased = try house.command("person", "erase", Self.address)
        #expect(erased.status == 0 && !erased.outputText.contains("BUT"), "\(erased.outputText) \(erased.errorText)")
        #expect(erased.outputText.contains("The address is in none of"), "\(erased.outputText)")

        // What is not the daemon's to change is named: copies that were made before, and the source's own file.
        for file in ["state/backup.sqlite", "elsewhere.sqlite", "drop/HR/Modtaget/Nyt.md"] {
            #expect(erased.outputText.contains("/house/\(file)\n"), "\(erased.outputText)")
            try FileManager.default.removeItem(atPath: house.path + "/" + file)
        }
        let receipt = try house.text("drop/HR/Modtaget/Nyt.kvittering.html")
        #expect(receipt.contains("xx@xxxxx.xxxxxxx") && receipt.contains("</html>"))
        for folder in ["state", "outbox", "Templates", "drop", "Schedules"] {
            #expect(try Self.holding(Self.address, below: house.path + "/" + folder) == [], "\(erased.outputText)")
        }
        // Also where a mail's line breaks in the middle of it.
        for name in DiskFaultTests.mails(house) {
            let bytes = try #require(FileManager.default.contents(atPath: house.path + "/outbox/" + name))
            #expect(AddressInText.places(of: Self.address, in: Array(bytes)).isEmpty, "\(name)")
        }
        #expect(!daemon.logText.contains(Self.address))
        let strings = try ChildProcess.run("/bin/sh", ["-c", "strings \(house.path)/state/* 2>/dev/null | grep -ic '\(Self.address)'"])
        #expect(strings.outputText == "0\n")
        #expect(try BackupTests.deliveries(house) == counts)
        let again = try house.command("person", "export", Self.address)
        #expect(again.outputText == "Nothing is kept about \(Self.address).\n", "\(again.outputText)")
        // What the web shows comes from the changed texts.
        let port = UInt16(try daemon.port)
        let isGone = try eventually {
            let feed = try RawHTTPClient(port: port).request("GET", "/feeds/infoskaerm.json", ["Connection: close"])
            return feed.status == 200 && feed.text.contains("En nyhed til alle") && !feed.text.contains(Self.address)
        }
        #expect(isGone, "\(daemon.logText)")
        let archive = try RawHTTPClient(port: port).request("GET", "/editions/", ["Connection: close"]).text
        let page = try #require(archive.firstMatch(of: /\/editions\/[a-z0-9-]+/)).0
        let edition = try RawHTTPClient(port: port).request("GET", String(page), ["Connection: close"])
        #expect(edition.status == 200 && edition.text.contains(Ledger.erasedAddress) && !edition.text.contains(Self.address))
        #expect(daemon.terminate() == 0)
        let damaged = try house.command("status")
        #expect(!damaged.errorText.contains("damaged"))
        #expect(try Self.holding(Self.address, below: house.path + "/state") == [])
    }

    /// Who had unsubscribed is not sent what they did not want when they come again; nothing names them between.
    @Test func whoComesAgainIsANewPersonWithTheirNo() throws {
        let house = try Installation()
        try house.writeRecipients(30)
        try house.write("drop/HR/Nyt.md", "En nyhed til alle\n\nMed en tekst.\n")
        let daemon = try Daemon(house)
        #expect(try eventually { try house.items().count == 1 && house.hasPeople() }, "\(daemon.logText)")
        #expect(try house.command("run", DiskFaultTests.publication, "--yes").status == 0)
        #expect(eventually { DiskFaultTests.mails(house).count == 30 }, "\(daemon.logText)")
        let mail = try #require(DiskFaultTests.mails(house).first { $0.contains("p7@") })
        let text = try house.text("outbox/" + mail).replacing("=\r\n", with: "").replacing("\r\n ", with: " ")
        let link = try #require(text.firstMatch(of: /List-Unsubscribe: *<https?:\/\/[^\/]+(\/u\/[^>]+)>/)).1
        let client = try RawHTTPClient(port: UInt16(try daemon.port))
        let body = "List-Unsubscribe=One-Click"
        try client.send(
            "POST \(link) HTTP/1.1\r\nHost: x\r\nConnection: close\r\nContent-Type: application/x-www-form-urlencoded\r\nContent-Length: \(body.utf8.count)\r\n\r\n\(body)"
        )
        #expect(try client.answer().status == 200)
        try house.writeRecipients(30, without: 7)
        #expect(try eventually { try house.people() == 29 }, "\(daemon.logText)")
        let erased = try house.command("person", "erase", Self.address)
        #expect(erased.status == 0 && erased.outputText.contains("remembered by a keyed digest"), "\(erased.outputText)")
        #expect(try Self.holding(Self.address, below: house.path + "/state") == [])
        // The link of the old mail names nobody.
        let dead = try RawHTTPClient(port: UInt16(try daemon.port)).request("GET", String(link), ["Connection: close"])
        #expect(dead.status == 404)
        try house.writeRecipients(30)
        #expect(try eventually { try house.people() == 30 }, "\(daemon.logText)")
        let export = try house.command("person", "export", Self.address)
        #expect(export.outputText.contains("Unsubscribed from:") && !export.outputText.contains("Mails:"), "\(export.outputText)")
        #expect(daemon.terminate() == 0)
    }

    @Test func retentionIsShown() throws {
        let house = try Installation { $0 + "\n[Retention]\nAudit=forever\nDeliveries=30d\n" }
        let shown = try house.command("status", "--retention")
        #expect(shown.status == 0 && shown.outputText.contains("for ever"), "\(shown.outputText) \(shown.errorText)")
        let lines = try #require(try house.json("status", "--retention") as? [[String: Any]])
        #expect(lines.first { $0["kind"] as? String == "Deliveries" }?["span"] as? String == "30d")
        #expect(lines.count == RetentionKind.allCases.count)
    }
}

extension Installation {
    fileprivate func writeRecipients(_ count: Int, without number: Int) throws {
        let rows = (0..<count).filter { $0 != number }.map { "p\($0)@koege.example;Person \($0)" }
        try write("recipients.csv", "email;name\n" + rows.joined(separator: "\n") + "\n")
    }

    fileprivate func people() throws -> Int? { (try json("status") as? [String: Any])?["recipients"] as? Int }
}
