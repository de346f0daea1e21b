import CZlib

/// The gzip coding (RFC 1952) of a representation, made once when its bytes change.
enum Gzip {
    /// Less than this fits into one packet with its headers either way.
    private static let worthwhile = 1_024

    /// Whether it is worth a try: not for pictures and short answers.
    static func isWorthwhile(_ bytes: Bytes, contentType: String) -> Bool { bytes.count >= worthwhile && isText(contentType) }

    /// `nil` when it would save less than a tenth.
    static func compressed(_ bytes: Bytes) -> Bytes? {
        // The zlib manual's bound of deflate with default parameters, and gzip's 18 bytes around it.
        var room = [UInt8](repeating: 0, count: bytes.count + bytes.count / 1_000 + 64)
        let count = room.withUnsafeMutableBytes { budstikke_gzip(bytes.pointer.baseAddress, bytes.count, $0.baseAddress, $0.count) }
        guard count > 0, count < bytes.count - bytes.count / 10 else { return nil }
        return Bytes(room[..<count])
    }

    private static func isText(_ contentType: String) -> Bool {
        contentType.hasPrefix("text/") || contentType.contains("xml") || contentType.contains("json") || contentType.contains("javascript")
    }

    /// Whether `Accept-Encoding` takes gzip (RFC 9110, section 12.5.3). Without the field, and for `identity` alone, the answer is no: what
    /// players and scripts send that cannot decode it.
    static func isAccepted(_ field: String?) -> Bool {
        guard let field else { return false }
        var byStar = false
        for part in field.split(separator: ",") {
            let words = part.split(separator: ";").map { $0.filter { $0 != " " && $0 != "\t" }.lowercased() }
            guard let coding = words.first else { continue }
            let isRefused = words.dropFirst().contains { $0.hasPrefix("q=") && (Double($0.dropFirst(2)) ?? 0) == 0 }
            if coding == "gzip" || coding == "x-gzip" { return !isRefused }
            if coding == "*" { byStar = !isRefused }
        }
        return byStar
    }
}
