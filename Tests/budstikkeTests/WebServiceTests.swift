import Core
import Foundation
import TestKit
import Testing

/// The web server of the real daemon as the IT department sets it up: private feeds, a passed socket, TLS of its own, nginx before it.
@Suite struct WebServiceTests {
    private static let feed = "\n[Feed ledere]\nTitle=Ledernes skærm\nPrivate=yes\n"

    private struct Addresses: Decodable {
        var feed: String
        var isPrivate: Bool
        var addresses: [String]
        var screen: String
    }

    private func addresses(_ house: Installation) throws -> Addresses {
        let all = try JSONDecoder().decode([Addresses].self, from: Data(try house.command("feeds", "--json").output))
        #expect(all.filter(\.isPrivate).map(\.feed) == ["ledere"])
        return try #require(all.first { $0.isPrivate })
    }

    private func path(_ address: String) throws -> String { try #require(URL(string: address)?.path) }

    @Test func aPrivateFeedIsReadByItsAddressUntilThatIsRenewed() throws {
        let house = try Installation { $0 + Self.feed }
        let before = try addresses(house)
        let daemon = try Daemon(house)
        // The same with a daemon and without one.
        let private1 = try addresses(house)
        #expect(private1.addresses == before.addresses)
        let rss = try path(try #require(private1.addresses.first))
        for path in try private1.addresses.map(path) + [try path(private1.screen)] {
            #expect(try ServiceTests.get(daemon, path).status == 200, "\(path)")
        }
        #expect(try ServiceTests.get(daemon, "/feeds/ledere.rss").status == 404)
        // What the page asks for lies where it looks.
        let page = String(decoding: try ServiceTests.get(daemon, try path(private1.screen)).body, as: UTF8.self)
        let player = try #require(page.firstMatch(of: /src="\.\.\/assets\/([^"]+)"/)).1
        #expect(try ServiceTests.get(daemon, "/screen/assets/\(player)").status == 200)

        let text = try String(contentsOfFile: house.configuration, encoding: .utf8)
        try Data(text.replacing("Private=yes", with: "Private=yes\nTokenVersion=2").utf8).write(
            to: URL(fileURLWithPath: house.configuration))
        daemon.process.signal(SIGHUP)
        #expect(try eventually { try ServiceTests.get(daemon, rss).status == 404 }, "\(daemon.logText)")
        let private2 = try addresses(house)
        #expect(private2.addresses != private1.addresses)
        #expect(try eventually { try ServiceTests.get(daemon, try path(try #require(private2.addresses.first))).status == 200 })
        #expect(daemon.terminate() == 0)
        for address in private1.addresses + private2.addresses {
            let token = try #require(try path(address).split(separator: "/").dropFirst().first)
            #expect(!daemon.logText.contains(token))
        }
    }

    /// One line for each kind of resource.
    @Test func everythingSaysHowLongItMayBeKept() throws {
        let daemon = try Daemon(try Installation())
        let page = String(decoding: try ServiceTests.get(daemon, "/screen/infoskaerm").body, as: UTF8.self)
        let player = try #require(page.firstMatch(of: /src="assets\/([^"]+)"/)).1
        let kinds = [
            ("/feeds/infoskaerm.rss", 200, "max-age=60"), ("/feeds/infoskaerm.json", 200, "max-age=60"),
            ("/screen/infoskaerm", 200, "no-cache"),
            ("/screen/infoskaerm/items.json", 200, "no-cache"), ("/screen/worker.js", 200, "no-cache"),
            ("/screen/assets/\(player)", 200, "public, max-age=31536000, immutable"), ("/editions/", 200, "max-age=60"),
            ("/u/x", 404, "no-store"), ("/healthz", 200, "no-store"), ("/metrics", 404, "no-store"), ("/nothing", 404, "no-store"),
            ("/pictures/\(String(repeating: "0", count: 64)).png", 404, "no-store"),
        ]
        for (path, status, lifetime) in kinds {
            let answer = try ServiceTests.get(daemon, path)
            #expect(
                answer.status == status && answer.header("Cache-Control") == lifetime, "\(path): \(answer.header("Cache-Control") ?? "")")
        }
        daemon.terminate()
    }

    private static let python = "/usr/bin/python3"

    /// As systemd's `.socket` unit: descriptor 3 listens before the daemon is there.
    @Test(.enabled(if: Oracle.hasProgram(python), "needs python3"))
    func aPassedSocketIsServedInPlaceOfListen() throws {
        let house = try Installation { $0.replacing("Listen=127.0.0.1:0", with: "Listen=127.0.0.1:1") }
        let launcher = house.folder.file("launch.py")
        try house.folder.write(
            "launch.py",
            """
            import os, socket, sys
            listener = socket.socket()
            listener.bind(("127.0.0.1", 0))
            listener.listen()
            os.dup2(listener.fileno(), 3)
            os.set_inheritable(3, True)
            os.environ.update(LISTEN_FDS="1", LISTEN_PID=str(os.getpid()))
            os.execv(sys.argv[1], sys.argv[1:])

            """)
        let daemon = try Daemon(house, behind: [Self.python, launcher])
        #expect(try daemon.port != 1)
        #expect(try ServiceTests.get(daemon, "/healthz").status == 200)
        // A reload leaves it open.
        daemon.process.signal(SIGHUP)
        #expect(eventually { daemon.logText.contains("reload") }, "\(daemon.logText)")
        #expect(try ServiceTests.get(daemon, "/healthz").status == 200)
        #expect(daemon.terminate() == 0)
        // Another process's sockets are not ours.
        let stranger = try Daemon(try Installation(), environment: ["LISTEN_FDS": "1", "LISTEN_PID": "1"])
        #expect(try ServiceTests.get(stranger, "/healthz").status == 200)
        stranger.terminate()
    }

    // MARK: TLS

    private static let openssl = "/usr/bin/openssl"
    private static let curl = "/usr/bin/curl"

    private func makeCertificate(_ house: Installation, _ name: String, as file: String = "nyt", days: Int = 90) throws {
        let made = try ChildProcess.run(
            Self.openssl,
            [
                "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes", "-days", "\(days)", "-subj",
                "/CN=\(name)",
                "-addext", "subjectAltName=IP:127.0.0.1", "-keyout", "\(house.path)/\(file).key", "-out", "\(house.path)/\(file).pem",
            ])
        try #require(made.status == 0, "\(made.errorText)")
        chmod("\(house.path)/\(file).key", 0o640)
    }

    private func secured() throws -> Installation {
        try Installation { text in
            text.replacing("Listen=127.0.0.1:0\n", with: "Listen=127.0.0.1:0\nCertificate=nyt.pem\nKey=nyt.key\n")
        }
    }

    /// What OpenSSL's client says of the server.
    private func handshake(_ daemon: Daemon, _ options: String...) throws -> String {
        let outcome = try ChildProcess.run(Self.openssl, ["s_client", "-connect", "127.0.0.1:\(try daemon.port)"] + options)
        return outcome.outputText + outcome.errorText
    }

    @Test(.enabled(if: Oracle.hasProgram(openssl, curl), "needs openssl and curl"))
    func tlsOfItsOwnIsModernAndItsCertificateRenewedByAReload() throws {
        let house = try secured()
        try makeCertificate(house, "former")
        let daemon = try Daemon(house)
        #expect(try handshake(daemon, "-tls1_3").contains("TLSv1.3"))
        #expect(try handshake(daemon, "-tls1_2").contains("Cipher is ECDHE-"))
        let old = try handshake(daemon, "-tls1_1", "-cipher", "DEFAULT@SECLEVEL=0")
        #expect(old.contains("Cipher is (NONE)"), "\(old)")
        #expect(try handshake(daemon, "-tls1_3").contains("CN = former"))
        try makeCertificate(house, "renewed")
        daemon.process.signal(SIGHUP)
        #expect(try eventually { try handshake(daemon, "-tls1_3").contains("CN = renewed") }, "\(daemon.logText)")
        let port = try daemon.port
        let page = try ChildProcess.run(
            Self.curl, ["-sS", "-i", "--max-time", "20", "--cacert", "\(house.path)/nyt.pem", "https://127.0.0.1:\(port)/editions/"])
        #expect(page.outputText.hasPrefix("HTTP/1.1 200") && page.outputText.contains("Strict-Transport-Security: "))
        // One that is none does not take its place.
        try house.write("nyt.pem", "nothing")
        daemon.process.signal(SIGHUP)
        #expect(eventually { daemon.logText.contains("there is no CERTIFICATE in PEM in it") }, "\(daemon.logText)")
        #expect(try handshake(daemon, "-tls1_3").contains("CN = renewed"))
        #expect(daemon.terminate() == 0)
    }

    @Test(.enabled(if: Oracle.hasProgram(openssl), "needs openssl"))
    func theCheckLooksAtTheCertificate() throws {
        let house = try secured()
        func said() throws -> String { try house.command("check").outputText }
        #expect(try said().contains("nyt.pem cannot be read"))
        try makeCertificate(house, "nyt")
        #expect(try said().contains("No problems found.") && !said().contains("Soon:"))
        try makeCertificate(house, "nyt", days: 5)
        #expect(try said().contains("Soon: ") && said().contains("the certificate ends on ") && said().contains("No problems found."))
        try makeCertificate(house, "other", as: "other")
        try FileManager.default.removeItem(atPath: house.path + "/nyt.key")
        try FileManager.default.moveItem(atPath: house.path + "/other.key", toPath: house.path + "/nyt.key")
        #expect(try said().contains("nyt.key is not the key of"))
        try house.write("nyt.pem", "-----BEGIN nothing")
        #expect(try said().contains("there is no certificate in PEM in it"))
        chmod(house.path + "/nyt.key", 0o644)
        #expect(try said().contains("everybody may read the key"))
        try makeCertificate(house, "nyt")
        let ended = try ChildProcess.run(
            Self.openssl,
            ["x509", "-in", house.path + "/nyt.pem", "-signkey", house.path + "/nyt.key", "-days", "-1", "-out", house.path + "/nyt.pem"])
        try #require(ended.status == 0, "\(ended.errorText)")
        #expect(try said().contains("the certificate ended on ") && !said().contains("Soon:"))
    }

    // MARK: Behind nginx

    private static let nginx = "/usr/sbin/nginx"

    /// The shipped server block, with the test's ports and certificate in it.
    @Test(.enabled(if: Oracle.hasProgram(nginx, openssl, curl), "needs nginx-light, openssl and curl"))
    func behindTheShippedServerBlockTheClientIsKnown() throws {
        let house = try Installation { text in text.replacing("Listen=127.0.0.1:0\n", with: "Listen=127.0.0.1:0\nTrustedProxy=127.0.0.1\n")
        }
        try makeCertificate(house, "nyt")
        let daemon = try Daemon(house)
        let probe = try LoopbackSocket.anyPort()
        close(probe.descriptor)
        let shipped = try String(contentsOfFile: Oracle.root + "/systemd/nginx.conf", encoding: .utf8)
        let block = shipped.replacing("listen 443 ssl http2;", with: "listen 127.0.0.1:\(probe.port) ssl http2;")
            .replacing("listen [::]:443 ssl http2;", with: "").replacing("127.0.0.1:8080;", with: "127.0.0.1:\(try daemon.port);")
            .replacing("/etc/ssl/certs/nyt.koege.example.pem", with: house.path + "/nyt.pem")
            .replacing("/etc/ssl/private/nyt.koege.example.key", with: house.path + "/nyt.key")
        let folder = house.folder.path
        try house.folder.write(
            "nginx.conf",
            """
            \(geteuid() == 0 ? "user root;" : "")
            daemon off;
            worker_processes 1;
            pid \(folder)/nginx.pid;
            error_log \(folder)/nginx.log;
            events {}
            http {
            client_body_temp_path \(folder)/body; proxy_temp_path \(folder)/proxy; fastcgi_temp_path \(folder)/fastcgi;
            uwsgi_temp_path \(folder)/uwsgi; scgi_temp_path \(folder)/scgi;
            \(block)
            }

            """)
        let null = open("/dev/null", O_RDWR | O_CLOEXEC)
        defer { close(null) }
        let proxy = try ChildProcess(
            Self.nginx, ["-e", folder + "/nginx.log", "-c", folder + "/nginx.conf", "-p", folder], input: null, output: null, errors: null)
        defer {
            proxy.signal(SIGTERM)
            _ = proxy.wait()
        }
        func get(_ path: String, _ options: [String] = []) throws -> ChildProcess.Outcome {
            try ChildProcess.run(
                Self.curl,
                ["-sS", "-i", "--max-time", "20", "--cacert", house.path + "/nyt.pem", "--interface", "127.0.0.2"] + options + [
                    "https://127.0.0.1:\(probe.port)\(path)"
                ])
        }
        #expect(
            try eventually { try get("/healthz").status == 0 },
            "\((try? String(contentsOfFile: folder + "/nginx.log", encoding: .utf8)) ?? "")")
        // What the client writes there itself is not believed.
        #expect(
            try get("/feeds/infoskaerm.rss?screen=kantinen", ["-H", "X-Forwarded-For: 203.0.113.7"]).outputText.hasPrefix("HTTP/2 200"))
        let events = try get("/screen/infoskaerm/events", ["--max-time", "3"])
        #expect(events.outputText.contains("data: \""), "an event came through at once")
        daemon.terminate()
        let screens = try #require(try house.json("screens") as? [[String: Any]])
        #expect(screens.compactMap { $0["address"] as? String }.allSatisfy { $0 == "127.0.0.2" } && !screens.isEmpty, "\(screens)")
    }
}
