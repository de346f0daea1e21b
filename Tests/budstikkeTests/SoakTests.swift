import Core
import Database
import Foundation
import Ledger
import Synchronization
import TestKit
import Testing

@testable import budstikke

/// A year of news to ten thousand people in an hour (`BUDSTIKKE_SOAK=60`), or three minutes of it in CI: the service keeps its size and
/// its descriptors, and everybody gets every edition once.
///
/// The service runs in a process of its own, this program again, on a clock that goes 12,000 times as fast, and in real time only while
/// something is being sent. Items come and are replaced meanwhile; screens and readers fetch.
@Suite struct SoakTests {
    private static let environment = ProcessInfo.processInfo.environment
    private static let minutes = environment["BUDSTIKKE_SOAK"].flatMap { Double($0) } ?? 3
    private static let recipients = 10_000
    /// 2026-11-29 20:00 in Copenhagen, the Sunday before a week that has every publication but the committees'.
    private static let start = Instant(seconds: 1_795_978_800)

    @Test(.enabled(if: Oracle.hasProgram("/usr/sbin/smtp-sink"), "needs Debian's package postfix"))
    func aYearOfNewsLeavesTheServiceAsItWas() throws {
        if let file = Self.environment["BUDSTIKKE_SOAK_HOUSE"] { return try Self.serve(file) }
        let folder = try TemporaryFolder()
        let sink = try MailSink(counts: folder.file("sink"))
        defer { sink.stop() }
        let house = try Self.house(sink)
        let program = URL(fileURLWithPath: "/proc/self/exe").resolvingSymlinksInPath().path
        let service = try Daemon(
            house, instead: [program, "--testing-library", "swift-testing", "--filter", "SoakTests/aYearOfNews"],
            // This program has threads before the service can say how many heaps they are to share.
            environment: ["BUDSTIKKE_SOAK_HOUSE": house.configuration, "GLIBC_TUNABLES": "glibc.malloc.arena_max=2"])
        // A service that has sent one edition is as large as it means to be: from then on it is looked at.
        // Of an old edition the deliveries are kept no longer: it counts as it was seen last.
        var seen: [String: Edition] = [:]
        func see() throws { seen.merge(try Self.editions(house).map { ($0.slug, $0) }) { $1.people >= $0.people ? $1 : $0 } }
        var looks = 0
        func look() throws {
            if looks % 4 == 0 { try Self.drop(looks / 4, into: house) }
            if looks % 40 == 0 { try see() }
            for path in ["/feeds/infoskaerm.rss", "/feeds/infoskaerm.json", "/screen/infoskaerm", "/editions/"] {
                #expect(try ServiceTests.get(service, path).status == 200, "\(path)")
            }
            looks += 1
            poll(nil, 0, 500)
        }
        let isWarm = try Self.goesOn(for: .minutes(10), look) {
            try Self.editions(house).contains { $0.people > 0 && $0.sent == $0.people }
        }
        #expect(isWarm, "no edition: \(service.logText.suffix(4_000))")
        var sizes = ProcessSizes()
        let end = ContinuousClock.now + .seconds(Self.minutes * 60)
        while ContinuousClock.now < end {
            try look()
            try sizes.look(at: service.process.identifier)
        }
        // Two more at least, and none on its way.
        let isDone = try Self.goesOn(for: .minutes(10), look) {
            let editions = try Self.editions(house)
            return editions.count { $0.people > 0 } > 2 && editions.allSatisfy { $0.sent == $0.people }
        }
        let open = try ProcessSize.openFiles(of: service.process.identifier)
        #expect(service.terminate() == 0, "\(service.logText.suffix(4_000))")
        try see()
        let editions = seen.values.sorted { $0.released < $1.released }
        #expect(isDone, "\(editions)")
        let memory = (1...9).map { sizes.median(\.memory, tenth: $0) }
        let descriptors = (1...9).map { sizes.median(\.descriptors, tenth: $0) }
        let span = (editions.last?.released ?? Self.start) - Self.start
        print(
            "soak: \(editions.count) editions of \(span.milliseconds / 86_400_000) days, \(sink.taken) mails; by tenths \(memory) kB, \(descriptors) descriptors"
        )
        // One that was released while the service was told to stop may be on its way.
        let last = editions.last?.released ?? Self.start
        #expect(editions.allSatisfy { $0.people == 0 || $0.released == last || $0.people == Self.recipients && $0.sent == $0.people })
        #expect(eventually { sink.taken >= editions.reduce(0) { $0 + $1.sent } })
        #expect(sink.taken == editions.reduce(0) { $0 + $1.sent }, "nobody gets an edition twice")
        // What one edition needs more or less than another is a larger share of three minutes.
        #expect(memory[8] * 100 < memory[0] * (Self.minutes < 60 ? 110 : 105), "\(memory)")
        // The relay's four connections, of three descriptors each, are open or not when somebody looks.
        #expect(descriptors[8] <= descriptors[0] + 12, "\(descriptors): \(open)")
        #expect(Self.minutes < 60 || span > .days(360), "an hour holds a year")
    }

