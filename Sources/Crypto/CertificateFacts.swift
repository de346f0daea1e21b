import COpenSSL
import Core
import Foundation

/// What has to be known of a server's certificate before it is served: until when it holds, and whether the private key is its own.
package struct CertificateFacts: Hashable, Sendable {
    /// The last instant of the certificate, the first of the file's chain.
    package let end: Instant
    package let isKeyOurs: Bool

    /// Reads both PEM files. Throws a ``Fault`` when one has no certificate or no key that can be read without a password.
    package init(certificateFile: String, keyFile: String) throws(Fault) {
        let certificate = try Self.read(certificateFile, "certificate") { PEM_read_bio_X509($0, nil, noPassword, nil) }
        defer { X509_free(certificate) }
        let key = try Self.read(keyFile, "private key") { PEM_read_bio_PrivateKey($0, nil, noPassword, nil) }
        defer { EVP_PKEY_free(key) }
        var time = tm()
        guard ASN1_TIME_to_tm(X509_get0_notAfter(certificate), &time) == 1 else { throw Self.unreadable(certificateFile, "certificate") }
        end = Instant(seconds: Int64(timegm(&time)))
        isKeyOurs = X509_check_private_key(certificate, key) == 1
        ERR_clear_error()
    }

    private static func read(_ path: String, _ kind: String, _ read: (OpaquePointer) -> OpaquePointer?) throws(Fault) -> OpaquePointer {
        guard let file = BIO_new_file(path, "r") else {
            ERR_clear_error()
            throw Fault("read the \(kind)", path, cause: "it cannot be opened", mend: "Let the service's user read it.")
        }
        defer { BIO_free(file) }
        guard let found = read(file) else {
            ERR_clear_error()
            throw unreadable(path, kind)
        }
        return found
    }

    private static func unreadable(_ path: String, _ kind: String) -> Fault {
        Fault(
            "read the \(kind)", path, cause: "there is no \(kind) in PEM in it",
            mend: "Give the PEM file, without a password, as ACME clients write it.")
    }
}

/// In place of a question on the terminal.
private let noPassword: @convention(c) (UnsafeMutablePointer<CChar>?, Int32, Int32, UnsafeMutableRawPointer?) -> Int32 = { _, _, _, _ in -1
}
