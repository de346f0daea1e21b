import Core
import Foundation
import Intake
import Ledger
import TestKit

/// What the drop folder costs: 20,000 files at once against a plain loop that copies and fsyncs the same files on the same disk; the time
/// from a file's last byte to its receipt; and a pass over a folder in which nothing is new.
///
/// The first two run the daemon itself, with its feeds and its planner, as it is built beside this program. BUDSTIKKE_COUNT is another
/// number of files; the figure ends after fifteen minutes, whatever is left then.
enum IntakeFigure {
    private static var count: Int { ProcessInfo.processInfo.environment["BUDSTIKKE_COUNT"].flatMap { Int($0) } ?? 20_000 }
    private static let source = "HR"

    static func run() throws {
        let program = URL(fileURLWithPath: "/proc/self/exe").resolvingSymlinksInPath().deletingLastPathComponent().path + "/budstikke"
        guard Oracle.hasProgram(program) else {
            try quietPass()
            return print("intake: left out, needs the daemon: swift build -c release --product budstikke")
        }
        let folder = try TemporaryFolder()
        let house = folder.file("house")
        let made = try ChildProcess.run(program, ["init", house])
        guard made.status == 0 else { throw Fault("make", house, cause: made.errorText, mend: "See the message.") }
        let configuration = house + "/budstikke.conf"
        let text = try String(contentsOfFile: configuration, encoding: .utf8).replacing("Settle=5s", with: "Settle=1s")
            .replacing("127.0.0.1:8080", with: "127.0.0.1:0").replacing("Rescan=15s", with: "Rescan=1s")
        try folder.write("house/budstikke.conf", text)
        // First of all: for a minute ext4 looks past each inode that was freed, and the others remove tens of thousands of files.
        try manyFiles(program, house, folder)
        try delays(program, house)
        try quietPass()
    }

    // MARK: Many files

    private static func manyFiles(_ program: String, _ house: String, _ folder: TemporaryFolder) throws {
        for number in 0..<count { try put("\(house)/drop/\(source)/nyt-\(number).txt", story(number)) }
        try folder.write("copies/none", "")
        let plain = try copies(from: house + "/drop/" + source, to: folder.file("copies"))
        let start = ContinuousClock.now
        let daemon = try serve(program, house)
        defer { end(daemon) }
        guard eventually(within: .minutes(15), every: .milliseconds(500), { left(house) == 0 }) else {
            throw Fault("take in", "\(count) files", cause: "\(left(house)) are left after 15 minutes", mend: "See the daemon's log.")
        }
        let seconds = (ContinuousClock.now - start) / .seconds(1)
        let again = try copies(from: house + "/drop/\(source)/Modtaget", to: folder.file("copies"))
        let (time, peak) = try usage(daemon)
        let ours = Double(count) / seconds
        print(
            """
            intake, \(count) files of 2 KB: \(rounded(ours, 0)) files a second in the daemon, a plain loop of copy and fsync \
            \(rounded(plain, 0)) and \(rounded(again, 0)), ratio \(rounded(ours / max(plain, again))); processor time \
            \(rounded(time / Double(count) * 1_000)) ms a file, peak resident memory \(peak) MB
            """)
    }

    /// Files a second that are copied and fsynced, one after the other.
    private static func copies(from: String, to: String) throws -> Double {
        let names = try FileManager.default.contentsOfDirectory(atPath: from).filter { $0.hasSuffix(".txt") }
        let start = ContinuousClock.now
        for name in names {
            guard let bytes = FileManager.default.contents(atPath: from + "/" + name) else { continue }
            let descriptor = open(to + "/" + name, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0o600)
            let isWritten = bytes.withUnsafeBytes { write(descriptor, $0.baseAddress, $0.count) } == bytes.count && fsync(descriptor) == 0
            close(descriptor)
            guard isWritten else { throw Fault("copy", name, cause: errnoText(), mend: "Make room.") }
        }
        return Double(names.count) / ((ContinuousClock.now - start) / .seconds(1))
    }

