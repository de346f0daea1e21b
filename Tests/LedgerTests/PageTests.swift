import Core
import Ledger
import TestKit
import Testing

/// Lists that are read a page at a time.
@Suite struct PageTests {
    private let now = Instant(seconds: 1_800_000_000)

    private func ledger(_ folder: TemporaryFolder, people count: Int) throws -> Ledger {
        let ledger = try folder.ledger()
        let people = try (0..<count).map { Person(address: try #require(EmailAddress("p\($0)@koege.example")), name: "P\($0)") }
        _ = try ledger.replaceDirectory(people, at: now)
        return ledger
    }

    @Test func suppressedAddressesComeOnceOverThePages() throws {
        let folder = try TemporaryFolder()
        let ledger = try ledger(folder, people: 25)
        for (index, recipient) in try ledger.recipients().enumerated() {
            let entry = BounceEntry(
                digest: "\(index)", verdict: .hard, recipient: recipient.id, edition: nil, status: "5.1.1",
                reason: index < 5 ? "Gone" : "full")
            // Several of the same moment.
            #expect(try ledger.recordBounce(entry, at: now + .seconds(Int64(index / 10))) == .suppressed)
        }
        var seen: [Suppression] = []
        while case let page = try ledger.suppressions(holding: "", after: seen.last, limit: 4), !page.isEmpty { seen += page }
        #expect(seen.count == 25 && Set(seen.map(\.address)).count == 25)
        #expect(seen.map(\.since) == seen.map(\.since).sorted(by: >))
        #expect(try ledger.suppressions(holding: "gone", after: nil, limit: 100).count == 5)
        #expect(try ledger.suppressions(holding: "P24@", after: nil, limit: 100).map(\.address) == ["p24@koege.example"])
        #expect(try ledger.suppressions(holding: "%", after: nil, limit: 100).isEmpty)
        #expect(try ledger.suppression(of: try #require(EmailAddress("P24@koege.example")))?.reason == "5.1.1 full")
    }

    @Test func whatWasReadHoldsWhileNothingChanges() throws {
        let folder = try TemporaryFolder()
        let ledger = try ledger(folder, people: 1)
        let before = ledger.changes(on: [.items, .editions])
        let other = ledger.changes(on: [.recipients])
        _ = try ledger.accept(
            Submission(
                source: "HR", name: "a.md", digest: "1", content: ItemContent(title: "A", summary: "", body: Document([])), pictures: []),
            at: now)
        #expect(ledger.changes(on: [.items, .editions]) == before + 1)
        #expect(ledger.changes(on: [.recipients]) == other)
    }

    @Test func waitingFilesAreCountedByReasonAndSource() throws {
        let folder = try TemporaryFolder()
        let ledger = try ledger(folder, people: 1)
        for source in ["HR", "Akut/HR"] {
            try ledger.setWaiting(
                [
                    WaitingFile(source: source, name: "a", reason: .settling, since: now),
                    WaitingFile(source: source, name: "b", reason: .incomplete, since: now),
                ], of: source)
        }
        #expect(try ledger.waitingCounts(of: nil) == [.settling: 2, .incomplete: 2])
        #expect(try ledger.waitingCounts(of: ["HR", "Ingen"]) == [.settling: 1, .incomplete: 1])
        #expect(try ledger.waitingCounts(of: []).isEmpty)
    }
}
