import Core
import Foundation
import TestKit
import Testing

/// FAULTS 30 on the real daemon: whatever becomes of the employees' file, the former directory stays until a good one is there.
@Suite struct DirectoryFaultTests {
    private static func count(_ house: Installation) throws -> Int {
        let status = try #require(try house.json("status") as? [String: Any])
        return try #require(status["recipients"] as? Int)
    }

    @Test func aBadFileLeavesTheFormerDirectory() throws {
        let house = try Installation()
        try house.writeRecipients(40)
        let daemon = try Daemon(house)
        #expect(try eventually { try Self.count(house) == 40 }, "\(daemon.logText)")
        let whole = try house.text("recipients.csv")
        let bad: [(name: String, text: String, said: String)] = [
            ("half written", String(whole.prefix(whole.count / 2)) + "\"p99", "recipients.csv"), ("empty", "", "recipients.csv"),
            ("a header alone", "email;name\n", "recipients.csv"),
            ("a broken row", whole + "ikke-en-adresse;Bo\np50@koege.example;Ida\n", "recipients.csv:42"),
            ("most of them gone", "email;name\np1@koege.example;Person 1\n", "recipients.csv"),
        ]
        for (name, text, said) in bad {
            let before = daemon.logText.count
            try house.write("recipients.csv", text)
            #expect(try eventually { try house.alarms() == ["recipients"] }, "\(name): \(daemon.logText)")
            #expect(eventually { String(daemon.logText.dropFirst(before)).contains(said) }, "\(name): \(daemon.logText.dropFirst(before))")
            #expect(try Self.count(house) == 40, "\(name)")
            try house.write("recipients.csv", whole)
            #expect(try eventually { try house.alarms().isEmpty }, "\(name): \(daemon.logText)")
        }
        // As Excel saves it.
        let latin =
            Array("email;name\r\n".utf8) + (0..<41).flatMap { Array("p\($0)@koege.example;S".utf8) + [0xF8] + Array("ren\r\n".utf8) }
        try house.folder.write("house/recipients.csv", latin)
        #expect(try eventually { try Self.count(house) == 41 }, "\(daemon.logText)")
        let run = try house.command("run", "direktionens-nyhedsbrev", "--yes")
        #expect(run.status == 0 || run.errorText.contains("no items"), "\(run.errorText)")
        #expect(daemon.terminate() == 0)
    }
}
