import Core
import Foundation

/// Debian's Postfix with a configuration, a queue and a port of its own, on loopback alone: takes mail for `koege.example` and
/// delivers it into one maildir. Needs root, because Postfix gives up root's rights itself.
package final class RealPostfix {
    package let port: Int
    package var url: String { "smtp://127.0.0.1:\(port)" }
    /// The certificate that it shows, made for this run: valid for 127.0.0.1, known to no authority.
    package var certificate: String { folder.file("cert.pem") }

    private let folder: TemporaryFolder
    private var inbox: String { folder.file("mail/inbox/new") }

    /// The maildir of the return path, `bounce+…@koege.example`, when it makes troubles.
    package var bounces: String { folder.file("mail/bounces") }

    /// Whether it can be run here.
    package static var isAvailable: Bool {
        geteuid() == 0 && Oracle.hasProgram("/usr/sbin/postfix", "/usr/bin/openssl")
    }

    /// Starts it. Throws a ``Fault`` with its log when it does not come up.
    ///
    /// With `troubles` it judges recipients of `koege.example` by the end of their number: `p…00` and `p…50` are deferred, `p…99` is
    /// refused, `p…77` is accepted and then found to be unknown, so that it sends a report to the return path; other mails it throws
    /// away, and what comes to `bounce+…` goes into the maildir ``bounces``.
    package init(troubles: Bool = false) throws {
        folder = try TemporaryFolder()
        // Free a moment ago: Postfix cannot be asked to choose one itself.
        let probe = try LoopbackSocket.anyPort()
        close(probe.descriptor)
        port = probe.port
        // Postfix's own user must reach its folders below the private one.
        chmod(folder.path, 0o711)
        for name in ["conf", "queue", "data", "mail"] {
            try FileManager.default.createDirectory(atPath: folder.file(name), withIntermediateDirectories: true)
        }
        guard let user = getpwnam("postfix") else {
            throw Fault("start", "Postfix", cause: "there is no user postfix", mend: "Install Debian's package postfix.")
        }
        chown(folder.file("data"), user.pointee.pw_uid, user.pointee.pw_gid)
        chown(folder.file("mail"), Self.nobody, Self.nobody)
        try makeCertificate()
        try folder.write("conf/main.cf", Self.main(folder.path) + (troubles ? Self.troubles(folder.path) : ""))
        try folder.write("conf/judgement", "/^p[0-9]*[05]0@/ 450 4.2.1 try again later\n/^p[0-9]*99@/ 550 5.1.1 no such user\n")
        try folder.write("conf/ways", "/^bounce\\+/ virtual:\n/^p[0-9]*77@/ virtual:\n/^p/ discard:\n")
        try folder.write("conf/boxes", "/^bounce\\+/ bounces/\n")
        try folder.write("conf/master.cf", Self.master(port))
        try command("start")
    }

    deinit { try? command("stop") }

    /// The mails that have been delivered, in no order, once there are `count`. Postfix is a program of its own, so its maildir is
    /// looked at until then. Throws a ``Fault`` with its log when they do not come.
    package func mails(_ count: Int) throws -> [[UInt8]] {
        let inbox = inbox
        let names = { (try? FileManager.default.contentsOfDirectory(atPath: inbox)) ?? [] }
        guard eventually(within: .seconds(60), { names().count >= count }) else {
            throw Fault("wait for", "\(count) mails", cause: "\(names().count) came. \(log)", mend: "Read Postfix's log.")
        }
        return try names().map { Array(try Data(contentsOf: URL(fileURLWithPath: inbox + "/" + $0))) }
    }

    /// What it has logged.
    package var log: String { (try? String(contentsOfFile: folder.file("maillog"), encoding: .utf8)) ?? "" }

    /// Runs `postfix start` or `stop`. Its output goes to a file: the daemon keeps what it inherits open.
    private func command(_ word: String) throws {
        let null = open("/dev/null", O_RDWR | O_CLOEXEC)
        let output = open(folder.file("output"), O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0o600)
        defer {
            close(null)
            close(output)
        }
        let child = try ChildProcess(
            "/usr/sbin/postfix", ["-c", folder.file("conf"), word], input: null, output: output, errors: output)
        guard child.wait() == 0 else { throw Fault(word, "Postfix", cause: log, mend: "Read its log.") }
    }

    private func makeCertificate() throws {
        let outcome = try ChildProcess.run(
            "/usr/bin/openssl",
            [
                "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes", "-days", "2", "-subj",
                "/CN=relay.example",
                "-addext", "subjectAltName=DNS:relay.example,IP:127.0.0.1", "-keyout", folder.file("key.pem"), "-out", certificate,
            ])
        guard outcome.status == 0 else { throw Fault("make", "a certificate", cause: outcome.errorText, mend: "Check openssl.") }
    }

    /// Owns the maildir; Postfix refuses to deliver as root.
    private static let nobody: UInt32 = 65_534

    private static func main(_ folder: String) -> String {
        """
        compatibility_level = 3.6
        queue_directory = \(folder)/queue
        data_directory = \(folder)/data
        maillog_file = \(folder)/maillog
        maillog_file_prefixes = \(folder)
        inet_interfaces = loopback-only
        inet_protocols = ipv4
        mynetworks = 127.0.0.0/8
        myhostname = relay.example
        mydestination =
        default_transport = error:there is no way out
        relay_transport = error:there is no way out
        disable_dns_lookups = yes
        smtpd_peername_lookup = no
        smtpd_relay_restrictions = permit_mynetworks, reject
        smtpd_recipient_restrictions = permit_mynetworks, reject
        virtual_mailbox_domains = koege.example
        virtual_mailbox_base = \(folder)/mail
        virtual_mailbox_maps = static:inbox/
        virtual_alias_maps =
        alias_maps =
        alias_database =
        virtual_minimum_uid = 1
        virtual_uid_maps = static:\(nobody)
        virtual_gid_maps = static:\(nobody)
        smtpd_tls_security_level = may
        smtpd_tls_cert_file = \(folder)/cert.pem
        smtpd_tls_key_file = \(folder)/key.pem

        """
    }

    /// Who has no mailbox is accepted all the same: it is the delivery agent that finds it out.
    private static func troubles(_ folder: String) -> String {
        """
        smtpd_recipient_restrictions = check_recipient_access regexp:\(folder)/conf/judgement, permit_mynetworks, reject
        transport_maps = regexp:\(folder)/conf/ways
        virtual_mailbox_maps = regexp:\(folder)/conf/boxes
        smtpd_reject_unlisted_recipient = no
        smtpd_error_sleep_time = 0
        smtpd_soft_error_limit = 10000
        smtpd_hard_error_limit = 10000
        smtpd_junk_command_limit = 10000

        """
    }

    private static func master(_ port: Int) -> String {
        """
        127.0.0.1:\(port) inet n - n - - smtpd
        pickup unix n - n 60 1 pickup
        cleanup unix n - n - 0 cleanup
        qmgr unix n - n 300 1 qmgr
        tlsmgr unix - - n 1000? 1 tlsmgr
        rewrite unix - - n - - trivial-rewrite
        bounce unix - - n - 0 bounce
        defer unix - - n - 0 bounce
        trace unix - - n - 0 bounce
        verify unix - - n - 1 verify
        proxymap unix - - n - - proxymap
        error unix - - n - - error
        discard unix - - n - - discard
        retry unix - - n - - error
        virtual unix - n n - - virtual
        anvil unix - - n - 1 anvil
        flush unix n - n 1000? 0 flush
        showq unix n - n - - showq
        postlog unix-dgram n - n - 1 postlogd

        """
    }
}
