import Core

/// One part of a mail from outside, as far as a report's reader needs it: header fields, and either parts or a decoded body.
///
/// The mail is a stranger's, so everything is bounded: what lies beyond a bound is left out, and no input is an error. Lines may
/// end in CRLF, LF or CR, and may be of any length.
struct MIMEPart: Sendable {
    enum Limits {
        /// Bytes that are looked at; the notice and the report stand before the mail that comes back.
        static let mail = 2 << 20
        static let depth = 8
        static let parts = 64
        static let headerBytes = 128 << 10
        static let fields = 500
        static let fieldBytes = 8 << 10
    }

    let header: HeaderBlock
    let contentType: ContentType
    /// What a multipart holds.
    private(set) var parts: [MIMEPart] = []
    /// The bytes as they stand, not decoded.
    let encoded: ArraySlice<UInt8>

    /// Reads a mail.
    init(mail: [UInt8]) {
        var remaining = Limits.parts
        self.init(Self.withoutEnvelope(mail.prefix(Limits.mail)), depth: 0, &remaining)
    }

    private init(_ bytes: ArraySlice<UInt8>, depth: Int, _ remaining: inout Int) {
        remaining -= 1
        let (header, body) = HeaderBlock.split(bytes)
        self.header = header
        contentType = ContentType(header["content-type"] ?? "")
        encoded = body
        guard contentType.isMultipart, depth < Limits.depth, let boundary = contentType.parameters["boundary"], !boundary.isEmpty else {
            return
        }
        for piece in Self.pieces(body, boundary) {
            guard remaining > 0 else { break }
            parts.append(MIMEPart(piece, depth: depth + 1, &remaining))
        }
    }

    /// The body with its transfer encoding undone.
    var body: [UInt8] { TransferDecoding.decoded(encoded, header["content-transfer-encoding"] ?? "") }

    /// The body as text, at most `limit` bytes of it, with LF as line end.
    func text(limit: Int = 128 << 10) -> String {
        let text = Charset.text(Array(body.prefix(limit)), contentType.parameters["charset"])
        return text.replacing("\r\n", with: "\n").replacing("\r", with: "\n")
    }

    /// The parts in reading order, this one first; what stands within a mail that came back is not among them.
    var flattened: [MIMEPart] { [self] + parts.flatMap(\.flattened) }

    /// Leaves out empty lines at the start and the `From ` line of an mbox.
    private static func withoutEnvelope(_ bytes: ArraySlice<UInt8>) -> ArraySlice<UInt8> {
        var rest = bytes
        while let first = rest.first, first == 0x0A || first == 0x0D { rest = rest.dropFirst() }
        if rest.starts(with: Array("From ".utf8)) || rest.starts(with: Array(">From ".utf8)) {
            rest = rest[ByteLines.next(rest, from: rest.startIndex).following...]
        }
        return rest
    }

    /// RFC 2046, section 5.1.1: what stands between the lines `--boundary`. Without a closing line the last piece goes to the end.
    private static func pieces(_ body: ArraySlice<UInt8>, _ boundary: String) -> [ArraySlice<UInt8>] {
        let mark = Array("--\(boundary)".utf8)
        var pieces: [ArraySlice<UInt8>] = []
        var start: Int?
        var position = body.startIndex
        while position < body.endIndex, pieces.count < Limits.parts {
            let (line, following) = ByteLines.next(body, from: position)
            if line.starts(with: mark) {
                let rest = line.dropFirst(mark.count)
                let closes = rest.starts(with: [0x2D, 0x2D])
                if closes || rest.allSatisfy({ $0 == 0x20 || $0 == 0x09 }) {
                    if let start { pieces.append(body[start..<position]) }
                    start = closes ? nil : following
                    if closes { break }
                }
            }
            position = following
        }
        if let start { pieces.append(body[start...]) }
        return pieces
    }
}

/// Lines of bytes, whatever ends them.
enum ByteLines {
    /// The line that begins at an index, without its end, and where the next one begins.
    static func next(_ bytes: ArraySlice<UInt8>, from start: Int) -> (line: ArraySlice<UInt8>, following: Int) {
        guard let end = bytes[start...].firstIndex(where: { $0 == 0x0A || $0 == 0x0D }) else { return (bytes[start...], bytes.endIndex) }
        let next = end + 1
        let isPair = bytes[end] == 0x0D && next < bytes.endIndex && bytes[next] == 0x0A
        return (bytes[start..<end], isPair ? next + 1 : next)
    }
}
