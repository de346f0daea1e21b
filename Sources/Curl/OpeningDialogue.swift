import Foundation

/// The lines that the relay says while libcurl opens the connection: greeting, EHLO, STARTTLS, EHLO again, login.
final class OpeningDialogue {
    private var lines: [String] = []
    private var partial: [UInt8] = []
    private var size = 0

    /// More than any EHLO says; what comes after is not kept.
    private static let limit = 65_536

    /// What libcurl calls with each line, or a part of one.
    static let callback: @Sendable @convention(c) (UnsafeMutablePointer<CChar>?, Int, Int, UnsafeMutableRawPointer?) -> Int = {
        bytes, size, count, context in
        guard let bytes, let context else { return size * count }
        Unmanaged<OpeningDialogue>.fromOpaque(context).takeUnretainedValue()
            .take(UnsafeRawBufferPointer(start: bytes, count: size * count))
        return size * count
    }

    private func take(_ bytes: UnsafeRawBufferPointer) {
        size += bytes.count
        guard size <= Self.limit else { return }
        for byte in bytes {
            if byte != 0x0A {
                partial.append(byte)
                continue
            }
            lines.append(String(decoding: partial.last == 0x0D ? partial.dropLast() : partial, as: UTF8.self))
            partial = []
        }
    }

    /// For the operator, when the opening failed.
    var lastLine: String? { lines.last }

    /// The 250 lines after the last 220: the greeting and the go-ahead to STARTTLS are the only 220s, and what was offered before
    /// TLS counts for nothing after it (RFC 3207, section 4.2).
    var helloLines: [String] {
        let start = lines.lastIndex { $0.hasPrefix("220") }.map { $0 + 1 } ?? 0
        return lines[start...].filter { $0.hasPrefix("250") }.map { String($0.dropFirst(4)) }
    }
}
