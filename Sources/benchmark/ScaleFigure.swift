import Core
import Foundation
import Ledger
import TestKit

/// What size costs: memory and time of an edition to 100,000 against one to 10,000, and the start on a ledger with a million deliveries.
///
/// Each part runs in a process of its own, this program under another figure's name, so that one part's memory is not in the next
/// one's. The folder stands in `BUDSTIKKE_FOLDER`.
enum ScaleFigure {
    private static let connections = 8
    /// Where in the state folder a part leaves its time for the figure.
    private static let secondsFile = "/benchmark.seconds"

    static func run() throws {
        guard Oracle.hasProgram("/usr/sbin/smtp-sink") else { return print("scale: left out, needs Debian's package postfix") }
        // Three small editions, since one alone is over in two seconds and any of the machine's moods is in it.
        let small = try (1...3).map { _ in try edition(10_000) }.sorted()[1]
        print("scale: 100000 recipients take \(rounded(try edition(100_000) / small)) times as long as 10000 (the median of three)")
        let folder = try TemporaryFolder()
        try part("scale-history", folder, 100_000)
        try part("scale-start", folder, 100_000)
    }

    /// The parts, by name; none of them runs unless it is named.
    static let parts: [(name: String, run: @Sendable () throws -> Void)] = [
        ("scale-directory", directory), ("scale-send", send), ("scale-history", history), ("scale-start", start),
    ]

    private static func part(_ name: String, _ folder: TemporaryFolder, _ count: Int) throws {
        var environment = ProcessInfo.processInfo.environment
        environment["BUDSTIKKE_FOLDER"] = folder.file("state")
        environment["BUDSTIKKE_COUNT"] = "\(count)"
        let child = try ChildProcess("/proc/self/exe", [name], environment: environment, input: 0, output: 1, errors: 2)
        guard child.wait() == 0 else { throw Fault("run", name, cause: "it failed", mend: "Run the figure alone.") }
    }

    /// The seconds from the release to the last acknowledgement, of a new directory.
    private static func edition(_ count: Int) throws -> Double {
        let folder = try TemporaryFolder()
        try part("scale-directory", folder, count)
        try part("scale-send", folder, count)
        let seconds = Double(try String(contentsOfFile: folder.file("state") + secondsFile, encoding: .utf8))
        guard let seconds else { throw Fault("measure", "an edition", cause: "its part wrote no time", mend: "Report this.") }
        return seconds
    }

    private static func given() throws -> (ledger: Ledger, folder: String, count: Int) {
        let environment = ProcessInfo.processInfo.environment
        guard let folder = environment["BUDSTIKKE_FOLDER"], let count = environment["BUDSTIKKE_COUNT"].flatMap({ Int($0) }) else {
            throw Fault("run", "a part of the figure scale", cause: "it is not for itself", mend: "Run ‘benchmark scale’.")
        }
        return (try Ledger(folder: folder), folder, count)
    }

    private static func directory() throws {
        let (ledger, _, count) = try given()
        let (start, other) = (ContinuousClock.now, OtherWriter(ledger))
        try SampleDirectory.importPeople(count, into: ledger)
        let seconds = (ContinuousClock.now - start) / .seconds(1)
        print(
            """
            scale, \(count) recipients: imported in \(rounded(seconds)) s (peak \(peakMemory()) MB), others waited to write for at most \
            \(rounded(other.stop(), 0)) ms
            """)
    }

    private static func send() throws {
        let (ledger, folder, count) = try given()
        let (start, before) = (ContinuousClock.now, processorTime())
        let other = OtherWriter(ledger)
        let edition = try SampleDirectory.release(1, of: ledger)
        let longest = other.stop()
        let (released, peak) = ((ContinuousClock.now - start) / .seconds(1), peakMemory())
        let measure = try OutboxRound.run(ledger, edition, count, connections)
        let seconds = (ContinuousClock.now - start) / .seconds(1)
        try "\(seconds)".write(toFile: folder + secondsFile, atomically: true, encoding: .utf8)
        print(
            """
            scale, \(count) recipients: released in \(rounded(released)) s (peak \(peak) MB, others waited to write for at most \(rounded(longest, 0)) ms), all sent after \
            \(rounded(seconds, 1)) s, \(rounded(measure.perSecond, 0)) mails a second, \
            processor time \(rounded(processorTime() - before, 1)) s, peak resident memory \(peakMemory()) MB
            """)
    }

    /// Ten editions, all sent but for the last batch, which a killed process was sending.
    private static func history() throws {
        let (ledger, _, count) = try given()
        try SampleDirectory.importPeople(count, into: ledger)
        for number in 1...10 { _ = try SampleDirectory.release(number, of: ledger) }
        let clock = SystemClock()
        var claimed = try ledger.claim(Outlet.email, limit: 512, at: clock.now())
        while try ledger.nextDue(Outlet.email) != nil {
            let results = claimed.map { DeliveryResult($0, .acknowledge, reply: "250 2.0.0 Ok", route: "sink", at: clock.now()) }
            claimed = try ledger.record(results, claiming: 512, of: Outlet.email, at: clock.now()).claimed
        }
    }

    private static func start() throws {
        let before = processorTime()
        let (ledger, _, count) = try given()
        let noted = try ledger.replayJournal()
        let interrupted = try ledger.recoverInterrupted(at: SystemClock().now())
        let due = try ledger.nextDue(Outlet.email)
        let spent = processorTime() - before
        guard noted == 0, interrupted > 0, due != nil else {
            throw Fault("start", "on a long history", cause: "the history is not as it was made", mend: "Report this.")
        }
        print(
            "scale, start with \(10 * count) deliveries in the ledger: \(rounded(spent * 1_000, 1)) ms of processor time, \(interrupted) resumed"
        )
    }

    /// The most that has been resident since the program began, in megabytes; getrusage would count its parent's before the exec.
    private static func peakMemory() -> Int {
        let status = (try? String(contentsOfFile: "/proc/self/status", encoding: .utf8)) ?? ""
        return status.firstMatch(of: /VmHWM:\s*(\d+) kB/).flatMap { Int($0.1) }.map { $0 / 1_024 } ?? 0
    }
}
