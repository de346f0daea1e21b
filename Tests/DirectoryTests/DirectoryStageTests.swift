import Core
import Foundation
import TestKit
import Testing

@testable import Directory
@testable import Ledger

/// FAULTS 30: half written, empty, with a broken row, in Windows-1252: the former directory stays; never "everyone removed".
@Suite struct DirectoryStageTests {
    private let folder: TemporaryFolder
    private let ledger: Ledger
    private let clock = ManualClock()
    private let path: String

    init() throws {
        folder = try TemporaryFolder()
        ledger = try folder.ledger()
        path = folder.file("recipients.csv")
    }

    private func stage() -> DirectoryStage {
        DirectoryStage(path: path, ledger: ledger, clock: clock, log: Log("test", threshold: .alert))
    }

    private func csv(_ numbers: Range<Int>) -> String {
        "email;name\r\n" + numbers.map { "p\($0)@koege.example;Åse \($0)\r\n" }.joined()
    }

    /// Looks until the file has settled and was read.
    private func settle(_ stage: DirectoryStage) {
        _ = stage.step()
        clock.advance(by: .seconds(5))
        _ = stage.step()
    }

    @Test func aFileIsReadWhenItHasSettledAndWhenItChanges() throws {
        let stage = stage()
        try folder.write("recipients.csv", csv(0..<20))
        #expect(stage.step() == clock.now() + .seconds(5))
        #expect(try ledger.recipientCount() == 0)
        clock.advance(by: .seconds(4))
        // It grows: the wait begins anew.
        try folder.write("recipients.csv", csv(0..<30))
        #expect(stage.step() == clock.now() + .seconds(5))
        clock.advance(by: .seconds(4))
        #expect(stage.step() == clock.now() + .seconds(1))
        #expect(try ledger.recipientCount() == 0)
        clock.advance(by: .seconds(1))
        #expect(stage.step() == clock.now() + .seconds(15))
        #expect(try ledger.recipientCount() == 30)
        try folder.write("recipients.csv", csv(10..<40))
        settle(stage)
        #expect(try ledger.recipients().map(\.person.name).sorted() == (10..<40).map { "Åse \($0)" }.sorted())
    }

    @Test func aBadFileLeavesTheFormerDirectoryAndAnAlarmUntilItIsMended() throws {
        let stage = stage()
        try folder.write("recipients.csv", csv(0..<20))
        settle(stage)
        let former = try ledger.recipients()
        let bad = [
            "", "\r\n", "email;name\r\n", csv(0..<20) + "brudt;linje\r\n", String(csv(0..<20).dropLast(8)), csv(0..<5),
            csv(0..<20) + "p1@koege.example;Igen\r\n", String(repeating: "x", count: 1000), "email;name\r\n\"p1@koege.example;Åse",
        ]
        for text in bad {
            try folder.write("recipients.csv", text)
            settle(stage)
            #expect(try ledger.recipients() == former)
            let alarm = try #require(try ledger.standingAlarms().first, "\(text.prefix(40))")
            #expect(alarm.kind == "recipients" && alarm.text.contains("The former directory stays"))
            #expect(!alarm.text.contains("@koege"))
        }
        try FileManager.default.removeItem(atPath: path)
        _ = stage.step()
        #expect(try ledger.standingAlarms().first?.text.contains("no such file") == true)
        #expect(try ledger.recipients() == former)
        let latin = csv(0..<21).unicodeScalars.map { UInt8($0.value) }
        try folder.write("recipients.csv", latin)
        settle(stage)
        #expect(try ledger.standingAlarms().isEmpty)
        #expect(try ledger.recipients().last?.person.name == "Åse 20")
        #expect(try ledger.recipients().count == 21)
    }

    @Test func whatRemovesMoreThanHalfNeedsForce() throws {
        let imports = DirectoryImport(ledger: ledger, clock: clock)
        try folder.write("recipients.csv", csv(0..<20))
        #expect(try imports.importFile(path).added == 20)
        try folder.write("recipients.csv", csv(11..<40))
        let refusal = #expect(throws: DirectoryImport.Refusal.self) { try imports.importFile(path) }
        #expect("\(String(describing: refusal))".contains("remove 11 of 20"))
        #expect(try ledger.recipientCount() == 20)
        #expect(try imports.importFile(path, force: true).removed == 11)
        // Exactly half is no accident's mark; neither is a change of ten people or fewer.
        try folder.write("recipients.csv", csv(26..<40))
        #expect(throws: DirectoryImport.Refusal.self) { try imports.importFile(path) }
        try folder.write("recipients.csv", csv(30..<40))
        #expect(try imports.importFile(path, force: true).total == 10)
        try folder.write("recipients.csv", csv(50..<51))
        #expect(try imports.importFile(path).removed == 10)
    }

    @Test func anImportByHandNamesEachBadRow() throws {
        let text = csv(0..<20) + "brudt;linje\r\np1@koege.example;Igen\r\n"
        let fault = #expect(throws: Fault.self) {
            try DirectoryImport(ledger: ledger, clock: clock).take(Array(text.utf8), name: "ny.csv")
        }
        #expect(fault?.cause.split(separator: "\n").map { $0.prefix(10) } == ["ny.csv:22 ", "ny.csv:23 "])
        #expect(try ledger.recipientCount() == 0)
    }

    @Test func aFIFOOrAFolderUnderTheNameDoesNotBlock() throws {
        #expect(mkfifo(path, 0o600) == 0)
        #expect(throws: DirectoryImport.Refusal.self) { try DirectoryImport(ledger: ledger, clock: clock).importFile(path) }
        _ = stage().step()
        #expect(try ledger.standingAlarms().count == 1)
        #expect(throws: DirectoryImport.Refusal.self) { try DirectoryImport(ledger: ledger, clock: clock).importFile(folder.path) }
    }

    @Test func theFirstStartReadsAtOnceAndAKickReadsAgain() throws {
        let told = Kick()
        ledger.kick(told, on: [.recipients])
        try folder.write("recipients.csv", csv(0..<20))
        let stage = stage()
        try stage.start()
        #expect(try ledger.recipientCount() == 20)
        told.wait(until: nil, clock: SystemClock())
        try folder.write("recipients.csv", csv(0..<25))
        // Two looks with the time of settling between them; the ledger tells when the second has read the file.
        for _ in 0..<1000 where try ledger.recipientCount() != 25 {
            clock.advance(by: .seconds(5))
            stage.look()
            told.wait(until: SystemClock().now() + .milliseconds(50), clock: SystemClock())
        }
        stage.stop()
        #expect(try ledger.recipientCount() == 25)
    }
}
