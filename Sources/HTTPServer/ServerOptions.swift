import Core
import Foundation

/// What a server's configuration says beside its address and its ``Limits``.
package struct ServerOptions: Sendable {
    package var trustedProxies = TrustedProxies()
    /// See ``SecurityPolicy``.
    package var frameAncestors: [String] = []
    /// TLS of our own; without one the server speaks plain HTTP, for loopback, a Unix socket or a proxy's network.
    package var certificate: ServerCertificate?
    /// Asked when the headers of a request are in whose body is larger than ``Limits/body``: whether it may be, up to ``Limits/largeBody``.
    /// Runs on the server's thread, with a request that has no body yet.
    package var permitsLargeBody: @Sendable (Request) -> Bool = { _ in false }

    package init() {}
}

/// A certificate with its chain, and its private key, both in PEM.
package struct ServerCertificate: Sendable, CustomStringConvertible, CustomReflectable {
    let chain: String
    let key: String

    package var description: String { "‹certificate›" }
    package var customMirror: Mirror { Mirror(self, children: []) }

    /// TLS 1.2 and 1.3 with forward secrecy (RFC 9325, sections 3.1.1 and 4.1); in GnuTLS' words.
    static let priorities = "NORMAL:-VERS-ALL:+VERS-TLS1.3:+VERS-TLS1.2:-RSA:-SHA1:-MAC-ALL:+AEAD:%SERVER_PRECEDENCE"

    /// Reads both files. Throws a ``Fault`` when one is missing or is not PEM, or when the key's file is open to others.
    package init(certificateFile: String, keyFile: String) throws(Fault) {
        chain = try Self.read(certificateFile, "CERTIFICATE")
        key = try Self.read(keyFile, "PRIVATE KEY")
        var facts = stat()
        guard stat(keyFile, &facts) == 0, facts.st_mode & 0o007 == 0 else {
            throw Fault("read the key of the certificate", keyFile, cause: "everybody may read it", mend: "chmod 640 \(keyFile)")
        }
    }

    private static func read(_ path: String, _ kind: String) throws(Fault) -> String {
        guard let text = try? String(contentsOfFile: path, encoding: .utf8) else {
            throw Fault("read", path, cause: "it cannot be read", mend: "Give the service's user the right to read it.")
        }
        guard text.contains("-----BEGIN"), text.contains("\(kind)-----") else {
            throw Fault("read", path, cause: "there is no \(kind) in PEM in it", mend: "Give the PEM file, as ACME clients write it.")
        }
        return text
    }
}
