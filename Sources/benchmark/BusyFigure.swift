import Core
import Foundation
import HTTPServer
import Ledger
import PushScreens
import Synchronization
import TestKit

/// How long a screen waits for its feed while an edition is being sent at full speed, as a ratio to the same when nothing is sent: one
/// process, as the daemon is, and one request at a time on a connection of its own, as a screen asks.
enum BusyFigure {
    private static let connections = 8
    private static let mails = 20_000

    static func run() throws {
        guard Oracle.hasProgram("/usr/sbin/smtp-sink") else { return print("busy: left out, needs Debian's package postfix") }
        let shelf = FeedShelf(clock: SystemClock())
        shelf.publish(FeedFigure.feed)
        var router = Router()
        shelf.addRoutes(to: &router)
        let server = try Server(.ipv4("127.0.0.1", port: 0), handler: router.response)
        defer { server.stop() }
        guard case .ipv4(_, let port) = server.address else { return }
        let folder = try TemporaryFolder()
        let ledger = try folder.ledger()
        try SampleDirectory.importPeople(mails, into: ledger)

        let idle = try waits(port) { $0.count >= 2_000 }
        let edition = try SampleDirectory.release(1, of: ledger)
        let isSent = Mutex<Result<Measure, any Error>?>(nil)
        let sending = Thread {
            let result = Result { try OutboxRound.run(ledger, edition, mails, connections) }
            isSent.withLock { $0 = result }
        }
        sending.start()
        let busy = try waits(port) { _ in isSent.withLock { $0 != nil } }
        let measure = try isSent.withLock { try $0?.get() }
        print(
            """
            busy, a feed request while \(rounded(measure?.perSecond ?? 0, 0)) mails a second are sent: median \(shown(busy, 0.5)) \
            (idle \(shown(idle, 0.5)), ratio \(ratio(busy, idle, 0.5))), 99 of 100 within \(shown(busy, 0.99)) (idle \(shown(idle, 0.99)), \
            ratio \(ratio(busy, idle, 0.99))), \(busy.count) requests
            """)
    }

    /// Seconds that each request took, sorted.
    private static func waits(_ port: UInt16, until isEnough: ([Double]) -> Bool) throws -> [Double] {
        var waits: [Double] = []
        while !isEnough(waits) {
            let start = ContinuousClock.now
            let answer = try RawHTTPClient(port: port).request("GET", "/feeds/\(FeedFigure.feed.name).rss", ["Connection: close"])
            waits.append((ContinuousClock.now - start) / .seconds(1))
            guard answer.status == 200 else {
                throw Fault("ask for", "the feed", cause: "it said \(answer.status)", mend: "Run the figure alone.")
            }
        }
        return waits.sorted()
    }

    private static func place(_ waits: [Double], _ part: Double) -> Double { waits[min(waits.count - 1, Int(Double(waits.count) * part))] }
    private static func shown(_ waits: [Double], _ part: Double) -> String { rounded(place(waits, part) * 1_000) + " ms" }
    private static func ratio(_ busy: [Double], _ idle: [Double], _ part: Double) -> String {
        rounded(place(busy, part) / place(idle, part), 1)
    }
}
