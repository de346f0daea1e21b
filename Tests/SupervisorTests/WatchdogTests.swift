import Core
import Foundation
import TestKit
import Testing

@testable import Supervisor

@Suite struct WatchdogTests {
    @Test func aHeartbeatIsOverdueAfterItsTimeOnly() {
        let heartbeat = Heartbeat()
        let now = SuspendingClock.now
        #expect(!heartbeat.isOverdue(now: now + .seconds(1_000_000)))
        heartbeat.beat(within: .seconds(10), now: now)
        #expect(!heartbeat.isOverdue(now: now + .seconds(10)))
        #expect(heartbeat.isOverdue(now: now + .seconds(11)))
        heartbeat.beat(within: .seconds(10), now: now + .seconds(5))
        #expect(!heartbeat.isOverdue(now: now + .seconds(15)))
        heartbeat.rest()
        #expect(!heartbeat.isOverdue(now: now + .seconds(1_000_000)))
    }

    @Test func theStalledStageIsNamed() {
        let record = StageRecord()
        let (alive, stalled) = (Heartbeat(), Heartbeat())
        let now = SuspendingClock.now
        alive.beat(within: .seconds(60), now: now)
        stalled.beat(within: .seconds(1), now: now)
        let stages = [
            RecordingStage("a", record, heartbeats: [alive]), RecordingStage("b", record, heartbeats: [alive, stalled]),
            RecordingStage("c", record),
        ]
        #expect(Watchdog.stalled(stages, now: now).isEmpty)
        #expect(Watchdog.stalled(stages, now: now + .seconds(2)) == ["b"])
    }

    /// Fed while the stage lives; silent from the moment its heartbeat is overdue.
    @Test func systemdIsToldOnlyWhileEveryStageLives() throws {
        let folder = try TemporaryFolder()
        let socket = try NotifySocket(folder.file("notify"))
        let notifier = try #require(ServiceNotifier(environment: socket.environment.merging(["WATCHDOG_USEC": "20000"]) { a, _ in a }))
        let heartbeat = Heartbeat()
        heartbeat.beat(within: .minutes(5))
        let watchdog = try #require(
            Watchdog(notifier, [RecordingStage("a", StageRecord(), heartbeats: [heartbeat])], Log("test", threshold: .alert)))
        for _ in 0..<3 { #expect(socket.lines(upTo: "WATCHDOG=1") == ["WATCHDOG=1"]) }
        heartbeat.beat(within: .milliseconds(0), now: .now - .seconds(1))
        try notifier.send(.status("overdue"))
        // One that was under way may come before the mark, none after it but that one.
        _ = socket.lines(upTo: "STATUS=overdue")
        heartbeat.rest()
        try notifier.send(.status("mended"))
        let between = socket.lines(upTo: "STATUS=mended")
        #expect(between.count { $0 == "WATCHDOG=1" } <= 1)
        #expect(socket.lines(upTo: "WATCHDOG=1") == ["WATCHDOG=1"])
        watchdog.cancel()
    }

    @Test func noWatchdogWhereSystemdDoesNotWatch() throws {
        let notifier = try #require(ServiceNotifier(environment: ["NOTIFY_SOCKET": "/x"]))
        #expect(Watchdog(notifier, [], Log("test")) == nil)
        #expect(Watchdog(nil, [], Log("test")) == nil)
    }
}
