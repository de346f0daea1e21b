import Core
import Foundation
import Ledger
import Synchronization
import TestKit
import Testing

@testable import PushStore

/// The stage beside a real S3 server that goes away, comes back, and is busy.
@Suite(.enabled(if: RealObjectStore.isAvailable, "needs moto")) struct StoreStageTests {
    private let clock = ManualClock()

    private func stage(_ server: RealObjectStore, _ folder: TemporaryFolder, _ ledger: Ledger, _ text: @escaping @Sendable () -> String)
        throws -> StoreStage
    {
        let content = StoreContent(
            pages: { () throws(Fault) in
                let now = text()
                return .init(
                    objects: [
                        StoreObject(key: "feeds/x.rss", content: now, headers: StoreClientTests.html) { () throws(Fault) in Array(now.utf8)
                        }
                    ],
                    kept: [])
            }, picture: { _ throws(Fault) in nil }, pictureCacheControl: "immutable")
        let stage = StoreStage(
            access: try StoreAccess(try StoreClientTests.settings(server, folder), relativeTo: "."), content: content, ledger: ledger,
            clock: clock, log: Log("test", threshold: .alert))
        clock.wakes(stage.kick)
        return stage
    }

    @Test func anOutageIsToldAndMadeGood() throws {
        let (server, folder) = (try RealObjectStore(), try TemporaryFolder())
        let ledger = try folder.ledger()
        let shared = Shared(text: "one")
        let stage = try stage(server, folder, ledger) { shared.text.withLock { $0 } }
        let name = try StoreClientTests.settings(server, folder).name
        try stage.start()
        defer { stage.stop() }
        #expect(try eventually { try server.objects()["feeds/x.rss"]?.text == "one" })
        #expect(try eventually { try ledger.storeState(name).objects == 1 })
        try server.down()
        shared.text.withLock { $0 = "two" }
        stage.kick.kick()
        #expect(try eventually { try ledger.storeState(name).failure != nil })
        let since = try #require(try ledger.storeState(name).since)
        // Attempts come with the clock, and no sooner: from the third on an alarm stands.
        #expect(try ledger.standingAlarms().isEmpty)
        #expect(
            try eventually {
                clock.advance(by: .seconds(20))
                return try ledger.standingAlarms().map(\.kind) == ["store"]
            })
        let state = try ledger.storeState(name)
        #expect(state.since == since && state.waiting == 1 && state.failure?.contains("does not accept a connection") == true)
        try server.up()
        #expect(
            try eventually {
                clock.advance(by: .seconds(70))
                return try server.objects()["feeds/x.rss"]?.text == "two"
            })
        #expect(try eventually { try ledger.standingAlarms().isEmpty })
        #expect(try ledger.storeState(name).failure == nil)
    }

    /// 503 with `Retry-After: 1` is heeded: with the clock standing still nothing more is asked.
    @Test func aBusyStoreIsGivenTheTimeItAsksFor() throws {
        let (server, folder) = (try RealObjectStore(), try TemporaryFolder())
        let ledger = try folder.ledger()
        let name = try StoreClientTests.settings(server, folder).name
        try server.busy(1)
        let stage = try stage(server, folder, ledger) { "one" }
        try stage.start()
        defer { stage.stop() }
        #expect(try eventually { try ledger.storeState(name).failure == "HTTP 503 SlowDown: the store asks for fewer requests" })
        clock.advance(by: .milliseconds(900))
        #expect(try server.requests().count == 1)
        clock.advance(by: .milliseconds(100))
        #expect(try eventually { try server.objects()["feeds/x.rss"]?.text == "one" })
    }

    /// A key that may not list still publishes.
    @Test func withoutTheRightToListTheLedgerIsBelieved() throws {
        let (server, folder) = (try RealObjectStore(), try TemporaryFolder())
        let ledger = try folder.ledger()
        try server.forbidListing()
        let stage = try stage(server, folder, ledger) { "one" }
        try stage.start()
        defer { stage.stop() }
        #expect(try eventually { try server.objects()["feeds/x.rss"]?.text == "one" })
        #expect(try ledger.standingAlarms().isEmpty)
    }
}

private final class Shared: Sendable {
    let text: Mutex<String>
    init(text: String) { self.text = Mutex(text) }
}