    /// Does `act` again and again until it `isEnough`, which is asked every few times; whether that came within the limit.
    private static func goesOn(for limit: Span, _ act: () throws -> Void, until isEnough: () throws -> Bool) throws -> Bool {
        let end = ContinuousClock.now + .milliseconds(limit.milliseconds)
        while ContinuousClock.now < end {
            for _ in 0..<4 { try act() }
            if try isEnough() { return true }
        }
        return false
    }

    /// What runs in the other process.
    private static func serve(_ file: String) throws {
        let clock = RapidClock(start)
        let service = try Service(settings: try ServeCommand.settings(file), clock: clock)
        let ledger = service.current.ledger
        let isOver = Mutex(false)
        Thread.detachNewThread {
            while !isOver.withLock({ $0 }) {
                let due = try? ledger.nextDue(Outlet.email)
                clock.set(pace: due.map { $0 <= clock.now() } == true ? 1 : 12_000)
                poll(nil, 0, 20)
            }
        }
        defer { isOver.withLock { $0 = true } }
        #expect(try ServeCommand.finish(service) == .done)
    }

    private static func house(_ sink: MailSink) throws -> Installation {
        let house = try Installation {
            $0.replacing("Directory=outbox", with: "URL=smtp://127.0.0.1:\(sink.port)\nStartTLS=none\nConnections=4")
                .replacing("Rescan=200ms", with: "Rescan=1h")
        }
        try house.writeRecipients(recipients)
        for file in house.files("Schedules") {
            // Six hours are two seconds here.
            let text = try String(contentsOfFile: house.path + "/Schedules/" + file, encoding: .utf8)
            try house.write("Schedules/" + file, text.replacing("IfLate=6h", with: "IfLate=4d"))
        }
        return house
    }

    /// News of all sources and categories; each fifth file is a later version of the one before.
    private static func drop(_ number: Int, into house: Installation) throws {
        let sources = ["HR", "Teknik og Miljø", "Børn og Unge", "Hovedudvalget", "Sundhed og Omsorg"]
        let place = number % 5 == 4 ? number - 1 : number
        let category = number % 10 == 2 ? "Kategori: Kunngørelse\n" : number % 10 == 6 ? "Kategori: Ledig stilling\n" : ""
        try house.write(
            "drop/\(sources[place % 5])/Nyhed \(place).md",
            "Titel: Nyhed \(place)\nResumé: Nummer \(number) i rækken.\n\(category)\nHer står nyhed \(number).\n\nDen har to afsnit.\n")
    }

    private struct Edition {
        var slug: String
        var released: Instant
        var people: Int
        var sent: Int
    }

    private static func editions(_ house: Installation) throws -> [Edition] {
        let ledger = try Connection(path: house.path + "/state/ledger.sqlite", access: .readOnly)
        return try ledger.all(
            """
            SELECT slug, released, (SELECT count(*) FROM delivery WHERE edition = edition.id),
            (SELECT count(*) FROM delivery WHERE edition = edition.id AND state = 'sent') FROM edition WHERE state = 'released' ORDER BY released
            """
        ) { Edition(slug: $0.text(0), released: $0.instant(1), people: $0.int(2), sent: $0.int(3)) }
    }
}
