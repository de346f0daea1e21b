import Core
import Foundation
import Ledger
import Synchronization
import TestKit
import Testing

/// FAULTS 2: the power goes while the daemon sends. Every call that it made for its state folder is noted, and the folder is built anew
/// as the disk may have it at many points: the ledger is whole, the release that was told is there, and of what the relay had
/// accepted no more than the documented batch of each connection is missing. `BUDSTIKKE_POWER_CUTS` sets at how many points.
@Suite(.enabled(if: FailingDisk.isAvailable, "needs a C compiler")) struct PowerCutTests {
    static let recipients = 1_500
    static let connections = 4
    /// What Architecture allows a power cut to undo: a batch of each connection, and the message whose answer was on its way.
    static let bound = connections * (64 + 1)

    /// Where the record stood when the relay had taken so many mails.
    final class Marks: Sendable {
        private let list = Mutex<[(size: Int, taken: Int)]>([])
        func add(_ size: Int, _ taken: Int) { list.withLock { $0.append((size, taken)) } }
        func accepted(at point: Int) -> Int { list.withLock { $0.filter { $0.size <= point }.map(\.taken).max() ?? 0 } }
    }

    @Test func everyAcknowledgedStateIsThere() throws {
        var random = SeededRandom(printedFor: "everyAcknowledgedStateIsThere")
        let marks = Marks()
        let disk = Mutex<FailingDisk?>(nil)
        let relay = try ScriptedSMTPServer { moment in
            // The answer to this one has not been written yet: the mails before it were answered.
            if moment.step == .content {
                disk.withLock { if let disk = $0 { marks.add(disk.recordSize, max(0, moment.taken - Self.connections)) } }
            }
            return .proceed
        }
        defer { relay.stop() }
        let house = try DeliveryFaultTests.house(relay, recipients: Self.recipients)
        var daemon = try Daemon(house)
        #expect(try eventually { try ServiceTests.items(house).count == 1 })
        #expect(daemon.terminate() == 0)
        let state = URL(fileURLWithPath: house.path + "/state").resolvingSymlinksInPath().path
        let base = try Self.files(state)

        let recording = try FailingDisk(recording: state)
        disk.withLock { $0 = recording }
        daemon = try Daemon(house, environment: recording.environment)
        try DeliveryFaultTests.release(house)
        let released = recording.recordSize
        #expect(relay.wait(atMost: .seconds(120)) { $0.mails.count == Self.recipients }, "\(daemon.logText)")
        #expect(daemon.terminate() == 0)

        let record = RecordedDisk(recording.record, base: base, folder: state)
        let cuts = ProcessInfo.processInfo.environment["BUDSTIKKE_POWER_CUTS"].flatMap { Int($0) } ?? 30
        let points = record.syncs + record.points.shuffled(using: &random).prefix(60)
        #expect(record.syncs.count > 20)
        let accepted = Set(relay.record.mails.compactMap { $0.recipient.firstMatch(of: /<([^>]+)>/).map { String($0.1) } })
        var count = 0
        for point in points.shuffled(using: &random).prefix(cuts) {
            for unsynced in RecordedDisk.Unsynced.allCases {
                let folder = try TemporaryFolder()
                for (name, bytes) in record.files(cutAt: point, unsynced, using: &random) { try folder.write("state/" + name, bytes) }
                let what: Comment = "cut at \(point), unsynced \(unsynced)"
                do throws(Fault) {
                    let ledger = try Ledger(folder: folder.file("state"))
                    try ledger.examine()
                    let edition = try ledger.editions([.released]).first
                    #expect(point < released || edition != nil, what)
                    guard let edition else { continue }
                    let sent = try ledger.deliveries(of: edition.id).filter { $0.state == .sent }
                    #expect(sent.allSatisfy { accepted.contains($0.address ?? "") }, what)
                    let told = marks.accepted(at: point)
                    #expect(sent.count >= told - Self.bound, "\(what): \(sent.count) of \(told)")
                } catch {
                    Issue.record("\(what): \(error)")
                }
                count += 1
            }
        }
        print("\(count) power cuts")
        // The test would notice: on a disk that syncs nothing the release is lost.
        let liar = RecordedDisk(recording.record, base: base, folder: state, honest: false)
        let folder = try TemporaryFolder()
        let end = try #require(record.points.last)
        for (name, bytes) in liar.files(cutAt: end, .lost, using: &random) { try folder.write("state/" + name, bytes) }
        #expect(try folder.ledger().editions([.released]).isEmpty)
    }

    private static func files(_ folder: String) throws -> [String: [UInt8]] {
        var files: [String: [UInt8]] = [:]
        for name in try FileManager.default.contentsOfDirectory(atPath: folder) where name.hasPrefix("ledger.sqlite") {
            files[name] = Array(try Data(contentsOf: URL(fileURLWithPath: folder + "/" + name)))
        }
        return files
    }
}
