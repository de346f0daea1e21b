import Core
import Foundation
import Ledger
import TestKit
import Testing

/// Deliveries as an operator sees and steers them, on the real daemon with a real relay on a socket.
@Suite struct PausedEditionTests {
    private static func slug(_ house: Installation) throws -> String {
        let status = try #require(try house.json("status") as? [String: Any])
        let released = try #require(status["released"] as? [[String: Any]])
        return try #require(released.first?["slug"] as? String)
    }

    @Test func refusedByTooManyItPausesAndAPersonDecides() throws {
        let relay = try ScriptedSMTPServer { moment in
            moment.step == .recipient && moment.line.contains(/p\d?\d@/) ? .reply("550 5.1.1 =unknown; here") : .proceed
        }
        defer { relay.stop() }
        let house = try DeliveryFaultTests.house(relay, recipients: 900)
        let daemon = try Daemon(house)
        try DeliveryFaultTests.release(house)
        let slug = try Self.slug(house)
        #expect(
            try eventually { (try house.json("status") as? [String: Any])?["alarms"].map { "\($0)".contains("paused-edition") } ?? false },
            "\(daemon.logText)")
        let list = try house.command("deliveries", slug, "--failed")
        #expect(list.status == 1 && list.outputText.contains("Paused: ") && list.outputText.contains("budstikke resume \(slug)"))
        let csv = try house.command("deliveries", slug, "--csv")
        let lines = csv.outputText.components(separatedBy: "\r\n")
        #expect(lines.first == "\u{FEFF}to;state;tries;since;next try;via;reply;bounce" && lines.count == 902)
        #expect(lines[1].hasPrefix("p0@koege.example;failed;1;20") && lines[1].hasSuffix(";outbox;\"RCPT: 550 5.1.1 =unknown; here\";"))
        #expect(try house.command("resume", slug).status == 0)
        #expect(relay.wait(atMost: .seconds(60)) { $0.mails.count == 800 }, "\(daemon.logText)")
        #expect(try eventually { try house.command("deliveries", slug).outputText.contains("800 sent, 100 failed") })
        let json = try #require(try house.json("deliveries", slug) as? [[String: Any]])
        #expect(json.allSatisfy { $0["via"] as? String == "outbox" && $0["reply"] != nil && $0["since"] != nil })
        // Only the failed are tried again, and an editor may hold and end what is left.
        #expect(try house.command("resume", slug).status == 1)
        #expect(try house.command("hold", slug).status == 0)
        #expect(try house.command("retry", slug).outputText.contains("100 failed"))
        #expect(try house.command("stop", slug, "--yes").outputText.contains("100 deliveries"))
        #expect(relay.record.mails.count == 800)
        #expect(daemon.terminate() == 0)
    }

    /// FAULTS 9 and 12: a relay that has fallen silent.
    @Test func aSilentRelayDoesNotHoldUpAStop() throws {
        let relay = try ScriptedSMTPServer { $0.step == .content && $0.taken > 5 ? .silence : .proceed }
        defer { relay.stop() }
        let house = try DeliveryFaultTests.house(relay, recipients: 1_000)
        let daemon = try Daemon(house)
        try DeliveryFaultTests.release(house)
        #expect(relay.wait(atMost: .seconds(60)) { $0.mails.count >= 5 + DeliveryFaultTests.connections }, "\(daemon.logText)")
        // 1 when a stage has not stopped within the bound.
        #expect(daemon.terminate() == 0, "\(daemon.logText)")
        let deliveries = try #require(try house.json("deliveries", try Self.slug(house)) as? [[String: Any]])
        let states = Dictionary(grouping: deliveries) { $0["state"] as? String ?? "" }.mapValues(\.count)
        #expect(states["ambiguous"] == DeliveryFaultTests.connections && states["sending"] == nil, "\(states)")
    }
}
