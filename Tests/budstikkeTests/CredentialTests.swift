import Core
import Foundation
import TestKit
import Testing

/// Secrets that systemd passes to the service by `LoadCredential=` in place of files beside the configuration.
@Suite struct CredentialTests {
    private static let openssl = "/usr/bin/openssl"

    /// Each key that names a secret: the files are nowhere but in the credentials' folder.
    @Test(.enabled(if: Oracle.hasProgram(openssl), "needs openssl"))
    func everySecretMayBeACredential() throws {
        let house = try Installation { text in
            text.replacing("[Web]\n", with: "[Web]\nCertificate=nyt.pem\nKey=nyt.key\n").replacing(
                "[Relay outbox]\nDirectory=outbox",
                with: """
                    [Relay ude]
                    URL=smtp://127.0.0.1:9
                    User=nyt
                    PasswordFile=relay.password
                    [Relay sky]
                    URL=smtp://127.0.0.1:9
                    User=nyt
                    TokenFile=sky.token
                    [Bounces]
                    URL=imaps://127.0.0.1:9/INBOX
                    User=bounce
                    PasswordFile=imap.password
                    Rescan=100ms
                    [Endpoint krog]
                    Kind=webhook
                    URL=https://krog.koege.example/
                    SecretFile=krog.secret
                    """
            ).replacing("# ReturnPath=", with: "ReturnPath=")
        }
        let credentials = house.folder.file("credentials")
        let made = try ChildProcess.run(
            Self.openssl,
            [
                "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "2", "-subj", "/CN=localhost", "-keyout",
                house.folder.file("nyt.key"), "-out", house.path + "/nyt.pem",
            ])
        try #require(made.status == 0, "\(made.errorText)")
        let secrets = [
            "relay.password": "a-password", "sky.token": "a-token", "imap.password": "another",
            "krog.secret": "whsec_" + String(repeating: "QUJD", count: 10),
            "nyt.key": try String(contentsOfFile: house.folder.file("nyt.key"), encoding: .utf8),
        ]
        let refused = try house.command("serve")
        #expect(refused.status == 78)
        for name in secrets.keys { #expect(refused.errorText.contains(name), "\(name)") }
        for (name, text) in secrets {
            try house.folder.write("credentials/" + name, text)
            // As systemd shows them.
            #expect(chmod(credentials + "/" + name, 0o440) == 0)
        }
        let daemon = try Daemon(house, environment: ["CREDENTIALS_DIRECTORY": credentials])
        #expect(daemon.logText.contains("https://127.0.0.1:"))
        // The mailbox's password has been read: what fails is the connection.
        #expect(eventually { daemon.logText.contains(" bounces: ") }, "\(daemon.logText)")
        #expect(!daemon.logText.contains("read the secret"), "\(daemon.logText)")
        for text in secrets.values { #expect(!daemon.logText.contains(text)) }
        #expect(daemon.terminate() == 0)
    }
}
