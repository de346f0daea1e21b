import Foundation

/// JSON text (RFC 8259) in, a ``Value`` out. Our own because a number must keep the form in which it was written, and because
/// Foundation's errors on Linux name no line.
struct JSONReader {
    /// Arrays and objects deeper than this are refused.
    static let deepest = 200

    private let bytes: [UInt8]
    private let file: String
    private var position = 0
    private var depth = 0

    /// Throws a ``TemplateProblem`` with the line of the first character that is not JSON.
    static func read(_ text: String, file: String) throws(TemplateProblem) -> Value {
        var reader = JSONReader(bytes: Array(text.utf8), file: file)
        if reader.bytes.starts(with: [0xEF, 0xBB, 0xBF]) { reader.position = 3 }
        let value = try reader.readValue()
        reader.skipSpace()
        guard reader.position == reader.bytes.count else { throw reader.problem("something follows the value") }
        return value
    }

    private init(bytes: [UInt8], file: String) {
        self.bytes = bytes
        self.file = file
    }

    private var next: UInt8? { position < bytes.count ? bytes[position] : nil }

    private mutating func readValue() throws(TemplateProblem) -> Value {
        skipSpace()
        switch next {
        case UInt8(ascii: "{"): return try readObject()
        case UInt8(ascii: "["): return try readArray()
        case UInt8(ascii: "\""): return .text(try readString())
        case UInt8(ascii: "t"): return try readWord("true", .bool(true))
        case UInt8(ascii: "f"): return try readWord("false", .bool(false))
        case UInt8(ascii: "n"): return try readWord("null", .null)
        case nil: throw problem("the text ends where a value is expected")
        default: return try readNumber()
        }
    }

    private mutating func readObject() throws(TemplateProblem) -> Value {
        var entries: [String: Value] = [:]
        try readSequence(closing: UInt8(ascii: "}")) { (reader) throws(TemplateProblem) in
            guard reader.next == UInt8(ascii: "\"") else { throw reader.problem("a key in double quotes is expected") }
            let key = try reader.readString()
            reader.skipSpace()
            guard reader.next == UInt8(ascii: ":") else { throw reader.problem("a colon is expected after the key ‘\(key)’") }
            reader.position += 1
            entries[key] = try reader.readValue()
        }
        return .map(entries)
    }

    private mutating func readArray() throws(TemplateProblem) -> Value {
        var values: [Value] = []
        try readSequence(closing: UInt8(ascii: "]")) { (reader) throws(TemplateProblem) in values.append(try reader.readValue()) }
        return .list(values)
    }

    private mutating func readSequence(
        closing: UInt8, _ element: (inout JSONReader) throws(TemplateProblem) -> Void
    ) throws(TemplateProblem) {
        guard depth < Self.deepest else { throw problem("the data nests deeper than \(Self.deepest)") }
        depth += 1
        defer { depth -= 1 }
        position += 1
        skipSpace()
        if next == closing {
            position += 1
            return
        }
        while true {
            skipSpace()
            try element(&self)
            skipSpace()
            let mark = next
            guard mark == closing || mark == UInt8(ascii: ",") else {
                throw problem("a comma or \(Character(Unicode.Scalar(closing))) is expected")
            }
            position += 1
            if mark == closing { return }
        }
    }

    private mutating func readWord(_ word: String, _ value: Value) throws(TemplateProblem) -> Value {
        guard bytes[position...].starts(with: word.utf8) else { throw problem("an unknown word") }
        position += word.utf8.count
        return value
    }

    private mutating func readNumber() throws(TemplateProblem) -> Value {
        let start = position
        while let byte = next, (0x30...0x39).contains(byte) || "+-.eE".utf8.contains(byte) { position += 1 }
        let text = String(decoding: bytes[start..<position], as: UTF8.self)
        guard text.wholeMatch(of: /-?(0|[1-9][0-9]*)(\.[0-9]+)?([eE][+-]?[0-9]+)?/) != nil else {
            position = start
            throw problem("not a JSON value")
        }
        return .number(Self.shown(text))
    }

    /// A number as it is shown: `1.210` and `1.21` are one number and shown alike; digits are never lost, however many.
    private static func shown(_ text: String) -> String {
        if text.contains(where: { $0 == "e" || $0 == "E" }) {
            guard let value = Double(text), value.isFinite else { return text }
            return value == value.rounded() && abs(value) < 1e15 ? String(Int64(value)) : "\(value)"
        }
        var shown = text
        if shown.contains(".") {
            while shown.hasSuffix("0") { shown.removeLast() }
            if shown.hasSuffix(".") { shown.removeLast() }
        }
        return shown == "-0" ? "0" : shown
    }
}

/// Strings, white space and problems.
extension JSONReader {
    private static let escapes: [UInt8: UInt8] = [
        0x22: 0x22, 0x5C: 0x5C, 0x2F: 0x2F, 0x62: 0x08, 0x66: 0x0C, 0x6E: 0x0A, 0x72: 0x0D, 0x74: 0x09,
    ]

    private mutating func readString() throws(TemplateProblem) -> String {
        position += 1
        var text: [UInt8] = []
        while let byte = next {
            position += 1
            switch byte {
            case UInt8(ascii: "\""): return String(decoding: text, as: UTF8.self)
            case UInt8(ascii: "\\"):
                let mark = next ?? 0
                position += 1
                if mark == UInt8(ascii: "u") {
                    text += String(Character(try readScalar())).utf8
                } else if let escape = Self.escapes[mark] {
                    text.append(escape)
                } else {
                    throw problem("an unknown escape in a string")
                }
            case 0..<0x20: throw problem("a control character in a string")
            default: text.append(byte)
            }
        }
        throw problem("a string is never closed")
    }

    /// The four digits behind `\u`, and a second escape when they are half of a surrogate pair.
    private mutating func readScalar() throws(TemplateProblem) -> Unicode.Scalar {
        let first = try readUnit()
        guard (0xD800...0xDBFF).contains(first), bytes[position...].starts(with: "\\u".utf8) else {
            return Unicode.Scalar(first) ?? "\u{FFFD}"
        }
        position += 2
        let second = try readUnit()
        guard (0xDC00...0xDFFF).contains(second) else { throw problem("half a surrogate pair in a string") }
        return Unicode.Scalar(0x10000 + (first - 0xD800) << 10 + (second - 0xDC00)) ?? "\u{FFFD}"
    }

    private mutating func readUnit() throws(TemplateProblem) -> UInt32 {
        let digits = String(decoding: bytes[position...].prefix(4), as: UTF8.self)
        guard digits.utf8.count == 4, !digits.hasPrefix("+"), !digits.hasPrefix("-"), let unit = UInt32(digits, radix: 16) else {
            throw problem("\\u wants four hexadecimal digits")
        }
        position += 4
        return unit
    }

    private mutating func skipSpace() {
        while let byte = next, byte == 0x20 || byte == 0x0A || byte == 0x0D || byte == 0x09 { position += 1 }
    }

    private func problem(_ cause: String) -> TemplateProblem {
        TemplateProblem(
            file: file, line: 1 + bytes[..<min(position, bytes.count)].count { $0 == 0x0A }, cause: "the data is not JSON: \(cause)",
            mend: "Mend the data; a JSON checker shows the place.")
    }
}
