import Core
import HTTPServer
import Ledger
import Synchronization
import TestKit
import Testing

@testable import PushScreens

@Suite struct ScreenWatchTests {
    /// A shelf with a feed, its screens' watch, and the stage that writes down.
    private final class House {
        let clock = ManualClock(noon)
        let folder: TemporaryFolder
        let ledger: Ledger
        let watch: ScreenWatch
        let router: Router

        init() throws {
            folder = try TemporaryFolder()
            ledger = try folder.ledger()
            watch = ScreenWatch(clock: clock)
            let shelf = FeedShelf(clock: clock, watch: watch)
            shelf.publish(sampleFeed([sampleEntry(1)]))
            var router = Router()
            shelf.addRoutes(to: &router)
            self.router = router
        }

        func stage() -> ScreenWatchStage {
            ScreenWatchStage(
                watch: watch, silence: .minutes(15), ledger: ledger, clock: clock,
                log: Log("test", threshold: Log.Level(rawValue: 1) ?? .alert))
        }

        @discardableResult
        func fetch(_ target: String, from address: String = "10.1.2.3", _ headers: Headers = Headers()) throws -> Response {
            router.response(to: Request(.get, try #require(RequestTarget(target)), headers: headers, remoteAddress: address))
        }
    }

    @Test func `a screen is known by its name, one without by its address`() throws {
        let house = try House()
        let stage = house.stage()
        try house.fetch("/feeds/infoskaerm.rss?screen=Kantinen+1")
        try house.fetch("/feeds/infoskaerm.json")
        try house.fetch("/feeds/infoskaerm.json?screen=%3Cscript%3E", from: "10.9.9.9")
        try house.fetch("/feeds/unknown.json?screen=x")
        stage.pass()
        let screens = try house.ledger.screens()
        #expect(screens.map(\.key.label) == ["Kantinen 1", "10.1.2.3", "10.9.9.9"])
        #expect(screens.map(\.player) == ["rss", "json", "json"] && screens[0].address == "10.1.2.3")
    }

    @Test func `a name in the address does not stand in the way of 304`() throws {
        let house = try House()
        let first = try house.fetch("/feeds/infoskaerm.rss?screen=a")
        let tag = try #require(first.headers["ETag"])
        #expect(try house.fetch("/feeds/infoskaerm.rss?screen=b", ["If-None-Match": tag]).status == 304)
        #expect(try house.fetch("/feeds/infoskaerm.rss", ["If-None-Match": tag]).status == 304)
    }

    @Test func `a screen that falls silent raises an alarm that its next fetch ends`() throws {
        let house = try House()
        let stage = house.stage()
        func alarms() throws -> [String] { try house.ledger.standingAlarms().map { "\($0.kind) \($0.object)" } }
        for _ in 0..<4 {
            try house.fetch("/feeds/infoskaerm.rss?screen=kantinen")
            try house.fetch("/feeds/infoskaerm.rss")
            stage.pass()
            house.clock.advance(by: .minutes(5))
        }
        stage.pass()
        #expect(try alarms() == [])
        house.clock.advance(by: .minutes(10))
        stage.pass()
        #expect(try alarms() == ["silent-screen kantinen (infoskaerm)"])
        // Neither a second look nor a restart changes that.
        stage.pass()
        house.stage().pass()
        #expect(try alarms().count == 1)
        try house.fetch("/feeds/infoskaerm.rss?screen=kantinen")
        #expect(house.watch.hasReturned)
        stage.pass()
        #expect(try alarms() == [])
    }

    @Test func `who opens a page once is not missed`() throws {
        let house = try House()
        let stage = house.stage()
        try house.fetch("/feeds/infoskaerm.rss?screen=nysgerrig")
        stage.pass()
        house.clock.advance(by: .hours(5))
        stage.pass()
        #expect(try house.ledger.standingAlarms().isEmpty)
    }

    @Test func `a silence in which the service was down is not held against the screens`() throws {
        let house = try House()
        let stage = house.stage()
        for _ in 0..<4 {
            try house.fetch("/feeds/infoskaerm.rss?screen=kantinen")
            stage.pass()
            house.clock.advance(by: .minutes(6))
        }
        house.clock.advance(by: .hours(8))
        let restarted = house.stage()
        restarted.pass()
        #expect(try house.ledger.standingAlarms().isEmpty)
        house.clock.advance(by: .minutes(15))
        restarted.pass()
        #expect(try house.ledger.standingAlarms().count == 1)
    }

    @Test func `invented names and addresses fill nothing, and an address is forgotten after a day`() throws {
        let house = try House()
        let stage = house.stage()
        for number in 0..<(Ledger.screenLimit + 50) { try house.fetch("/feeds/infoskaerm.rss?screen=n\(number)") }
        stage.pass()
        #expect(try house.ledger.screens(limit: 10_000).count == Ledger.screenLimit)
        try house.fetch("/feeds/infoskaerm.rss", from: "10.0.0.1")
        stage.pass()
        #expect(try house.ledger.screens(limit: 10_000).contains { $0.key.label == "10.0.0.1" })
        house.clock.advance(by: Ledger.nameless + .seconds(1))
        try house.fetch("/feeds/infoskaerm.rss", from: "10.0.0.2")
        stage.pass()
        let labels = try house.ledger.screens(limit: 10_000).filter { !$0.key.isNamed }.map(\.key.label)
        #expect(labels == ["10.0.0.2"])
        #expect(try house.ledger.forgetScreen("n7", by: "test", at: house.clock.now()).count == 1)
        #expect(try house.ledger.forgetScreen("n7", by: "test", at: house.clock.now()).isEmpty)
    }

    @Test func `many fetches are one note`() throws {
        let house = try House()
        let stage = house.stage()
        for _ in 0..<1_000 { try house.fetch("/feeds/infoskaerm.rss?screen=kantinen") }
        #expect(house.watch.pending.count == 1)
        stage.pass()
        #expect(house.watch.pending.isEmpty)
        #expect(try house.ledger.screens().count == 1)
    }

    @Test func `a running stage sees a silent screen come back at once`() throws {
        let house = try House()
        let stage = house.stage()
        try house.ledger.recordScreens(
            [
                .init(
                    key: .init(feed: "infoskaerm", label: "kantinen", isNamed: true), address: "10.1.2.3", player: "rss",
                    first: noon - .days(2),
                    last: noon - .days(1))
            ], at: noon)
        try house.ledger.raiseAlarm("silent-screen", "kantinen (infoskaerm)", "test", at: noon)
        stage.pass()
        #expect(try house.ledger.standingAlarms().count == 1)
        try stage.start()
        try house.fetch("/feeds/infoskaerm.rss?screen=kantinen")
        #expect(try eventually { try house.ledger.standingAlarms().isEmpty })
        stage.stop()
    }
}
