import Core
import Crypto
import Foundation
import HTTPServer
import Ledger
import Synchronization
import TestKit
import Testing

@testable import PushScreens

@Suite struct ScreensStageTests {
    private let clock = ManualClock(noon)

    private func stage(_ ledger: Ledger, _ shelf: FeedShelf) -> ScreensStage {
        let composition = FeedComposition(
            ledger: ledger, language: .da, publicURL: "https://nyt.koege.example:8443", organisation: "Køge Kommune", key: .random(),
            words: AlertWords(Catalogue([:]))
        ) { _, live, _ throws(Fault) in try ledger.records(of: live) }
        return ScreensStage(
            feeds: [FeedRule(Publication(name: "infoskaerm", title: "Infoskærm", timing: .continuous))], composition: composition,
            shelf: shelf, ledger: ledger, clock: clock, log: Log("test", threshold: .alert))
    }

    private func accept(_ ledger: Ledger, _ title: String, from: Instant? = nil, until: Instant? = nil, picture: Picture? = nil) throws
        -> ItemID
    {
        let content = ItemContent(
            title: title, summary: "Kort", visibleFrom: from, visibleUntil: until,
            picture: picture.map { PictureReference(digest: $0.digest, alternativeText: "") }, body: Document([.paragraph([.text("Alt")])]))
        let submission = Submission(
            source: "Teknik", name: title, digest: title, content: content, pictures: picture.map { [PictureRenditions(one: $0)] } ?? [])
        return try ledger.accept(submission, at: clock.now()).item
    }

    @Test func `an item is on screen when it is accepted, and gone when it expires or is withdrawn`() throws {
        let folder = try TemporaryFolder()
        let ledger = try folder.ledger()
        let shelf = FeedShelf(clock: clock)
        let stage = stage(ledger, shelf)
        func text() -> String { shelf.resource("infoskaerm", .json)?.bytes.description ?? "" }
        #expect(stage.pass() == nil)
        #expect(text().contains("\"items\""))
        let digest = try #require(PictureDigest(String(repeating: "a", count: 64)))
        let picture = Picture(digest: digest, format: .png, width: 4, height: 3, bytes: [1, 2, 3])
        let first = try accept(ledger, "Vejarbejde", picture: picture)
        _ = try accept(ledger, "Kort besked", until: noon + .hours(1))
        _ = try accept(ledger, "Kommer senere", from: noon + .hours(2))
        #expect(stage.pass() == noon + .hours(1))
        #expect(text().contains("Vejarbejde") && text().contains("Kort besked") && !text().contains("Kommer senere"))
        #expect(text().contains("https://nyt.koege.example:8443/pictures/\(picture.fileName)"))
        #expect(text().contains("tag:nyt.koege.example,"))
        clock.set(noon + .hours(1))
        #expect(stage.pass() == noon + .hours(2))
        #expect(!text().contains("Kort besked"))
        clock.set(noon + .hours(2))
        try ledger.withdrawItem(first, by: "test", at: clock.now())
        #expect(stage.pass() == nil)
        #expect(text().contains("Kommer senere") && !text().contains("Vejarbejde"))
    }

    @Test func `one item that is corrected or withdrawn is right among others that stay`() throws {
        let folder = try TemporaryFolder()
        let ledger = try folder.ledger()
        let shelf = FeedShelf(clock: clock)
        let stage = stage(ledger, shelf)
        func correct(_ name: String, _ title: String) throws -> ItemID {
            let content = ItemContent(title: title, summary: "Kort", body: Document([.paragraph([.text("Alt")])]))
            return try ledger.accept(
                Submission(source: "Teknik", name: name, digest: title, content: content, pictures: []), at: clock.now()
            ).item
        }
        func titles() -> [String] {
            let entries = shelf.feed("infoskaerm")?.entries.map(\.title) ?? []
            let text = shelf.resource("infoskaerm", .rss)?.bytes.description ?? ""
            #expect(entries.allSatisfy { text.contains("<title>\($0)</title>") })
            #expect(text.components(separatedBy: "<item>").count - 1 == entries.count)
            return entries.sorted()
        }
        _ = try correct("a", "Første")
        let second = try correct("b", "Anden")
        stage.pass()
        #expect(titles() == ["Anden", "Første"])
        _ = try correct("a", "Første, rettet")
        stage.pass()
        #expect(titles() == ["Anden", "Første, rettet"])
        try ledger.withdrawItem(second, by: "test", at: clock.now())
        stage.pass()
        #expect(titles() == ["Første, rettet"])
    }

