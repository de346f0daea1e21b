import Core
import Foundation
import TestKit
import Testing

/// The first thing that a newcomer runs, as they run it.
@Suite struct DemoTests {
    @Test func theDemonstrationDeliversAndEnds() throws {
        let folder = try TemporaryFolder()
        let outcome = try Installation.run(["demo", "--dir", folder.file("demo"), "--port", "0", "--once"])
        #expect(outcome.status == 0, "\(outcome.errorText)")
        let mails = (FileManager.default.subpaths(atPath: folder.file("demo/outbox")) ?? []).filter { $0.hasSuffix(".eml") }
        #expect(mails.count >= 25)
        let posts = try FileManager.default.contentsOfDirectory(atPath: folder.file("demo/intranet"))
        #expect(posts.count == 1)
        let dropped = FileManager.default.subpaths(atPath: folder.file("demo/drop")) ?? []
        #expect(dropped.filter { $0.hasSuffix(".kvittering.html") }.count == 8)
        #expect(!dropped.contains { $0.contains("Afvist/") })
        #expect(outcome.outputText.contains("/editions/direktionens-nyhedsbrev-"))
    }

    @Test func aSetUpRunsAsItIs() throws {
        let house = try Installation()
        let check = try house.command("check")
        #expect(check.status == 0 && check.outputText == "No problems found.\n", "\(check.outputText)")
        for name in ["Templates/identity.conf", "Schedules/infoskaerm.schedule", "recipients.csv", "drop/HR", "outbox"] {
            #expect(FileManager.default.fileExists(atPath: house.path + "/" + name), "\(name)")
        }
        let again = try Installation.run(["init", house.path])
        #expect(again.status == 1 && again.errorText.contains("already"))
    }
}
