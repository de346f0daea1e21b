import Core
import Foundation
import Ledger
import TestKit
import Testing

@testable import Bounces

/// Debian's Dovecot on a loopback port, with a maildir of its own and one password for every user. Needs root to give up its rights.
final class RealDovecot {
    let port: Int
    let folder: TemporaryFolder
    private let child: ChildProcess

    static var isAvailable: Bool { geteuid() == 0 && Oracle.hasProgram("/usr/sbin/dovecot", "/usr/bin/openssl") }

    init(mails: [String]) throws {
        folder = try TemporaryFolder()
        chmod(folder.path, 0o711)
        let probe = try LoopbackSocket.anyPort()
        close(probe.descriptor)
        port = probe.port
        for (index, mail) in mails.enumerated() { try folder.write("mail/new/\(index).host", mail) }
        for name in ["mail", "mail/new", "mail/cur", "mail/tmp"] {
            try FileManager.default.createDirectory(atPath: folder.file(name), withIntermediateDirectories: true)
            chown(folder.file(name), 65_534, 65_534)
        }
        for index in mails.indices { chown(folder.file("mail/new/\(index).host"), 65_534, 65_534) }
        let made = try ChildProcess.run(
            "/usr/bin/openssl",
            [
                "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes", "-days", "2", "-subj", "/CN=imap.example",
                "-addext", "subjectAltName=IP:127.0.0.1", "-keyout", folder.file("key.pem"), "-out", folder.file("cert.pem"),
            ])
        try #require(made.status == 0)
        try folder.write("dovecot.conf", Self.configuration(folder.path, port))
        let null = open("/dev/null", O_RDWR | O_CLOEXEC)
        defer { close(null) }
        child = try ChildProcess(
            "/usr/sbin/dovecot", ["-F", "-c", folder.file("dovecot.conf")], input: null, output: null, errors: null)
        let log = folder.file("log")
        try #require(eventually { ((try? String(contentsOfFile: log, encoding: .utf8)) ?? "").contains("starting up") })
    }

    deinit {
        child.signal(SIGTERM)
        _ = child.wait()
    }

    func mailbox(password: String = "hemmeligt", trusted: Bool = true) -> BounceMailbox {
        BounceMailbox(
            url: "imaps://127.0.0.1:\(port)/INBOX", user: "bounce", caFile: trusted ? folder.file("cert.pem") : nil,
            password: { () throws(Fault) in password })
    }

    private static func configuration(_ folder: String, _ port: Int) -> String {
        """
        base_dir = \(folder)/run
        log_path = \(folder)/log
        protocols = imap
        listen = 127.0.0.1
        ssl = required
        ssl_cert = <\(folder)/cert.pem
        ssl_key = <\(folder)/key.pem
        mail_location = maildir:\(folder)/mail
        first_valid_uid = 1
        passdb {
          driver = static
          args = password=hemmeligt
        }
        userdb {
          driver = static
          args = uid=65534 gid=65534 home=\(folder)
        }
        service imap-login {
          chroot =
          inet_listener imap {
            port = 0
          }
          inet_listener imaps {
            port = \(port)
            ssl = yes
          }
        }
        service anvil {
          chroot =
        }

        """
    }
}

@Suite("From an IMAP mailbox", .enabled(if: RealDovecot.isAvailable, "needs dovecot-imapd and root")) struct MailboxTests {
    @Test func reportsAreReadOnceAndKept() throws {
        let house = try BounceHouse()
        let edition = try house.release("nyt-1")
        let dovecot = try RealDovecot(mails: [
            try house.report(6, edition: edition), "From: Anna <a@koege.example>\nSubject: Hej\n\nHej\n",
            try house.report(7, status: "4.2.2", edition: edition),
        ])
        let stage = house.stage([dovecot.mailbox()])
        _ = stage.step()
        #expect(try house.ledger.standingAlarms() == [])
        #expect(try house.suppressed() == ["p6@koege.example"])
        #expect(try house.ledger.bounceCounts() == [.hard: 1, .soft: 1, BounceEntry.Verdict.none: 1])
        let kept = try FileManager.default.contentsOfDirectory(atPath: dovecot.folder.file("mail/cur"))
        #expect(kept.count == 3 && kept.allSatisfy { $0.hasSuffix(":2,RS") }, "\(kept)")
        // Nothing is waiting: a second look finds nothing to fetch.
        var fetched = 0
        _ = try dovecot.mailbox().look(isStopped: { false }, take: { _ in fetched += 1 })
        #expect(fetched == 0)
    }

    @Test func aWrongPasswordAndAnUnknownCertificateRaiseAnAlarm() throws {
        let house = try BounceHouse()
        let dovecot = try RealDovecot(mails: [])
        _ = house.stage([dovecot.mailbox(password: "falsk")]).step()
        #expect(try house.ledger.standingAlarms().first?.text.contains("refused user and password") == true)
        _ = house.stage([dovecot.mailbox(trusted: false)]).step()
        #expect(try house.ledger.standingAlarms().first?.text.contains("certificate") == true)
        _ = house.stage([dovecot.mailbox()]).step()
        #expect(try house.ledger.standingAlarms() == [])
    }
}
