import Foundation

/// Lower-case hexadecimal, two characters a byte.
package func hexadecimal(_ bytes: some Sequence<UInt8>) -> String {
    let digits = Array("0123456789abcdef".utf8)
    var text: [UInt8] = []
    for byte in bytes {
        text.append(digits[Int(byte >> 4)])
        text.append(digits[Int(byte & 15)])
    }
    return String(decoding: text, as: UTF8.self)
}

/// Base 64 (RFC 4648, section 4), padded, on one line.
package func base64(_ bytes: [UInt8]) -> String { Data(bytes).base64EncodedString() }

/// `nil` for anything but padded base 64 without line breaks.
package func base64Bytes(_ text: String) -> [UInt8]? { Data(base64Encoded: text).map { Array($0) } }

/// Base 64 for addresses (RFC 4648, section 5): `-` and `_`, no padding.
package func base64URL(_ bytes: [UInt8]) -> String {
    String(base64(bytes).compactMap { $0 == "=" ? nil : $0 == "+" ? "-" : $0 == "/" ? "_" : $0 })
}

/// `nil` for anything but unpadded base 64 for addresses in its one canonical spelling, so that a token has one text only.
package func base64URLBytes(_ text: String) -> [UInt8]? {
    let alphabetic = text.map { $0 == "-" ? "+" : $0 == "_" ? "/" : $0 }
    guard let bytes = base64Bytes(String(alphabetic) + String(repeating: "=", count: (4 - alphabetic.count % 4) % 4)),
        base64URL(bytes) == text
    else { return nil }
    return bytes
}
