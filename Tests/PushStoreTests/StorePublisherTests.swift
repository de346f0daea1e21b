import Core
import Foundation
import Ledger
import Synchronization
import TestKit
import Testing

@testable import PushStore

/// What lies in a real S3 server after passes of the publisher, and which requests that took.
@Suite(.enabled(if: RealObjectStore.isAvailable, "needs moto")) struct StorePublisherTests {
    private let clock = ManualClock()

    /// What everybody may read, as a test changes it.
    private final class Web: Sendable {
        struct State {
            var pages: [String: String] = [:]
            var kept: Set<String> = []
            var pictures: [PictureDigest: Picture] = [:]
        }

        let state = Mutex(State())

        func set(_ key: String, _ text: String?) { state.withLock { $0.pages[key] = text } }

        /// A picture, and its address.
        func picture(_ letter: Character) throws -> String {
            let digest = try #require(PictureDigest(String(repeating: letter, count: 64)))
            state.withLock {
                $0.pictures[digest] = Picture(digest: digest, format: .png, width: 1, height: 1, bytes: Array("\(letter)".utf8))
            }
            return "/pictures/\(digest).png"
        }

        var content: StoreContent {
            StoreContent(
                pages: { () throws(Fault) in
                    let state = self.state.withLock { $0 }
                    let objects = state.pages.sorted { $0.key < $1.key }.map { key, text in
                        StoreObject(key: key, content: text, headers: StoreClientTests.html) { () throws(Fault) in Array(text.utf8) }
                    }
                    return .init(objects: objects, kept: state.kept)
                }, picture: { digest throws(Fault) in self.state.withLock { $0.pictures[digest] } },
                pictureCacheControl: "public, immutable")
        }
    }

    private struct Room {
        let server: RealObjectStore
        let folder: TemporaryFolder
        let ledger: Ledger
        let web = Web()
        let store: ObjectStore

        init() throws {
            (server, folder) = (try RealObjectStore(), try TemporaryFolder())
            ledger = try folder.ledger()
            store = try StoreClientTests.settings(server, folder)
        }

        func publisher(_ clock: any WallClock, isOvertaken: @escaping () -> Bool = { false }) throws -> StorePublisher {
            try StorePublisher(
                store, client: StoreClient(try StoreAccess(store, relativeTo: ".")), content: web.content, ledger: ledger, clock: clock,
                isOvertaken: isOvertaken)
        }

        func texts() throws -> [String: String] { try server.objects().mapValues(\.text) }
        func paths() throws -> [String] { try server.requests().map { $0.replacing("/nyt/", with: "") } }
    }

    private func isDone(_ ending: StorePublisher.Ending) -> Bool { if case .done = ending { true } else { false } }

    @Test func onlyWhatHasChangedIsSentAndWhatIsGoneIsTakenAwayFirst() throws {
        let room = try Room()
        let picture = try room.web.picture("a")
        room.web.set("feeds/x.rss", "feed")
        room.web.set("editions/1", "<img src=\(picture)>")
        room.web.set("editions/2", "two")
        let publisher = try room.publisher(clock)
        #expect(isDone(publisher.pass()))
        // The picture is there before the page that shows it.
        #expect(
            try room.paths()
                == ["PUT editions/1", "PUT editions/2", "PUT feeds/x.rss"].flatMap {
                    $0 == "PUT editions/1" ? ["PUT \(picture.dropFirst())", $0] : [$0]
                })
        #expect(isDone(publisher.pass()))
        #expect(try room.paths().isEmpty)
        room.web.set("editions/2", nil)
        room.web.set("editions/1", "corrected")
        #expect(isDone(publisher.pass()))
        #expect(try room.paths() == ["DELETE editions/2", "PUT editions/1", "DELETE \(picture.dropFirst())"])
        #expect(try room.texts() == ["editions/1": "corrected", "feeds/x.rss": "feed"])
        // The next start knows all of it.
        #expect(isDone(try room.publisher(clock).pass()))
        #expect(try room.paths().isEmpty)
        let object = try #require(try room.server.objects()["editions/1"])
        #expect(object.type == StoreClientTests.html.contentType && object.cache == StoreClientTests.html.cacheControl)
    }

    /// Two pages show a picture: it goes with the last of them, and a picture that is not to be had leaves the page as it is.
    @Test func aPictureStaysAsLongAsAPageShowsIt() throws {
        let room = try Room()
        let picture = try room.web.picture("b")
        let missing = "/pictures/\(String(repeating: "c", count: 64)).jpg"
        room.web.set("editions/1", picture)
        room.web.set("editions/2", picture + missing)
        let publisher = try room.publisher(clock)
        #expect(isDone(publisher.pass()))
        #expect(try room.texts().keys.sorted() == ["editions/1", "editions/2", String(picture.dropFirst())])
        room.web.set("editions/1", nil)
        #expect(isDone(publisher.pass()))
        #expect(try room.texts().count == 2)
        room.web.set("editions/2", "no picture")
        #expect(isDone(publisher.pass()))
        #expect(try room.texts() == ["editions/2": "no picture"])
    }

    /// A feed that cannot be made now is neither taken away nor sent.
    @Test func whatCannotBeToldStays() throws {
        let room = try Room()
        room.web.set("feeds/x.rss", "feed")
        let publisher = try room.publisher(clock)
        #expect(isDone(publisher.pass()))
        room.web.state.withLock { ($0.pages, $0.kept) = ([:], ["feeds/x.rss"]) }
        #expect(isDone(publisher.pass()))
        #expect(try room.texts() == ["feeds/x.rss": "feed"])
        room.web.state.withLock { $0.kept = [] }
        #expect(isDone(publisher.pass()))
        #expect(try room.texts().isEmpty)
    }

    @Test func aLookMendsWhatOthersChangedAndFindsWhatARestoredLedgerForgot() throws {
        let room = try Room()
        for key in ["editions/1", "editions/2", "editions/3"] { room.web.set(key, key) }
        let first = try room.publisher(clock)
        #expect(isDone(first.pass()))
        try room.server.put("editions/1", "somebody's")
        try room.server.remove("editions/2")
        try room.server.put("editions/fremmed", "another's")
        try room.server.put("logs/1", "another's")
        // As after a restore: of the third the ledger knows nothing, and it is not to be read any more.
        try room.ledger.removeStored("editions/3", in: room.store.name)
        room.web.set("editions/3", nil)
        let second = try room.publisher(clock)
        #expect(isDone(second.pass()))
        #expect(try room.texts()["editions/1"] == "somebody's")
        try second.look()
        #expect(isDone(second.pass()))
        let others = ["editions/fremmed": "another's", "logs/1": "another's"]
        #expect(try room.texts() == ["editions/1": "editions/1", "editions/2": "editions/2"].merging(others) { $1 })
        _ = try room.server.requests()
        try second.look()
        #expect(isDone(second.pass()))
        #expect(try room.paths().allSatisfy { $0.hasPrefix("GET") || $0 == "HEAD editions/fremmed" })
    }

    /// Ended between the request and its note: the object is sent again, or taken away, never forgotten.
    @Test func whatWasUnderWayIsNotForgotten() throws {
        let room = try Room()
        try room.ledger.beginStoring("editions/1", in: room.store.name, at: clock.now())
        try room.server.put("editions/1", "half known")
        #expect(isDone(try room.publisher(clock).pass()))
        #expect(try room.texts().isEmpty)
        try room.ledger.beginStoring("editions/2", in: room.store.name, at: clock.now())
        room.web.set("editions/2", "two")
        #expect(isDone(try room.publisher(clock).pass()))
        #expect(try room.texts() == ["editions/2": "two"])
    }

    @Test func whatIsUrgentGoesFirstAgainWhenItIsOvertaken() throws {
        let room = try Room()
        for number in 0..<5 { room.web.set("editions/\(number)", "page") }
        let web = room.web
        let count = Mutex(0)
        let publisher = try room.publisher(clock) {
            let turn = count.withLock { count in
                count += 1
                return count
            }
            // The third object is not begun, since a message has come.
            if turn == 3 { web.set("alert", "now") }
            return turn == 3
        }
        guard case .overtaken = publisher.pass() else { throw Fault("pass", "", cause: "it was not overtaken", mend: "") }
        _ = try room.server.requests()
        #expect(isDone(publisher.pass()))
        #expect(try room.paths().first == "PUT alert")
    }

    @Test func theStoreOfFormerSettingsIsForgotten() throws {
        let room = try Room()
        try room.ledger.beginStoring("editions/1", in: "https://s3.old/x/", at: clock.now())
        try room.ledger.noteStore("https://s3.old/x/", waiting: 1, failure: "gone", at: clock.now())
        try room.ledger.forgetStores(except: room.store.name)
        #expect(try room.ledger.storedObjects(in: "https://s3.old/x/").isEmpty)
        let state = try room.ledger.storeState("https://s3.old/x/")
        #expect(state.objects == 0 && state.waiting == 0 && state.failure == nil)
    }
}