    /// Not Foundation's way, which writes another file first, and waits for the disk: tens of thousands would take minutes.
    private static func put(_ path: String, _ text: String) throws {
        let descriptor = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0o644)
        defer { close(descriptor) }
        let bytes = Array(text.utf8)
        guard descriptor >= 0, write(descriptor, bytes, bytes.count) == bytes.count else {
            throw Fault("write", path, cause: errnoText(), mend: "Make room.")
        }
    }

    private static func story(_ number: Int) -> String {
        let sentence = "Kommunen anlægger cykelsti nummer \(number) mellem skolen og hallen. "
        return "Ny cykelsti \(number)\n\n" + String(repeating: sentence, count: 2_000 / sentence.utf8.count) + "\n"
    }

    private static func left(_ house: String) -> Int {
        ((try? FileManager.default.contentsOfDirectory(atPath: house + "/drop/" + source)) ?? []).count { $0.hasSuffix(".txt") }
    }

    // MARK: The time to a receipt

    private static func delays(_ program: String, _ house: String) throws {
        let daemon = try serve(program, house)
        defer { end(daemon) }
        guard eventually({ FileManager.default.fileExists(atPath: house + "/drop/\(source)/Tilbagetræk") }) else {
            throw Fault("start", program, cause: "it makes no folders", mend: "See its log.")
        }
        var delays: [Double] = []
        for number in 0..<15 {
            try put("\(house)/drop/\(source)/tid-\(number).txt", story(number + count))
            let start = ContinuousClock.now
            let receipt = house + "/drop/\(source)/Modtaget/tid-\(number).kvittering.html"
            guard eventually(every: .milliseconds(5), { FileManager.default.fileExists(atPath: receipt) }) else {
                throw Fault("wait for", receipt, cause: "it does not come", mend: "See the daemon's log.")
            }
            delays.append((ContinuousClock.now - start) / .seconds(1) - 1)
        }
        print(
            """
            intake, from the last byte to the receipt: the settle time and \(rounded(median(delays) * 1_000, 0)) ms, at most \
            \(rounded((delays.max() ?? 0) * 1_000, 0)) ms, of \(delays.count) texts
            """)
    }

    // MARK: The daemon

    private static func serve(_ program: String, _ house: String) throws -> ChildProcess {
        let log = open(house + "/daemon.log", O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0o600)
        defer { close(log) }
        var environment = ProcessInfo.processInfo.environment
        // As in the unit.
        environment["MALLOC_ARENA_MAX"] = "2"
        return try ChildProcess(
            program, ["serve", "--config", house + "/budstikke.conf"], environment: environment, input: log, output: log, errors: log)
    }

    private static func end(_ daemon: ChildProcess) {
        daemon.signal(SIGTERM)
        _ = daemon.wait()
    }

    /// Processor time in seconds, and peak resident memory in megabytes (proc(5)).
    private static func usage(_ daemon: ChildProcess) throws -> (time: Double, peak: Int) {
        let statistics = try String(contentsOfFile: "/proc/\(daemon.identifier)/stat", encoding: .utf8)
        let fields = statistics.split(separator: ")").last?.split(separator: " ") ?? []
        let ticks = [11, 12].compactMap { fields.indices.contains($0) ? Double(fields[$0]) : nil }.reduce(0, +)
        let status = try String(contentsOfFile: "/proc/\(daemon.identifier)/status", encoding: .utf8)
        let peak = status.firstMatch(of: /VmHWM:\s*(\d+) kB/).flatMap { Int($0.1) } ?? 0
        return (ticks / Double(sysconf(Int32(_SC_CLK_TCK))), peak >> 10)
    }

    // MARK: Nothing new

    /// Processor time of a pass: over files that are passed over, over pictures that wait for their text, and beside a `Modtaget/` that has
    /// grown large.
    private static func quietPass() throws {
        let files = 10_000
        for (what, name) in [("passed over", "b.part"), ("that wait", "b.jpg"), ("in Modtaget", "Modtaget/")] {
            let folder = try TemporaryFolder()
            let place = name.hasSuffix("/") ? "drop/\(source)/\(name)" : "drop/\(source)/"
            let ending = name.hasSuffix("/") ? ".txt" : String(name.dropFirst())
            try FileManager.default.createDirectory(atPath: folder.file(place), withIntermediateDirectories: true)
            for number in 0..<files { try put(folder.file(place) + "/fil nummer \(number)\(ending)", "x") }
            let stage = try IntakeStage(
                IntakeSettings(
                    dropFolder: folder.file("drop"), stateFolder: folder.file("state"), sources: [Source(name: source)],
                    audiences: [.everybody], zone: .copenhagen, language: .da),
                catalogue: Catalogue([:]), ledger: try folder.ledger(), clock: SystemClock(), receipt: { _ in "" },
                receiptMail: { _ in ("", "") }, placements: { _, _, _ in Forecast([]) })
            let first = processorTime()
            _ = stage.step()
            let passes = 50
            let before = processorTime()
            for _ in 0..<passes { _ = stage.step() }
            let each = (processorTime() - before) / Double(passes) / Double(files / 1_000) * 1_000
            print(
                """
                intake, a pass with nothing new: \(rounded(each)) ms of processor time for 1,000 files \(what), \
                the first \(rounded((before - first) / Double(files / 1_000) * 1_000)) ms
                """)
        }
    }
}
