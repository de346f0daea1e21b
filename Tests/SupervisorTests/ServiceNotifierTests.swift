import Core
import Foundation
import TestKit
import Testing

@testable import Supervisor

@Suite struct ServiceNotifierTests {
    @Test func speaksToAPathAndToAnAbstractName() throws {
        let folder = try TemporaryFolder()
        for name in [folder.file("notify"), "@budstikke-test-\(UInt64.random(in: 0 ... .max))"] {
            let socket = try NotifySocket(name)
            let notifier = try #require(ServiceNotifier(environment: socket.environment))
            try notifier.send(.ready, .status("a\nREADY=0\r\nb"))
            #expect(socket.lines(upTo: "STATUS=a READY=0 b") == ["READY=1", "STATUS=a READY=0 b"])
            try notifier.send(.reloading)
            let reloading = socket.lines(upTo: "RELOADING=1")
            let stamp = try #require(reloading.last.flatMap { UInt64($0.dropFirst("MONOTONIC_USEC=".count)) })
            var now = timespec()
            clock_gettime(CLOCK_MONOTONIC, &now)
            #expect(stamp > 0 && stamp <= UInt64(now.tv_sec + 1) * 1_000_000)
        }
    }

    @Test func withoutSystemdThereIsNone() {
        for name in [nil, "", "/", "@", "relative/path", "vsock:2:1", "/" + String(repeating: "x", count: 200)] {
            #expect(ServiceNotifier(environment: name.map { ["NOTIFY_SOCKET": $0] } ?? [:]) == nil)
        }
    }

    @Test func aSocketThatIsGoneIsAFault() throws {
        let notifier = try #require(ServiceNotifier(environment: ["NOTIFY_SOCKET": "/nonexistent/notify"]))
        #expect(throws: Fault.self) { try notifier.send(.ready) }
    }

    @Test(
        arguments: [
            (["WATCHDOG_USEC": "60000000"], 60_000), (["WATCHDOG_USEC": "60000000", "WATCHDOG_PID": "\(getpid())"], 60_000),
            (["WATCHDOG_USEC": "60000000", "WATCHDOG_PID": "1"], nil), (["WATCHDOG_USEC": "0"], nil), (["WATCHDOG_USEC": "x"], nil),
            ([:], nil),
        ] as [([String: String], Int64?)])
    func readsTheWatchdogsTime(_ environment: [String: String], _ milliseconds: Int64?) throws {
        let notifier = try #require(ServiceNotifier(environment: environment.merging(["NOTIFY_SOCKET": "/x"]) { a, _ in a }))
        #expect(notifier.watchdogLimit?.milliseconds == milliseconds)
    }
}
