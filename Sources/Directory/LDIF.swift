import Foundation

/// What a search printed as LDIF (RFC 2849), entry by entry. Pure.
enum LDIF {
    typealias Entry = [String: [String]]

    /// Each entry's attributes by their lower-case name without options (`;lang-da`), each with its values; values that are no UTF-8 and
    /// those that are named by an address are left out.
    static func entries(_ bytes: [UInt8]) -> [Entry] {
        var entries: [Entry] = []
        var entry: Entry = [:]
        for line in unfolded(bytes) {
            if line.isEmpty {
                if !entry.isEmpty { entries.append(entry) }
                entry = [:]
            } else if line.first != UInt8(ascii: "#"), let (name, value) = attribute(line) {
                entry[name, default: []].append(value)
            }
        }
        if !entry.isEmpty { entries.append(entry) }
        // A version line stands alone before the first entry.
        return entries.filter { $0["dn"] != nil }
    }

    /// A line that begins with a space goes on with the former one.
    private static func unfolded(_ bytes: [UInt8]) -> [[UInt8]] {
        var lines: [[UInt8]] = []
        for raw in bytes.split(separator: 0x0A, omittingEmptySubsequences: false) {
            let line = raw.last == 0x0D ? raw.dropLast() : raw
            if line.first == 0x20, !lines.isEmpty { lines[lines.count - 1] += line.dropFirst() } else { lines.append(Array(line)) }
        }
        return lines
    }

    private static func attribute(_ line: [UInt8]) -> (String, String)? {
        guard let colon = line.firstIndex(of: UInt8(ascii: ":")) else { return nil }
        let name = String(decoding: line[..<colon].prefix { $0 != UInt8(ascii: ";") }, as: UTF8.self).lowercased()
        var rest = line[(colon + 1)...]
        let mark = rest.first
        if mark == UInt8(ascii: ":") || mark == UInt8(ascii: "<") { rest = rest.dropFirst() }
        rest = rest.drop { $0 == 0x20 }
        if mark == UInt8(ascii: "<") { return nil }
        let value = mark == UInt8(ascii: ":") ? Data(base64Encoded: Data(rest)).map { Array($0) } : Array(rest)
        return value.flatMap { String(validating: $0, as: UTF8.self) }.map { (name, $0) }
    }

    /// The value of a distinguished name's first part: `CN=Ledere\, Køge,OU=…` → `Ledere, Køge` (RFC 4514, section 2.4).
    static func firstValue(ofName name: String) -> String {
        let bytes = Array(name.utf8)
        guard let equals = bytes.firstIndex(of: UInt8(ascii: "=")) else { return name }
        var value: [UInt8] = []
        var at = equals + 1
        while at < bytes.count, bytes[at] != UInt8(ascii: ","), bytes[at] != UInt8(ascii: "+") {
            if bytes[at] == UInt8(ascii: "\\"), at + 1 < bytes.count {
                let digits = at + 2 < bytes.count ? String(decoding: bytes[(at + 1)...(at + 2)], as: UTF8.self) : ""
                if digits.utf8.count == 2, let byte = UInt8(digits, radix: 16) {
                    value.append(byte)
                    at += 3
                } else {
                    value.append(bytes[at + 1])
                    at += 2
                }
            } else {
                value.append(bytes[at])
                at += 1
            }
        }
        return String(decoding: value, as: UTF8.self)
    }
}
