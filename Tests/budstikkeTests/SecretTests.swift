import Core
import Crypto
import Foundation
import Ledger
import TestKit
import Testing

/// A secret is planted in each place where one can be configured, and looked for everywhere else while the real daemon uses them.
@Suite struct PlantedSecretTests {
    private static let planted = (
        relay: "relaehemmelighed-93", webhook: base64(Array("webhookhemmelighed-93-lang-nok".utf8)), password: "wordpresshemmelighed-93",
        client: "klienthemmelighed-93", address: "teamshemmelighed-93", key: "noeglehemmelighed-93",
        push: base64URL(Array("webpushhemmelighed-93-lang-nok-1".utf8))
    )

    private static let sections = """

        [Endpoint krog]
        Kind=webhook
        URL={url}/krog
        SecretFile=krog.secret
        AllowPrivate=yes
        [Endpoint presse]
        Kind=wordpress
        URL={url}/wp-json
        User=nyhedsbrev
        SecretFile=presse.secret
        AllowPrivate=yes
        [Endpoint drupal]
        Kind=drupal
        URL={url}
        User=nyhedsbrev
        SecretFile=presse.secret
        AllowPrivate=yes
        [Endpoint punkt]
        Kind=sharepoint
        URL={url}/v1.0
        LoginURL={url}/login
        Tenant=koege
        Client=app
        Site=a,b,c
        SecretFile=punkt.secret
        AllowPrivate=yes
        [Endpoint hold]
        Kind=teams
        SecretFile=hold.secret
        AllowPrivate=yes
        [Endpoint slap]
        Kind=slack
        SecretFile=hold.secret
        AllowPrivate=yes
        [Endpoint materie]
        Kind=mattermost
        SecretFile=hold.secret
        AllowPrivate=yes
        [Endpoint andet]
        Kind=generic
        URL={url}/andet
        SecretFile=andet.secret
        Header=X-Api-Key: {{{secret}}}
        Body=andet.mustache
        AllowPrivate=yes
        [Phones]
        KeyFile=skub.key

        """

    /// The other side repeats all that it was sent, as servers do in their errors, and takes nothing.
    private static func echo() throws -> ScriptedHTTPServer {
        try ScriptedHTTPServer { request in
            let headers = request.headers.map { "\($0.name): \($0.value)" }.joined(separator: "\n")
            return .status(401, body: Array("\(request.method) \(request.target)\n\(headers)\n\n".utf8) + request.body)
        }
    }

    private static func plant(_ house: Installation, _ url: String) throws {
        let files = [
            "relay.password": planted.relay, "krog.secret": "whsec_" + planted.webhook, "presse.secret": planted.password,
            "punkt.secret": planted.client, "hold.secret": "\(url)/\(planted.address)", "andet.secret": planted.key,
            "skub.key": planted.push,
        ]
        for (name, text) in files {
            try house.write(name, text + "\n")
            #expect(chmod(house.path + "/" + name, 0o600) == 0)
        }
        try house.write("andet.mustache", "{\"title\": {{{json.title}}}}")
        let schedule = house.path + "/Schedules/direktionens-nyhedsbrev.schedule"
        let names = ["krog", "presse", "drupal", "punkt", "hold", "slap", "materie", "andet"]
        let text = try String(contentsOfFile: schedule, encoding: .utf8)
        try house.write(
            "Schedules/direktionens-nyhedsbrev.schedule",
            text.replacing("[Channels]\n", with: "[Channels]\n" + names.map { "Endpoint=\($0)\n" }.joined()))
    }