    @Test func `a running stage follows the ledger by itself`() throws {
        let folder = try TemporaryFolder()
        let ledger = try folder.ledger()
        let shelf = FeedShelf(clock: clock)
        let stage = stage(ledger, shelf)
        try stage.start()
        let kick = Kick()
        ledger.kick(kick, on: [.items])
        _ = try accept(ledger, "Nyt fra teknik")
        let limit = ContinuousClock.now + .seconds(20)
        while shelf.resource("infoskaerm", .rss)?.bytes.description.contains("Nyt fra teknik") != true, ContinuousClock.now < limit {
            kick.wait(until: nil, clock: clock, atMost: .milliseconds(5))
        }
        stage.stop()
        #expect(shelf.resource("infoskaerm", .rss)?.bytes.description.contains("Nyt fra teknik") == true)
    }

    @Test func `a crowd of changes is dealt with in few passes, and a feed that stays the same is not made again`() throws {
        let folder = try TemporaryFolder()
        let ledger = try folder.ledger()
        let shelf = FeedShelf(clock: clock)
        let passes = Passes()
        let composition = FeedComposition(
            ledger: ledger, language: .da, publicURL: "https://x.example", organisation: "Køge", key: .random(),
            words: AlertWords(Catalogue([:]))
        ) { _, live, _ throws(Fault) in
            passes.count.add(1, ordering: .relaxed)
            return try ledger.records(of: live).filter { $0.content.title == "Det ene" }
        }
        let stage = ScreensStage(
            feeds: [FeedRule(Publication(name: "infoskaerm", title: "Infoskærm", timing: .continuous))], composition: composition,
            shelf: shelf,
            ledger: ledger, clock: clock, log: Log("test", threshold: .alert))
        _ = try accept(ledger, "Det ene")
        try stage.start()
        let before = shelf.resource("infoskaerm", .rss)
        let start = ContinuousClock.now
        for number in 0..<200 { _ = try accept(ledger, "Nyhed \(number)") }
        let last = passes.count.load(ordering: .relaxed)
        #expect(eventually { passes.count.load(ordering: .relaxed) > last })
        stage.stop()
        let most = Int((ContinuousClock.now - start) / .milliseconds(20)) + 2
        #expect(passes.count.load(ordering: .relaxed) <= most)
        #expect(shelf.resource("infoskaerm", .rss) === before)
    }

    private final class Passes: Sendable {
        let count = Atomic(0)
    }

    @Test func `when a feed cannot be made the former one stays and an alarm stands until it can`() throws {
        let folder = try TemporaryFolder()
        let ledger = try folder.ledger()
        let shelf = FeedShelf(clock: clock)
        let isBroken = Broken()
        let composition = FeedComposition(
            ledger: ledger, language: .da, publicURL: "https://x.example", organisation: "Køge", key: .random(),
            words: AlertWords(Catalogue([:]))
        ) {
            _, live, _ throws(Fault) in
            if isBroken.value.load(ordering: .relaxed) { throw Fault("read", "the ledger", cause: "test", mend: "none") }
            return try ledger.records(of: live)
        }
        let publication = Publication(name: "infoskaerm", title: "Infoskærm", timing: .continuous)
        let stage = ScreensStage(
            feeds: [FeedRule(publication)], composition: composition, shelf: shelf, ledger: ledger, clock: clock,
            log: Log("test", threshold: .alert))
        _ = try accept(ledger, "Det gode")
        stage.pass()
        isBroken.value.store(true, ordering: .relaxed)
        _ = try accept(ledger, "Det nye")
        #expect(stage.pass() == noon + .seconds(30))
        #expect(shelf.resource("infoskaerm", .atom)?.bytes.description.contains("Det gode") == true)
        #expect(try ledger.standingAlarms().map(\.kind) == ["feed"])
        isBroken.value.store(false, ordering: .relaxed)
        stage.pass()
        #expect(shelf.resource("infoskaerm", .atom)?.bytes.description.contains("Det nye") == true)
        #expect(try ledger.standingAlarms().isEmpty)
    }

    private final class Broken: Sendable {
        let value = Atomic(false)
    }
}
