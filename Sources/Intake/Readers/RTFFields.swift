/// Fields of RTF as pandoc 2.17 reads them without loss. Its reader knows `{\field{\*\fldinst{HYPERLINK "…"}}{\fldrslt …}}` alone: of a link
/// as LibreOffice writes it, and of every other field (a date, a cross-reference), the text that people see would be gone. So a link gets
/// that form, and of another field only its result stays (RTF 1.9.1, "Fields").
enum RTFFields {
    /// Fields within fields' results.
    private static let depthLimit = 20

    static func mended(_ bytes: [UInt8]) -> [UInt8] { mended(bytes[...], 0) }

    private static func mended(_ bytes: ArraySlice<UInt8>, _ depth: Int) -> [UInt8] {
        var mended: [UInt8] = []
        mended.reserveCapacity(bytes.count)
        var index = bytes.startIndex
        while index < bytes.endIndex {
            if depth < depthLimit, isGroup(bytes[index...], of: "field"), let end = groupEnd(bytes, index) {
                mended += field(bytes[index..<end], depth)
                index = end
            } else {
                // A backslash takes the next byte along, so that `\{` is no group.
                let next = min(index + (bytes[index] == UInt8(ascii: "\\") ? 2 : 1), bytes.endIndex)
                mended += bytes[index..<next]
                index = next
            }
        }
        return mended
    }

    private static func field(_ group: ArraySlice<UInt8>, _ depth: Int) -> [UInt8] {
        var instruction: ArraySlice<UInt8> = []
        var result: ArraySlice<UInt8> = []
        var index = group.startIndex + 1
        while index < group.endIndex - 1 {
            guard group[index] == UInt8(ascii: "{"), let end = groupEnd(group, index) else {
                index += group[index] == UInt8(ascii: "\\") ? 2 : 1
                continue
            }
            let inner = group[index..<end]
            if isGroup(inner, of: "*\\fldinst") || isGroup(inner, of: "fldinst") { instruction = inner }
            if isGroup(inner, of: "fldrslt") { result = inner.dropFirst("{\\fldrslt".utf8.count).dropLast() }
            index = end
        }
        let content = mended(result, depth + 1)
        guard let address = address(String(decoding: instruction, as: UTF8.self)) else {
            return [UInt8(ascii: "{")] + content + [UInt8(ascii: "}")]
        }
        return Array("{\\field{\\*\\fldinst{HYPERLINK \"\(address)\"}}{\\fldrslt".utf8) + content + Array("}}".utf8)
    }

    /// The quoted address after `HYPERLINK`; none for a bookmark (`\l`).
    private static func address(_ instruction: String) -> String? {
        let parts = instruction.split(separator: "HYPERLINK", maxSplits: 1)
        guard parts.count == 2 else { return nil }
        let quoted = parts[1].split(separator: "\"", omittingEmptySubsequences: false)
        guard quoted.count > 2, !quoted[0].contains("\\l") else { return nil }
        return String(quoted[1])
    }

    private static func isGroup(_ bytes: ArraySlice<UInt8>, of word: String) -> Bool {
        guard bytes.starts(with: Array("{\\\(word)".utf8)) else { return false }
        let after = bytes.dropFirst(word.utf8.count + 2).first ?? 0
        return !(0x61...0x7A).contains(after | 0x20) || after == 0x20
    }

    /// Past the closing brace.
    private static func groupEnd(_ bytes: ArraySlice<UInt8>, _ start: Int) -> Int? {
        var depth = 0
        var index = start
        while index < bytes.endIndex {
            switch bytes[index] {
            case UInt8(ascii: "\\"): index += 1
            case UInt8(ascii: "{"): depth += 1
            case UInt8(ascii: "}"):
                depth -= 1
                if depth == 0 { return index + 1 }
            default: break
            }
            index += 1
        }
        return nil
    }
}
