/// Where a message ends is what request smuggling plays with, so a request about which two readers could disagree is refused and its
/// connection closed (RFC 9112, sections 6.1 and 6.3; libmicrohttpd before 1.0.5 takes the first of two Content-Length fields).
enum MessageFraming: Equatable {
    case noBody
    case length(Int)
    case chunked
    case refused

    init(_ headers: Headers, version: String) {
        guard headers.fields.allSatisfy({ Self.isToken($0.name) }), headers.count("Host") <= 1 else {
            self = .refused
            return
        }
        let lengths = headers.values("Content-Length")
        let codings = headers.values("Transfer-Encoding")
        switch (lengths.count, codings.count) {
        case (0, 0): self = .noBody
        case (1, 0): self = Self.length(lengths[0])
        // HTTP/1.0 has no transfer codings; a proxy of that age would forward the field unread.
        case (0, 1): self = Headers.equal(codings[0], "chunked") && version == "HTTP/1.1" ? .chunked : .refused
        default: self = .refused
        }
    }

    private static func length(_ text: String) -> MessageFraming {
        guard !text.isEmpty, text.utf8.allSatisfy({ (0x30...0x39).contains($0) }), let length = Int(text) else { return .refused }
        return .length(length)
    }

    /// A field's name is a token (RFC 9110, section 5.6.2): a space before the colon is another smuggler's trick.
    private static func isToken(_ name: String) -> Bool {
        !name.isEmpty
            && name.utf8.allSatisfy { byte in
                switch byte {
                case 0x30...0x39, 0x41...0x5A, 0x61...0x7A: true
                case UInt8(ascii: "-"): true
                default: "!#$%&'*+.^_`|~".utf8.contains(byte)
                }
            }
    }
}
