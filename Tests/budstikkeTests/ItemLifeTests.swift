import Core
import Foundation
import TestKit
import Testing

/// The life of an item as its writer and an editor follow it, on the real daemon.
@Suite struct ItemLifeTests {
    static let story = (0..<40).map { "ord\($0)" }.joined(separator: " ")

    @Test func aStoryToldTwiceIsSeenToldOfAndMadeOne() throws {
        let house = try Installation {
            $0.replacing("[Source HR]\nKind=department", with: "[Source HR]\nKind=department\nContact=hr@eksempel.example")
                .replacing("Rescan=200ms", with: "Rescan=200ms\nBlockedWord=projekt fønix")
        }
        let daemon = try Daemon(house)
        try ServiceTests.drop(house, "Teknik og Miljø/Sti.md", "Ny sti\n\n\(Self.story)\n")
        #expect(try eventually { try ServiceTests.items(house).count == 1 }, "\(daemon.logText)")
        try ServiceTests.drop(house, "HR/Ny sti.md", "Stien er klar\n\n\(Self.story) og mere\n")
        #expect(try eventually { try ServiceTests.items(house).count == 2 }, "\(daemon.logText)")
        #expect(try ServiceTests.items(house).first?["resembles"] as? Int == 1)
        let shown = try house.command("item", "2").outputText
        #expect(shown.contains("item 1 of Teknik og Miljø") && shown.contains("withdraw 2 --same-as 1"), "\(shown)")

        // The receipt went to the department's contact as a mail, into the outbox.
        #expect(eventually { house.files("outbox/notices").contains("00001-hr@eksempel.example.eml") }, "\(daemon.logText)")
        let mail = try String(contentsOfFile: house.path + "/outbox/notices/00001-hr@eksempel.example.eml", encoding: .utf8)
        #expect(mail.contains("Subject: Modtaget: Stien er klar") && mail.contains("Auto-Submitted: auto-generated"))

        try ServiceTests.drop(house, "HR/Ny sti.md", "Stien er klar nu\n\n\(Self.story) og mere\n")
        #expect(try eventually { try house.command("item", "2").outputText.contains("Stien er klar {+nu+}") }, "\(daemon.logText)")
        #expect(try house.command("item", "2", "--version", "1").outputText.contains("title     Stien er klar\n"))
        let joined = try house.command("withdraw", "2", "--same-as", "1")
        #expect(joined.status == 0, "\(joined.errorText)")
        #expect(try house.command("item", "1").outputText.contains("also told by item 2"))

        try ServiceTests.drop(house, "HR/Hemmeligt.md", "Nyt\n\nOm Projekt-Fønix.\n")
        #expect(eventually { house.files("drop/HR/Afvist").contains("Hemmeligt.besked.txt") }, "\(daemon.logText)")
        let note = try String(contentsOfFile: house.path + "/drop/HR/Afvist/Hemmeligt.besked.txt", encoding: .utf8)
        #expect(note.contains("‘projekt fønix’ står i teksten"))
        let status = try house.command("status").outputText
        #expect(status.contains("blockedWord") && status.contains("HR/Hemmeligt.md"), "\(status)")
        #expect(eventually { house.files("outbox/notices").count == 3 }, "\(house.files("outbox/notices"))")
    }
}
