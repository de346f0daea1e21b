import Foundation

/// Header fields, unfolded (RFC 5322, section 2.2.3), names in lower case. A line that is no field is passed over.
struct HeaderBlock: Sendable {
    private(set) var fields: [(name: String, value: String)] = []

    /// The first field of a name in lower case.
    subscript(_ name: String) -> String? { fields.first { $0.name == name }?.value }
    func all(_ name: String) -> [String] { fields.filter { $0.name == name }.map(\.value) }

    /// A field's value as people read it: encoded-words decoded, on one line.
    func shown(_ name: String) -> String { self[name].map(EncodedWord.decoded) ?? "" }

    /// Reads fields to the first empty line; what follows that is the body.
    static func split(_ bytes: ArraySlice<UInt8>) -> (HeaderBlock, body: ArraySlice<UInt8>) {
        var block = HeaderBlock()
        var position = bytes.startIndex
        var current: [UInt8] = []
        let end = min(bytes.endIndex, bytes.startIndex + MIMEPart.Limits.headerBytes)
        while position < end {
            let (line, following) = ByteLines.next(bytes, from: position)
            position = following
            guard let first = line.first else { break }
            if first == 0x20 || first == 0x09 {
                current += [0x20] + line.drop { $0 == 0x20 || $0 == 0x09 }.prefix(max(0, MIMEPart.Limits.fieldBytes - current.count))
            } else {
                block.append(current)
                current = Array(line.prefix(MIMEPart.Limits.fieldBytes))
            }
        }
        block.append(current)
        return (block, bytes[position...])
    }

    private mutating func append(_ line: [UInt8]) {
        guard fields.count < MIMEPart.Limits.fields, let colon = line.firstIndex(of: UInt8(ascii: ":")), colon > 0 else { return }
        let name = Charset.text(Array(line[..<colon]), nil).lowercased().trimmingCharacters(in: .whitespaces)
        let value = Charset.text(Array(line[(colon + 1)...]), nil).trimmingCharacters(in: .whitespaces)
        fields.append((name, value))
    }
}

/// `Content-Type` (RFC 2045, section 5.1): `multipart/report; report-type=delivery-status; boundary="x"`.
struct ContentType: Sendable {
    /// In lower case; `text/plain` when there is none.
    var type = "text/plain"
    var parameters: [String: String] = [:]

    var isMultipart: Bool { type.hasPrefix("multipart/") }

    init(_ value: String) {
        let pieces = Self.pieces(value)
        if let first = pieces.first?.lowercased().trimmingCharacters(in: .whitespaces), first.contains("/") { type = first }
        for piece in pieces.dropFirst().prefix(20) {
            guard let equals = piece.firstIndex(of: "=") else { continue }
            let name = piece[..<equals].lowercased().trimmingCharacters(in: .whitespaces)
            let raw = piece[piece.index(after: equals)...].trimmingCharacters(in: .whitespaces)
            if parameters[name] == nil { parameters[name] = Self.unquoted(raw) }
        }
    }

    /// Split at semicolons that stand outside quotes.
    private static func pieces(_ value: String) -> [String] {
        var pieces = [""]
        var isQuoted = false
        var isEscaped = false
        for character in value {
            if character == ";" && !isQuoted {
                pieces.append("")
                continue
            }
            if character == "\"" && !isEscaped { isQuoted.toggle() }
            isEscaped = character == "\\" && !isEscaped
            pieces[pieces.count - 1].append(character)
        }
        return pieces
    }

    private static func unquoted(_ raw: String) -> String {
        guard raw.hasPrefix("\"") else { return String(raw.prefix { $0 != " " && $0 != "\t" }) }
        var text = ""
        var isEscaped = false
        for character in raw.dropFirst() {
            if isEscaped {
                text.append(character)
                isEscaped = false
            } else if character == "\\" {
                isEscaped = true
            } else if character == "\"" {
                break
            } else {
                text.append(character)
            }
        }
        return text
    }
}
