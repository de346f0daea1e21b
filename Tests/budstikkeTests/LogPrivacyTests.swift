import Core
import Foundation
import TestKit
import Testing

/// A whole run of the real daemon in which addresses and personal numbers come from everywhere, and whose log names nobody.
@Suite struct LogPrivacyTests {
    private static let number = "070761-4285"

    /// Refuses some by naming them, as relays do.
    private static func relay() throws -> ScriptedSMTPServer {
        try ScriptedSMTPServer { moment in
            guard moment.step == .recipient, let address = moment.line.firstMatch(of: /<([^>]+)>/)?.1 else { return .proceed }
            if address.hasPrefix("p1") {
                return .reply("550 5.1.1 <\(address)>: Recipient address rejected, ask postmaster@koege.example")
            }
            return address.hasPrefix("p2") ? .reply("450 4.2.0 <\(address)>: greylisted") : .proceed
        }
    }

    @Test func noAddressAndNoNumberAtDefaultLevel() throws {
        let relay = try Self.relay()
        defer { relay.stop() }
        let house = try Installation { text in
            text.replacing("[Relay outbox]\nDirectory=outbox", with: "[Relay ude]\nURL=smtp://127.0.0.1:\(relay.port)\nStartTLS=none")
        }
        try house.writeRecipients(8)
        try house.user("anne", "editor")
        let daemon = try Daemon(house)
        #expect(try eventually { try house.hasPeople() })
        // In a text, in names, in a folder's name, in a row of the employees' file.
        try house.drop("HR/Nyt.md", "Kontakt: p3@koege.example\n\nNy kantine\n\nSkriv til p3@koege.example.\n")
        try house.drop("HR/Om \(Self.number).md", "Hej\n\nIntet.\n")
        try house.drop("HR/Nummer.md", "Hej\n\nDet er \(Self.number).\n")
        try house.drop("HR/skriv til p4@koege.example.md", "Endnu en\n\nMed adresse i navnet.\n")
        try house.drop("p5@koege.example/Hej.md", "Hej\n\nForkert mappe.\n")
        #expect(try eventually { try house.items().count == 2 }, "\(daemon.logText)")
        #expect(eventually { daemon.logText.components(separatedBy: "refused a file").count > 2 }, "\(daemon.logText)")
        #expect(try house.command("run", "direktionens-nyhedsbrev", "--yes").status == 0)
        #expect(eventually { daemon.logText.contains("a delivery has failed") }, "\(daemon.logText)")
        try house.write("recipients.csv", "email;name\np6@koege.example;Anne\nikke en adresse p7@koege.example;Bo \(Self.number)\n")
        #expect(eventually { daemon.logText.contains("The former directory stays") }, "\(daemon.logText)")
        let visitor = try DeskVisitor(daemon, headers: [])
        _ = try visitor.post("/desk/login", ["name": "p6@koege.example", "password": "forkert \(Self.number)"])
        #expect(daemon.terminate() == 0)

        let log = daemon.logText
        #expect(!log.contains("@koege.example") && !log.contains("p1@") && !log.contains("\(Self.number)"), "\(log)")
        #expect(!log.contains("0707614285") && !log.contains(DeskVisitor.password), "\(log)")
        // Whom it was about is found by the digest.
        let line = try #require(log.split(separator: "\n").first { $0.contains("a delivery has failed") })
        let digest = try #require(line.firstMatch(of: /RECIPIENT=([0-9a-f]{16})/), "\(line)").1
        #expect(
            line.contains("EDITION=direktionens-nyhedsbrev-") && line.contains("RELAY=ude") && line.contains("STATUS=550 5.1.1"), "\(line)")
        let released = try #require(try house.json("status") as? [String: Any])["released"] as? [[String: Any]]
        let slug = try #require(released?.first?["slug"] as? String)
        let deliveries = try #require(try house.json("deliveries", slug) as? [[String: Any]])
        #expect(deliveries.first { $0["digest"] as? String == String(digest) }?["to"] as? String == "p1@koege.example")
    }
}
