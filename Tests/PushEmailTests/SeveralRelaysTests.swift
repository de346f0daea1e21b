import Core
import Foundation
import Ledger
import Synchronization
import TestKit
import Testing

@testable import Push
@testable import PushEmail

/// The whole outbox with several relays, on the system's clock.
@Suite("Several relays")
struct SeveralRelaysTests {
    private static func servers(_ count: Int, _ script: @escaping ScriptedSMTPServer.Script = { _ in .proceed }) throws
        -> [ScriptedSMTPServer]
    {
        try (0..<count).map { _ in try ScriptedSMTPServer(script: script) }
    }

    private static func house(_ server: ScriptedSMTPServer, _ addresses: [String], urgency: Urgency = .routine) throws -> Outbound {
        try Outbound(
            to: .smtp(url: server.url, startTLS: .none, user: nil, passwordFile: nil, caFile: nil), recipients: addresses, urgency: urgency)
    }

    private static func addresses(_ count: Int, _ domain: String = "koege.example") -> [String] { (0..<count).map { "p\($0)@\(domain)" } }

    /// Runs the outbox until the edition is as wished.
    private static func run(
        _ house: Outbound, _ channels: [EmailChannel], _ rules: OutboxRules = OutboxRules(), clock: any WallClock = SystemClock(),
        until isDone: () throws -> Bool
    ) throws -> Bool {
        let stage = OutboxStage(channels: channels, ledger: house.ledger, rules: rules, clock: clock)
        try stage.start()
        defer { stage.stop() }
        return try eventually(within: .seconds(60)) { try isDone() }
    }

    private static func allSent(_ house: Outbound) throws -> Bool {
        try house.ledger.deliveryCounts(of: house.edition).keys.elementsEqual([.sent])
    }

    @Test("The weights are kept exactly")
    func weights() throws {
        let servers = try Self.servers(3)
        defer { for server in servers { server.stop() } }
        let house = try Self.house(servers[0], Self.addresses(600))
        let channels = try [3, 2, 1].enumerated().map { index, weight in
            try house.anotherChannel(servers[index], name: "r\(index)") {
                $0.weight = weight
                $0.connections = 2
            }
        }
        // On a clock that stands still nobody is too slow for their turn, however loaded the machine is.
        #expect(try Self.run(house, channels, clock: house.clock) { try Self.allSent(house) })
        let counts = servers.map(\.record.mails.count)
        #expect(counts == [300, 200, 100])
        let routes = try house.ledger.deliveries(of: house.edition).reduce(into: [:]) { $0[$1.route ?? "", default: 0] += 1 }
        #expect(routes == ["r0": counts[0], "r1": counts[1], "r2": counts[2]])
    }

