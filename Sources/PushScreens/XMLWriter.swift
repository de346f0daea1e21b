/// Writes one XML 1.0 document, indented, with text escaped and characters that XML does not permit removed.
struct XMLWriter {
    private(set) var text: String
    private var depth: Int

    init() {
        text = "<?xml version=\"1.0\" encoding=\"utf-8\"?>\n"
        depth = 0
    }

    /// A part at a depth in another document, which takes it with ``add(written:)``.
    init(depth: Int) {
        text = ""
        self.depth = depth
    }

    /// An element around others.
    mutating func element(_ name: String, _ attributes: KeyValuePairs<String, String> = [:], _ content: (inout XMLWriter) -> Void) {
        line("<\(name)\(Self.attributes(attributes))>")
        depth += 1
        content(&self)
        depth -= 1
        line("</\(name)>")
    }

    /// An element with text, or an empty one.
    mutating func element(_ name: String, _ attributes: KeyValuePairs<String, String> = [:], text content: String? = nil) {
        let start = "<\(name)\(Self.attributes(attributes))"
        line(content.map { "\(start)>\(Self.escaped($0))</\(name)>" } ?? "\(start)/>")
    }

    /// What another writer wrote at this depth.
    mutating func add(written: String) { text += written }

    private mutating func line(_ line: String) { text += String(repeating: "  ", count: depth) + line + "\n" }

    private static func attributes(_ attributes: KeyValuePairs<String, String>) -> String {
        attributes.map { " \($0.key)=\"\(unbroken(escaped($0.value)))\"" }.joined()
    }

    private static func unbroken(_ text: String) -> String {
        text.utf8.contains(0x0A) ? text.replacing("\n", with: "&#10;") : text
    }

    static func escaped(_ text: String) -> String {
        guard text.utf8.contains(where: needsLook) else { return text }
        var result = ""
        result.reserveCapacity(text.utf8.count + 32)
        for scalar in permitted(text) {
            switch scalar {
            case "&": result += "&amp;"
            case "<": result += "&lt;"
            case ">": result += "&gt;"
            case "\"": result += "&quot;"
            default: result.unicodeScalars.append(scalar)
            }
        }
        return result
    }

    /// Whether a byte may be part of what is escaped or not permitted. Most texts have none: each change of a feed writes all of them.
    private static func needsLook(_ byte: UInt8) -> Bool {
        switch byte {
        case 0x09, 0x0A: false
        case 0..<0x20, 0x7F, 0x22, 0x26, 0x3C, 0x3E: true
        // The first bytes of U+0080–U+00BF and of U+F000–U+FFFF.
        case 0xC2, 0xEF: true
        default: false
        }
    }

    /// XML 1.0, section 2.2: no control character but tab and line break, no U+FFFE or U+FFFF. A carriage return would be read as a
    /// line break anyway (section 2.11).
    static func permitted(_ text: String) -> [Unicode.Scalar] {
        text.replacing("\r\n", with: "\n").unicodeScalars.compactMap { scalar in
            switch scalar.value {
            case 0x0D: "\n"
            case 0x09, 0x0A, 0x20...0x7E, 0x85, 0xA0...0xFFFD, 0x1_0000...: scalar
            default: nil
            }
        }
    }
}
