import Core
import Database
import Foundation
import TestKit
import Testing

@testable import Ledger
@testable import Retention

/// The nightly pass: what it removes, when it comes, and what it does when something is in its way.
@Suite struct RetentionStageTests {
    private let folder: TemporaryFolder
    private let ledger: Ledger
    private let clock = ManualClock()

    init() throws {
        folder = try TemporaryFolder()
        ledger = try folder.ledger()
    }

    private func stage(_ change: (inout RetentionRule) -> Void = { _ in }) -> RetentionStage {
        var rule = RetentionRule()
        change(&rule)
        return RetentionStage(
            rule, zone: .copenhagen, receipts: ReceiptSweep(drop: folder.file("drop"), sources: ["HR", "Akut/HR"]), ledger: ledger,
            clock: clock, log: Log("test", threshold: .alert))
    }

    private func write(_ name: String, age: Span) throws {
        let path = try folder.write("drop/" + name, "x")
        let seconds = clock.now().seconds - age.milliseconds / 1000
        var times = [timeval(tv_sec: Int(seconds), tv_usec: 0), timeval(tv_sec: Int(seconds), tv_usec: 0)]
        #expect(utimes(path, &times) == 0)
    }

    @Test func itComesOnceANight() throws {
        let stage = stage { $0.minute = 3 * 60 + 30 }
        let now = Zone.copenhagen.instant(try #require(CivilDateTime(iso: "2026-11-21T03:29")))
        #expect(stage.night(after: now) == now + .minutes(1))
        #expect(stage.night(after: now + .minutes(1)) == now + .minutes(1) + .days(1))
        // The night in which the hour is left out, and the one that has it twice.
        for (date, hours) in [("2027-03-27", 23), ("2026-10-24", 25)] {
            let evening = Zone.copenhagen.instant(try #require(CivilDateTime(iso: date + "T03:30")))
            #expect(stage.night(after: evening) == evening + .hours(Int64(hours)))
        }
    }

    @Test func aPassRemovesNotesAndTells() throws {
        for number in 0..<450 { try ledger.recordRefusal(by: "a", of: "\(number)", "c", .noLogin, at: clock.now() - .days(800)) }
        try ledger.recordRefusal(by: "a", of: "kept", "c", .noLogin, at: clock.now() - .days(700))
        let stage = stage()
        #expect(stage.pass() == stage.night(after: clock.now()))
        #expect(try ledger.auditTrail(limit: 1_000).map(\.detail) == ["kept: no login"])
        let passes = try ledger.retentionPasses()
        #expect(passes[.audit] == RetentionPass(at: clock.now(), removed: 450, total: 450) && passes.count == RetentionKind.allCases.count)
        clock.advance(by: .days(40))
        _ = stage.pass()
        #expect(try ledger.retentionPasses()[.audit]?.total == 451)
        // What is kept for ever is not touched.
        try ledger.recordRefusal(by: "a", of: "old", "c", .noLogin, at: clock.now() - .days(3_000))
        _ = self.stage { $0.spans[.audit] = nil }.pass()
        #expect(try ledger.auditTrail().count == 1)
    }

    /// Ages are those of the file's coming: it was moved there today, whatever the time in its name's file says.
    @Test func receiptsGoByWhenTheyCame() throws {
        let real = Instant(Date())
        clock.set(real)
        try write("HR/Modtaget/old text.md", age: .days(3_000))
        try write("HR/Afvist/note.besked.txt", age: .days(1))
        let stage = stage()
        _ = stage.pass()
        #expect(FileManager.default.fileExists(atPath: folder.file("drop/HR/Modtaget/old text.md")))
        clock.advance(by: .days(91))
        for name in ["HR/waits.md", "HR/Modtaget/.x.tmp", "HR/Modtaget/item/tekst.md", "HR/Modtaget/item/billede.png"] {
            try write(name, age: .days(91))
        }
        try write("HR/Modtaget/deep/folder/strange.txt", age: .days(91))
        try FileManager.default.createSymbolicLink(
            atPath: folder.file("drop/HR/Modtaget/link"), withDestinationPath: folder.file("drop/HR/waits.md"))
        try write("Akut/HR/Modtaget/alert.md", age: .days(91))
        try write("Other/Modtaget/not ours.md", age: .days(91))
        let sweep = ReceiptSweep(drop: folder.file("drop"), sources: ["HR", "Akut/HR"])
        #expect(sweep.overdue(olderThan: clock.now() - .days(90)) == 4)
        _ = stage.pass()
        #expect(try ledger.retentionPasses()[.receipts]?.removed == 4)
        let left = (FileManager.default.subpaths(atPath: folder.file("drop")) ?? []).filter {
            !$0.hasSuffix("Modtaget") && $0.contains(".")
        }
        #expect(
            Set(left) == ["HR/waits.md", "HR/Modtaget/.x.tmp", "HR/Modtaget/deep/folder/strange.txt", "Other/Modtaget/not ours.md"])
        #expect(!FileManager.default.fileExists(atPath: folder.file("drop/HR/Modtaget/item")))
    }

    @Test func aFailureRaisesAnAlarmAndTheOthersAreDone() throws {
        // SQLite itself refuses to delete a report.
        _ = try ledger.recordBounce(
            BounceEntry(digest: "d", verdict: .none, recipient: nil, edition: nil, status: "", reason: ""), at: clock.now() - .days(800))
        try ledger.write([]) { db throws(Fault) in
            try db.execute("CREATE TRIGGER hindrance BEFORE DELETE ON bounce BEGIN SELECT RAISE(ABORT, 'no'); END")
        }
        for number in 0..<3 { try ledger.recordRefusal(by: "a", of: "\(number)", "c", .noLogin, at: clock.now() - .days(800)) }
        let stage = stage()
        #expect(stage.pass() == clock.now() + .hours(1))
        #expect(try ledger.standingAlarms().map(\.kind) == [RetentionStage.alarmKind])
        #expect(try ledger.auditTrail().isEmpty)
        try ledger.write([]) { db throws(Fault) in try db.execute("DROP TRIGGER hindrance") }
        #expect(stage.pass() == stage.night(after: clock.now()))
        #expect(try ledger.standingAlarms().isEmpty)
    }

    @Test func theStageRunsAndStops() throws {
        let stage = stage()
        try stage.start()
        stage.stop()
    }
}