    @Test(.enabled(if: Oracle.hasProgram("/usr/bin/openssl"), "needs openssl")) func noneAppearsAnywhere() throws {
        let server = try Self.echo()
        defer { server.stop() }
        let house = try Installation { text in
            text.replacing("[Web]\n", with: "[Web]\nCertificate=nyt.pem\nKey=nyt.key\n").replacing(
                "[Relay outbox]\nDirectory=outbox", with: "[Relay ude]\nURL=smtp://127.0.0.1:9\nUser=nyt\nPasswordFile=relay.password")
                + Self.sections.replacing("{url}", with: server.url)
        }
        try Self.plant(house, server.url)
        let keyLine = try Self.makeCertificate(house)
        let daemon = try Daemon(house)
        try house.write("drop/HR/Nyt.md", "Ny kantine\n\nDen åbner på mandag.\n")
        #expect(try eventually { try ServiceTests.items(house).count == 1 }, "\(daemon.logText)")
        #expect(try house.command("run", "direktionens-nyhedsbrev", "--yes").status == 0)
        func posts() throws -> [[String: Any]] { try #require(try house.json("posts") as? [[String: Any]]) }
        #expect(
            try eventually { try posts().filter { ($0["reply"] as? String)?.hasPrefix("HTTP 401") == true }.count == 8 },
            "\(daemon.logText)")

        var told = ["log": Array(daemon.logText.utf8), "process list": try Self.commandLines()]
        for words in [
            ["status"], ["posts"], ["posts", "--json"], ["status", "--json"], ["check"], ["check", "--endpoints"],
            ["deliveries", "direktionens-nyhedsbrev"],
        ] {
            let outcome = try Installation.run(words + ["--config", house.configuration])
            told[words.joined(separator: " ")] = outcome.output + outcome.errors
        }
        #expect(daemon.terminate() == 0)
        for name in house.files("state") {
            told["state/" + name] = Array(FileManager.default.contents(atPath: house.path + "/state/" + name) ?? Data())
        }
        told["log at the end"] = Array(daemon.logText.utf8)
        try Self.expectNone(in: told, and: keyLine)

        // A start that is refused names the file, and not what is in it.
        for name in ["relay.password", "krog.secret", "presse.secret", "punkt.secret", "hold.secret", "andet.secret", "skub.key"] {
            #expect(chmod(house.path + "/" + name, 0o644) == 0)
        }
        let refused = try house.command("serve")
        #expect(refused.status == 78 && refused.errorText.contains("chmod 600"))
        try Self.expectNone(in: ["refusal": refused.output + refused.errors, "check": try house.command("check").output], and: keyLine)
    }

    /// A certificate for the web server; a line of its private key.
    private static func makeCertificate(_ house: Installation) throws -> String {
        let made = try ChildProcess.run(
            "/usr/bin/openssl",
            [
                "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "2", "-subj", "/CN=localhost", "-keyout", house.path + "/nyt.key",
                "-out", house.path + "/nyt.pem",
            ])
        try #require(made.status == 0 && chmod(house.path + "/nyt.key", 0o600) == 0, "\(made.errorText)")
        let lines = try String(contentsOfFile: house.path + "/nyt.key", encoding: .utf8).split(separator: "\n")
        return String(try #require(lines.dropFirst().first))
    }

    private static func expectNone(in told: [String: [UInt8]], and keyLine: String) throws {
        let secrets = [
            planted.relay, planted.webhook, planted.password, planted.client, planted.address, planted.key, planted.push,
            base64(Array("nyhedsbrev:\(planted.password)".utf8)), base64(Array("\0nyt\0\(planted.relay)".utf8)), "webhookhemmelighed-93",
            keyLine,
        ]
        for (place, bytes) in told {
            for secret in secrets { #expect(!bytes.contains(secret.utf8), "\(secret) stands in \(place)") }
        }
    }

    /// The arguments of every process of this machine, the daemon's among them.
    private static func commandLines() throws -> [UInt8] {
        try FileManager.default.contentsOfDirectory(atPath: "/proc").filter { $0.allSatisfy(\.isNumber) }
            .flatMap { [UInt8](FileManager.default.contents(atPath: "/proc/\($0)/cmdline") ?? Data()) + [10] }
    }
}

extension [UInt8] {
    fileprivate func contains(_ text: String.UTF8View) -> Bool { !Array(text).isEmpty && firstRange(of: Array(text)) != nil }
}
