import CCurl
import Core

/// The address of a request: `http` or `https`, a host, no user and no password.
///
/// The path and the query of a webhook often are its password, so nothing but ``origin`` is ever shown.
package struct HTTPAddress: Hashable, Sendable, CustomStringConvertible {
    /// The whole address, as it is given to libcurl.
    let text: String
    package let isSecure: Bool
    package let host: String
    /// Scheme, host and port: `https://kjukken.koege.example:8443`.
    package let origin: String

    package var description: String { origin }

    /// Reads an address with libcurl's own parser, so that what is judged here is what will be fetched.
    /// Throws a ``Fault`` that names what is wrong, without the address.
    package init(_ text: String) throws(Fault) {
        func refused(_ cause: String) -> Fault {
            Fault("read", "an HTTP address", cause: cause, mend: "Write it as https://host/path; passwords go in a secret file.")
        }
        guard !text.unicodeScalars.contains(where: { $0.value <= 0x20 || $0.value == 0x7F }) else {
            throw refused("it has a space or a control character")
        }
        guard let parts = curl_url() else { throw refused("memory has run out") }
        defer { curl_url_cleanup(parts) }
        guard curl_url_set(parts, CURLUPART_URL, text, 0) == CURLUE_OK else { throw refused("it is not an absolute address") }
        func part(_ which: CURLUPart) -> String? {
            var value: UnsafeMutablePointer<CChar>?
            guard curl_url_get(parts, which, &value, 0) == CURLUE_OK, let value else { return nil }
            defer { curl_free(value) }
            return String(cString: value)
        }
        guard let scheme = part(CURLUPART_SCHEME)?.lowercased(), scheme == "http" || scheme == "https" else {
            throw refused("its scheme is neither http nor https")
        }
        guard let host = part(CURLUPART_HOST), !host.isEmpty else { throw refused("it has no host") }
        guard part(CURLUPART_USER) == nil, part(CURLUPART_PASSWORD) == nil else { throw refused("it holds a user or a password") }
        self.text = text
        self.host = host
        isSecure = scheme == "https"
        origin = "\(scheme)://\(host)" + (part(CURLUPART_PORT).map { ":\($0)" } ?? "")
    }
}
