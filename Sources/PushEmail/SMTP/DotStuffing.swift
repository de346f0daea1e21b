import Foundation

/// The transparency of SMTP's content (RFC 5321, section 4.5.2): a dot at the start of a line is doubled, and a line with a
/// single dot ends the content.
enum DotStuffing {
    /// Doubles dots at line starts in everything from `start` on, and appends the end. Our own mails have no such dot, by their
    /// encoding; then nothing is moved.
    static func finish(_ buffer: inout [UInt8], from start: Int) {
        let dots = lineStartDots(buffer, from: start)
        for (count, index) in dots.enumerated() { buffer.insert(0x2E, at: index + count) }
        if buffer.count - start < 2 || buffer[buffer.count - 2] != 0x0D || buffer[buffer.count - 1] != 0x0A { buffer += [0x0D, 0x0A] }
        buffer += [0x2E, 0x0D, 0x0A]
    }

    /// memchr finds the few dots of 40 KB in a microsecond; a loop over every byte would cost as much as the rendering.
    private static func lineStartDots(_ buffer: [UInt8], from start: Int) -> [Int] {
        buffer.withUnsafeBytes { bytes in
            var found: [Int] = []
            guard let base = bytes.baseAddress else { return found }
            var index = start
            while index < bytes.count, let hit = memchr(base + index, 0x2E, bytes.count - index) {
                let place = UnsafeRawPointer(hit) - base
                if place == start || bytes[place - 1] == 0x0A { found.append(place) }
                index = place + 1
            }
            return found
        }
    }
}
