import Core
import Foundation
import Ledger
import TestKit
import Testing

@testable import Intake

@Suite struct InterruptionTests {
    /// FAULTS 18: paused while its writer has it open, over a restart, and growing again.
    @Test func aFileIsNotTakenInUntilWhole() throws {
        let house = try DropHouse()
        let path = try house.drop("a.md", "Første halv")
        let writer = try #require(FileHandle(forWritingAtPath: path))
        house.settleAndTake()
        house.pass(after: .seconds(60))
        try house.restart()
        house.settleAndTake()
        #expect(try house.items().isEmpty)
        try writer.seekToEnd()
        try writer.write(contentsOf: Data("del og anden".utf8))
        try writer.close()
        house.settleAndTake()
        #expect(try house.items().first?.content.title == "Første halvdel og anden")
    }

    @Test func settlingBeginsAnewWithEachChangeAndAfterARestart() throws {
        let house = try DropHouse()
        try house.drop("a.md", "En")
        _ = house.stage.step()
        house.pass(after: .seconds(4))
        try house.drop("a.md", "En to")
        house.pass(after: .seconds(4))
        #expect(try house.items().isEmpty)
        try house.restart()
        house.pass(after: .seconds(4))
        #expect(try house.items().isEmpty)
        house.pass(after: .seconds(5))
        #expect(try house.items().first?.content.title == "En to")
    }

    @Test func aClockSetBackOnlyDelays() throws {
        let house = try DropHouse()
        try house.drop("a.md", "En")
        _ = house.stage.step()
        house.pass(after: .seconds(-3_600))
        #expect(try house.items().isEmpty)
        house.pass(after: DropHouse.settle)
        #expect(try house.items().count == 1)
    }

    /// The ledger has it, the original was not moved: as after a kill between the commit and the move.
    @Test func aRestartBetweenCommitAndMoveOnlyMoves() throws {
        let house = try DropHouse()
        try house.drop("a.md", "En nyhed")
        house.settleAndTake()
        let first = try house.items()
        try FileManager.default.moveItem(atPath: house.folder.file("drop/HR/Modtaget/a.md"), toPath: house.folder.file("drop/HR/a.md"))
        try house.folder.write("state/spool/rest", "x")
        try house.restart()
        house.settleAndTake()
        #expect(try house.items() == first)
        #expect(house.names().isEmpty && house.names("Modtaget").contains { $0.hasSuffix(".md") })
        #expect(try FileManager.default.contentsOfDirectory(atPath: house.folder.file("state/spool")).isEmpty)
    }

    @Test func aNewVersionSavedBetweenClaimAndMoveStays() throws {
        let house = try DropHouse()
        try house.drop("a.md", "Gammel")
        _ = house.stage.step()
        let source = try OpenFolder(root: house.folder.file("drop/HR"))
        let entry = try #require(FolderEntry(source.descriptor, EntryName("a.md")))
        try house.drop("a.md", "Ny udgave")
        guard case .changed = try Tray(.received, in: source).take([entry], from: source) else {
            Issue.record("a version that nobody has read was moved away")
            return
        }
        #expect(house.names() == ["a.md"])
    }

    @Test func theShareAwayIsAnAlarmAndItsReturnTheEnd() throws {
        let house = try DropHouse(sources: ["HR", "Teknik"])
        try house.drop("a.md", "En")
        house.settleAndTake()
        let (drop, away) = (house.folder.file("drop"), house.folder.file("væk"))
        try FileManager.default.moveItem(atPath: drop, toPath: away)
        _ = house.stage.step()
        #expect(try house.alarms() == ["drop-folder \(drop)"])
        // The mount point without its share: empty, and nothing is made in it.
        try FileManager.default.createDirectory(atPath: drop, withIntermediateDirectories: true)
        _ = house.stage.step()
        #expect(try FileManager.default.contentsOfDirectory(atPath: drop).isEmpty)
        #expect(try house.alarms() == ["drop-folder \(drop)"])
        try FileManager.default.removeItem(atPath: drop)
        try FileManager.default.moveItem(atPath: away, toPath: drop)
        try house.drop("b.md", "To")
        house.settleAndTake()
        #expect(try house.alarms().isEmpty)
        #expect(try house.items().map(\.state) == [.accepted, .accepted])
    }

    @Test func oneFolderThatCannotBeUsedDoesNotStopTheOthers() throws {
        let house = try DropHouse(sources: ["HR", "Teknik"])
        // A file where the folder should be fails for root as well as for anybody else.
        try house.folder.write("drop/HR", "")
        try house.drop("a.md", "En", source: "Teknik")
        try house.folder.write("drop/Fremmed/x.md", "Nogen har lagt den forkert")
        house.settleAndTake()
        #expect(try house.items().map(\.source) == ["Teknik"])
        #expect(Set(try house.alarms()) == ["intake HR", "drop-stray Fremmed"])
        try FileManager.default.removeItem(atPath: house.folder.file("drop/HR"))
        try FileManager.default.removeItem(atPath: house.folder.file("drop/Fremmed"))
        house.settleAndTake()
        #expect(try house.alarms().isEmpty && house.names().isEmpty)
    }

    @Test func theStageRunsWakesAndStops() async throws {
        let house = try DropHouse()
        let kick = Kick()
        house.ledger.kick(kick, on: [.items])
        try FileManager.default.createDirectory(atPath: house.folder.file("drop/HR"), withIntermediateDirectories: true)
        house.stage.start()
        try house.drop("a.md", "En")
        var turns = 0
        while try house.items().isEmpty, turns < 200 {
            house.clock.advance(by: .seconds(1))
            house.stage.look()
            kick.wait(until: nil, clock: house.clock, atMost: .milliseconds(100))
            turns += 1
        }
        house.stage.stop()
        #expect(try house.items().count == 1)
    }

    @Test func inotifyKicksWithoutAnyPolling() throws {
        let folder = try TemporaryFolder()
        let kick = Kick()
        let hints = try #require(FolderHints(kick: kick))
        hints.watch(folder.path)
        try folder.write("a.md", "x")
        #expect(eventually { kick.isKicked })
        hints.stop()
    }
}
