import Core
import Foundation
import Ledger
import TestKit
import Testing

@testable import Intake

/// A drop folder on the disk with a ledger of its own, a clock that the test moves, and the stage over them.
final class DropHouse {
    let folder: TemporaryFolder
    let clock = ManualClock(Samples.now)
    let ledger: Ledger
    private(set) var stage: IntakeStage
    private(set) var settings: IntakeSettings

    static let settle = Span.seconds(5)

    init(sources: [String] = ["HR"], _ change: (inout IntakeSettings) -> Void = { _ in }) throws {
        folder = try TemporaryFolder()
        ledger = try folder.ledger()
        try FileManager.default.createDirectory(atPath: folder.file("drop"), withIntermediateDirectories: true)
        var settings = IntakeSettings(
            dropFolder: folder.file("drop"), stateFolder: folder.file("state"), sources: sources.map { Source(name: $0) },
            audiences: [.everybody], zone: .copenhagen, language: .da)
        change(&settings)
        self.settings = settings
        stage = try Self.stage(settings, ledger, clock)
    }

    private static func stage(_ settings: IntakeSettings, _ ledger: Ledger, _ clock: ManualClock) throws -> IntakeStage {
        try IntakeStage(
            settings, catalogue: try Samples.catalogue(), ledger: ledger, clock: clock,
            receipt: { content in
                ([content.content.title, "lix \(content.lix?.value ?? 0)"] + content.placements.map { "\($0)" }
                    + ["pictures: \(content.pictures.count)"] + content.remarks).joined(separator: "\n")
            },
            receiptMail: { ("Modtaget: \($0.content.title)", ([$0.source] + $0.remarks).joined(separator: "\n")) },
            placements: { content, source, _ in
                Forecast([.edition(publication: "\(source)-nyt", release: Samples.now, replaceableUntil: Samples.now)])
            }, log: Log("intake", threshold: .alert))
    }

    /// As after a restart of the service: nothing of the stage's memory is left.
    func restart(_ change: (inout IntakeSettings) -> Void = { _ in }) throws {
        change(&settings)
        stage = try Self.stage(settings, ledger, clock)
    }

    @discardableResult
    func drop(_ path: String, _ text: String, source: String = "HR") throws -> String { try folder.write("drop/\(source)/\(path)", text) }

    @discardableResult
    func drop(_ path: String, _ bytes: [UInt8], source: String = "HR") throws -> String {
        try folder.write("drop/\(source)/\(path)", bytes)
    }

    /// A pass that sees, the settle time, and a pass that takes.
    func settleAndTake() {
        _ = stage.step()
        pass(after: Self.settle)
    }

    func pass(after span: Span) {
        clock.advance(by: span)
        _ = stage.step()
    }

    /// The names in a folder below a source, sorted; without the three special folders.
    func names(_ path: String = "", source: String = "HR") -> [String] {
        let all = (try? FileManager.default.contentsOfDirectory(atPath: folder.file("drop/\(source)/\(path)"))) ?? []
        return all.filter { name in !Tray.Kind.allCases.contains { $0.rawValue == name } }.sorted()
    }

    func text(_ path: String, source: String = "HR") throws -> String {
        try String(contentsOfFile: folder.file("drop/\(source)/\(path)"), encoding: .utf8)
    }

    func items() throws -> [ItemRecord] { try ledger.items(limit: 10_000).reversed() }

    func alarms() throws -> [String] { try ledger.standingAlarms().map { "\($0.kind) \($0.object)" } }

    /// The reasons of the refusals so far, oldest first.
    func refusals() throws -> [String] { try ledger.auditTrail(limit: 10_000).filter { $0.act == "reject" }.map(\.detail).reversed() }
}
