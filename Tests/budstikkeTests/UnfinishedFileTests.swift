import Core
import Foundation
import TestKit
import Testing

/// FAULTS 18 and 19 on the real daemon: files that are not whole yet, and very many at once.
@Suite struct UnfinishedFileTests {
    /// FAULTS 18: somebody has half of it written and pauses; the daemon is killed meanwhile.
    @Test func aFileHalfWrittenIsNotTakenInUntilWhole() throws {
        let house = try Installation()
        var daemon = try Daemon(house)
        try house.drop("HR/Lang.md", "Første halv")
        let writer = try #require(FileHandle(forWritingAtPath: house.path + "/drop/HR/Lang.md"))
        try house.passes()
        #expect(house.left() == ["Lang.md"])
        daemon.kill()
        daemon = try Daemon(house)
        try house.passes()
        #expect(house.left() == ["Lang.md"])
        try writer.seekToEnd()
        try writer.write(contentsOf: Data("del og anden\n\nTekst.\n".utf8))
        try house.passes()
        #expect(house.left() == ["Lang.md"], "it is still open")
        try writer.close()
        #expect(try eventually { try house.names().contains("Lang.md") }, "\(daemon.logText)")
        #expect(try house.items().contains { $0["title"] as? String == "Første halvdel og anden" })
        #expect(try house.alarms().isEmpty)
        #expect(daemon.terminate() == 0)
    }

    /// A copy that a program has made as long as it will be, and not filled yet.
    @Test func aFileThatEndsInZerosWaits() throws {
        let house = try Installation()
        let daemon = try Daemon(house)
        try house.folder.write("house/drop/HR/a.txt", Array("Begyndelsen\n\nHer er".utf8) + [UInt8](repeating: 0, count: 500))
        try house.passes()
        #expect(house.left() == ["a.txt"])
        try house.drop("HR/a.txt", "Begyndelsen\n\nHer er slutningen.\n")
        #expect(try eventually { try house.names().contains("a.txt") }, "\(daemon.logText)")
    }

    /// FAULTS 19, at a size for every day; the benchmark's figure `intake` has 20,000. Killed in the middle too.
    @Test func veryManyAtOnceComeInOnceEachInTheirOrder() throws {
        let house = try Installation()
        let count = 1_500
        for number in 0..<count {
            // Names in no order; the times of writing tell which came first.
            let name = "\(number * 7_919 % count)-nyt.txt"
            try house.drop("HR/" + name, "Nyhed \(number)\n\nTekst nummer \(number).\n")
            var times = [timespec(tv_sec: 1_790_000_000 + number, tv_nsec: 0), timespec(tv_sec: 1_790_000_000 + number, tv_nsec: 0)]
            #expect(utimensat(AT_FDCWD, house.path + "/drop/HR/" + name, &times, 0) == 0)
        }
        var daemon = try Daemon(house)
        #expect(eventually(within: .minutes(3)) { house.files("drop/HR/Modtaget").count > 400 }, "\(daemon.logText.suffix(2_000))")
        daemon.kill()
        daemon = try Daemon(house)
        #expect(eventually(within: .minutes(3)) { house.left().isEmpty }, "\(daemon.logText.suffix(2_000))")
        let titles = try house.items().compactMap { $0["title"] as? String }
        #expect(titles == (0..<count).map { "Nyhed \($0)" })
        // Each has its receipt: those that the kill cut off between the ledger and the move were moved by the second daemon.
        let received = house.files("drop/HR/Modtaget")
        #expect(received.count { $0.hasSuffix(".kvittering.html") } == count && received.count { $0.hasSuffix(".txt") } == count)
        #expect(try house.alarms().isEmpty)
        #expect(daemon.terminate() == 0)
    }
}