    @Test("One dead, one slow, one good: everybody has it once, and the dead one has an alarm")
    func deadSlowGood() throws {
        let dead = try ScriptedSMTPServer()
        dead.stop()
        let slow = try ScriptedSMTPServer { moment in
            if moment.step == .content { Thread.sleep(forTimeInterval: 0.15) }
            return .proceed
        }
        let good = try ScriptedSMTPServer()
        defer {
            slow.stop()
            good.stop()
        }
        let house = try Self.house(good, Self.addresses(400))
        let channels = try [("dead", dead), ("slow", slow), ("good", good)].map { name, server in
            try house.anotherChannel(server, name: name, clock: SystemClock()) { $0.connections = 2 }
        }
        var alarm: Alarm?
        #expect(
            try Self.run(house, channels) {
                alarm = try house.ledger.standingAlarms().first ?? alarm
                return try Self.allSent(house) && alarm != nil
            })
        #expect(alarm?.kind == "channel" && alarm?.object == "dead")
        #expect(good.record.mails.count + slow.record.mails.count == 400)
        #expect(good.record.mails.count > slow.record.mails.count && !slow.record.mails.isEmpty)
        #expect(Set((good.record.mails + slow.record.mails).map(\.recipient)).count == 400)
    }

    @Test("A lower priority gets mail only while the higher one is paused")
    func priority() throws {
        let servers = try Self.servers(2)
        defer { for server in servers { server.stop() } }
        let house = try Self.house(servers[0], Self.addresses(200))
        let first = try house.anotherChannel(servers[0], name: "first", clock: SystemClock()) { $0.priority = 1 }
        let second = try house.anotherChannel(servers[1], name: "second", clock: SystemClock()) { $0.priority = 2 }
        #expect(try Self.run(house, [second, first]) { try Self.allSent(house) })
        #expect(servers[0].record.mails.count == 200 && servers[1].record.connections == 0)

        let gone = try ScriptedSMTPServer()
        gone.stop()
        let other = try Self.house(servers[1], Self.addresses(50))
        let away = try other.anotherChannel(gone, name: "away", clock: SystemClock()) { $0.priority = 1 }
        let spare = try other.anotherChannel(servers[1], name: "spare", clock: SystemClock()) { $0.priority = 2 }
        #expect(try Self.run(other, [away, spare]) { try Self.allSent(other) })
        #expect(servers[1].record.mails.count == 50)
    }

    @Test("A relay that refuses us fails nobody, is paused with an alarm, and nothing more is tried on it")
    func refusingUs() throws {
        let server = try ScriptedSMTPServer { $0.step == .recipient ? .reply("554 5.7.1 Relay access denied") : .proceed }
        defer { server.stop() }
        let house = try Self.house(server, Self.addresses(30))
        let relay = try house.anotherChannel(server, name: "strict", clock: SystemClock()) { $0.connections = 1 }
        var alarm: Alarm?
        #expect(
            try Self.run(house, [relay]) {
                alarm = try house.ledger.standingAlarms().first
                return alarm != nil
            })
        #expect(alarm?.object == "strict" && alarm?.text.contains("Relay access denied") == true)
        let counts = try house.ledger.deliveryCounts(of: house.edition)
        #expect(counts[.failed] == nil && counts[.deferred] == 5 && counts[.pending] == 25)
    }

    @Test("A paused relay is tried with one mail, and its alarm ends when that is taken")
    func recovery() throws {
        let refusals = Refusing(5)
        let server = try ScriptedSMTPServer { $0.step == .mail ? refusals.answer() : .proceed }
        defer { server.stop() }
        let house = try Self.house(server, Self.addresses(30))
        let relay = try house.anotherChannel(server, name: "strict", clock: SystemClock()) { $0.connections = 3 }
        var hadAlarm = false
        #expect(
            try Self.run(house, [relay]) {
                let alarms = try house.ledger.standingAlarms()
                hadAlarm = hadAlarm || !alarms.isEmpty
                let counts = try house.ledger.deliveryCounts(of: house.edition)
                return hadAlarm && alarms.isEmpty && counts[.pending] == nil && counts[.sending] == nil
            })
        let counts = try house.ledger.deliveryCounts(of: house.edition)
        #expect(counts[.failed] == nil && (counts[.sent] ?? 0) >= 20 && (counts[.sent] ?? 0) + (counts[.deferred] ?? 0) == 30)
    }

    @Test("A domain at its limit holds up nobody else")
    func domains() throws {
        let server = try ScriptedSMTPServer()
        defer { server.stop() }
        let house = try Self.house(server, Self.addresses(100, "outlook.example") + Self.addresses(100))
        let relay = try house.anotherChannel(server, clock: SystemClock()) { $0.connections = 2 }
        let rules = OutboxRules(domains: [DomainLimit(name: "outlook.example", connections: 1, perMinute: 60)])
        #expect(
            try Self.run(house, [relay], rules) {
                server.record.mails.count { $0.recipient.contains("@koege.example") } == 100
                    && server.record.mails.contains { $0.recipient.contains("@outlook.example") }
            })
        #expect(server.record.mails.count { $0.recipient.contains("@outlook.example") } < 60)
        let states = try house.ledger.deliveryCounts(of: house.edition)
        #expect(states[.failed] == nil && states[.pending] ?? 0 > 40)
        // Without the limit the rest follows.
        #expect(try Self.run(house, [relay]) { try Self.allSent(house) })
    }

    @Test("In quiet hours nothing goes but urgent mail")
    func quietHours() throws {
        let server = try ScriptedSMTPServer()
        defer { server.stop() }
        let now = Zone.utc.civil(SystemClock().now())
        // From an hour ago until in two hours.
        let quiet = try #require(DailyWindow("\(padded((now.hour + 23) % 24, 2)):00-\(padded((now.hour + 2) % 24, 2)):00"))
        let rules = OutboxRules(quietHours: quiet, zone: .utc)
        let routine = try Self.house(server, Self.addresses(5))
        // A receipt goes: whoever works at night has just saved a file.
        let receipt = NoticeDraft(
            kind: "receipt", object: "item 1", address: try Samples.address("leder@akut.example"), language: .da, subject: "S", text: "T",
            once: "1")
        _ = try routine.ledger.post(receipt, at: SystemClock().now())
        let relay = try routine.anotherChannel(server, clock: SystemClock())
        let stage = OutboxStage(channels: [relay], ledger: routine.ledger, rules: rules, clock: SystemClock())
        try stage.start()
        let urgent = try Self.house(server, Self.addresses(3, "akut.example"), urgency: .urgent)
        #expect(try Self.run(urgent, [try urgent.anotherChannel(server, clock: SystemClock())], rules) { try Self.allSent(urgent) })
        #expect(server.wait { $0.mails.contains { $0.recipient.contains("leder@akut.example") } })
        stage.stop()
        #expect(try routine.states() == Array(repeating: .pending, count: 5) && routine.ledger.notices().map(\.state) == [.sent])
        #expect(server.record.mails.allSatisfy { $0.recipient.contains("akut") })
    }

    @Test("A connection carries as many messages as it may, then a new one goes on")
    func messagesPerConnection() throws {
        let server = try ScriptedSMTPServer()
        defer { server.stop() }
        let house = try Outbound(server, recipients: 10) { $0.messagesPerConnection = 3 }
        try house.carryOnce()
        #expect(try house.states() == Array(repeating: .sent, count: 10))
        let each = Dictionary(grouping: server.record.mails, by: \.connection).mapValues(\.count)
        #expect(each == [1: 3, 2: 3, 3: 3, 4: 1])
        #expect(server.wait { $0.ended == 4 } && server.record.lines.count { $0 == "QUIT" } == 4)
    }

    /// FAULTS 9 with a relay that does not answer any more.
    @Test("A stop cuts off a silent relay", arguments: [ScriptedSMTPServer.Step.greeting, .recipient, .content])
    func stoppedInSilence(step: ScriptedSMTPServer.Step) throws {
        let server = try ScriptedSMTPServer { $0.step == step ? .silence : .proceed }
        defer { server.stop() }
        let house = try Self.house(server, Self.addresses(3))
        let relay = try house.anotherChannel(server, clock: SystemClock()) { $0.connections = 1 }
        let stage = OutboxStage(channels: [relay], ledger: house.ledger, clock: SystemClock())
        try stage.start()
        #expect(
            server.wait { record in
                step == .greeting
                    ? record.connections == 1
                    : step == .content ? record.mails.count == 1 : record.lines.contains { $0.hasPrefix("RCPT") }
            })
        let hasStopped = Mutex(false)
        Thread.detachNewThread {
            stage.stop()
            hasStopped.withLock { $0 = true }
        }
        // Before the relay's time is up, 30 s.
        #expect(eventually(within: .seconds(25)) { hasStopped.withLock { $0 } })
        let states = try house.ledger.deliveries(of: house.edition).map(\.state)
        #expect(states == (step == .content ? [.ambiguous, .pending, .pending] : [.pending, .pending, .pending]))
        #expect(try house.ledger.standingAlarms().isEmpty)
    }

    @Test("An edition of which too much is refused is paused, and goes on when a person says so")
    func pausedEdition() throws {
        let server = try ScriptedSMTPServer { moment in
            moment.step == .recipient && moment.line.contains("@gone.example") ? .reply("550 5.1.1 unknown") : .proceed
        }
        defer { server.stop() }
        let house = try Self.house(server, Self.addresses(70, "gone.example") + Self.addresses(200))
        let relay = try house.anotherChannel(server, clock: SystemClock()) { $0.connections = 1 }
        let rules = OutboxRules(pause: PauseRule(percent: 20, atLeast: 10))
        #expect(
            try Self.run(house, [relay], rules) {
                try house.ledger.pause(of: house.edition) != nil && house.ledger.deliveryCounts(of: house.edition)[.sending] == nil
            })
        let alarm = try #require(try house.ledger.standingAlarms().first)
        #expect(alarm.kind == "paused-edition" && alarm.text.contains("budstikke resume \(Outbound.slug)"))
        let counts = try house.ledger.deliveryCounts(of: house.edition)
        #expect(counts[.failed] ?? 0 >= 10 && counts[.pending] ?? 0 > 100, "\(counts)")
        #expect(try house.ledger.claim(Outlet.email, limit: 10, at: SystemClock().now()).isEmpty)
        try house.ledger.resumeDeliveries(of: house.edition, by: "test", at: SystemClock().now())
        #expect(
            try Self.run(house, [relay]) {
                try house.ledger.deliveryCounts(of: house.edition) == [.failed: 70, .sent: 200]
            })
    }
}

/// Refuses us so many times.
private final class Refusing: Sendable {
    private let left: Counter

    init(_ count: Int) { left = Counter(count) }

    func answer() -> ScriptedSMTPServer.Answer { left.down() ? .reply("550 5.7.25 no reverse DNS") : .proceed }
}

private final class Counter: @unchecked Sendable {
    // Unchecked: touched only while `lock` is held.
    private let lock = NSLock()
    private var left: Int

    init(_ count: Int) { left = count }

    /// Whether there was one left.
    func down() -> Bool {
        lock.withLock {
            left -= 1
            return left >= 0
        }
    }
}
