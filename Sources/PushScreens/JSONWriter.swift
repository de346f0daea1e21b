/// Writes one JSON text (RFC 8259) in the bytes of Foundation's encoder with `prettyPrinted` and `withoutEscapingSlashes`: members are given in
/// the order of their names, so equal values are equal bytes. The encoder takes ten times as long, and every change of an item waits for it.
struct JSONWriter {
    private(set) var text = ""
    private var depth: Int
    private var isFirst = true

    /// `depth` is that of the value's opening bracket, for a part that goes into another text with ``element(written:)``.
    init(depth: Int = 0) { self.depth = depth }

    mutating func object(_ content: (inout JSONWriter) -> Void) { brackets("{", "}", content) }
    mutating func array(_ content: (inout JSONWriter) -> Void) { brackets("[", "]", content) }

    // MARK: Within an object

    /// Left out without a value, as are the others.
    mutating func member(_ name: StaticString, _ value: String?) {
        guard let value else { return }
        begin(name)
        string(value)
    }

    mutating func member(_ name: StaticString, _ value: (some BinaryInteger)?) {
        guard let value else { return }
        begin(name)
        text += String(value)
    }

    mutating func member(_ name: StaticString, _ value: Bool?) {
        guard let value else { return }
        begin(name)
        text += value ? "true" : "false"
    }

    mutating func object(_ name: StaticString, _ content: (inout JSONWriter) -> Void) {
        begin(name)
        object(content)
    }

    mutating func array(_ name: StaticString, _ content: (inout JSONWriter) -> Void) {
        begin(name)
        array(content)
    }

    // MARK: Within an array

    mutating func element(_ content: (inout JSONWriter) -> Void) {
        next()
        object(content)
    }

    /// A value that another writer wrote at this depth.
    mutating func element(written: String) {
        next()
        text += written
    }

    // MARK: -

    private mutating func brackets(_ open: String, _ close: String, _ content: (inout JSONWriter) -> Void) {
        text += open
        depth += 1
        isFirst = true
        content(&self)
        depth -= 1
        text += isFirst ? "\n\n" : "\n"
        isFirst = false
        indent()
        text += close
    }

    private mutating func begin(_ name: StaticString) {
        next()
        text += "\"\(name)\" : "
    }

    private mutating func next() {
        text += isFirst ? "\n" : ",\n"
        isFirst = false
        indent()
    }

    private mutating func indent() { for _ in 0..<depth { text += "  " } }

    private mutating func string(_ value: String) {
        text += "\""
        var rest = Substring(value)
        while let place = rest.utf8.firstIndex(where: Self.needsEscape) {
            text += rest[..<place]
            text += Self.escaped(rest.utf8[place])
            rest = rest[rest.utf8.index(after: place)...]
        }
        text += rest
        text += "\""
    }

    /// RFC 8259, section 7. All of them are single bytes, so what stands before and after them is whole characters' bytes.
    private static func needsEscape(_ byte: UInt8) -> Bool { byte < 0x20 || byte == UInt8(ascii: "\"") || byte == UInt8(ascii: "\\") }

    private static func escaped(_ byte: UInt8) -> String {
        switch byte {
        case UInt8(ascii: "\""): "\\\""
        case UInt8(ascii: "\\"): "\\\\"
        case 0x08: "\\b"
        case 0x09: "\\t"
        case 0x0A: "\\n"
        case 0x0C: "\\f"
        case 0x0D: "\\r"
        default: "\\u00" + (byte < 0x10 ? "0" : "") + String(byte, radix: 16)
        }
    }
}
