/// A PNG (ISO/IEC 15948) chunk by chunk: what the image and its colours need is kept byte for byte; texts, EXIF, times, animation and
/// private chunks go, and so does everything after the end. Each chunk's checksum is verified.
enum PNGStripper {
    private static let signature: [UInt8] = [0x89, 0x50, 0x4E, 0x47, 0x0D, 0x0A, 0x1A, 0x0A]
    private static let kept: Set<[UInt8]> = Set(
        ["IHDR", "PLTE", "IDAT", "IEND", "tRNS", "gAMA", "cHRM", "sRGB", "iCCP", "sBIT", "pHYs", "bKGD", "cICP"].map { Array($0.utf8) })

    static func isPNG(_ bytes: [UInt8]) -> Bool { bytes.starts(with: signature) }

    /// `nil` when the file is cut short, damaged, or is not a PNG.
    static func strip(_ bytes: [UInt8]) -> PictureReader.Stripped? {
        guard bytes.starts(with: signature) else { return nil }
        var stripped = signature
        stripped.reserveCapacity(bytes.count)
        var size: (width: Int, height: Int)?
        var hasData = false
        var position = 8
        while position + 12 <= bytes.count {
            let length = number(bytes, position)
            guard length <= bytes.count - position - 12 else { return nil }
            let chunk = position..<(position + 12 + length)
            let type = Array(bytes[(position + 4)..<(position + 8)])
            guard checksum(bytes[(position + 4)..<(chunk.upperBound - 4)]) == UInt32(number(bytes, chunk.upperBound - 4)) else {
                return nil
            }
            let isHeader = type == Array("IHDR".utf8)
            guard isHeader == (size == nil) else { return nil }
            if isHeader {
                guard length == 13 else { return nil }
                size = (number(bytes, position + 8), number(bytes, position + 12))
            }
            // An upper-case first letter says that the image cannot be shown without the chunk.
            guard kept.contains(type) || type[0] & 0x20 != 0 else { return nil }
            if kept.contains(type) { stripped += bytes[chunk] }
            hasData = hasData || type == Array("IDAT".utf8)
            position = chunk.upperBound
            if type == Array("IEND".utf8) {
                guard let size, hasData else { return nil }
                return .init(format: .png, width: size.width, height: size.height, bytes: stripped)
            }
        }
        return nil
    }

    /// By its colour type (ISO/IEC 15948, 11.2.2) or a `tRNS` chunk; for a PNG that ``strip(_:)`` has read.
    static func mayBeTransparent(_ bytes: [UInt8]) -> Bool {
        guard bytes.count > 25 else { return false }
        var position = 8
        while position + 12 <= bytes.count, bytes[25] & 4 == 0 {
            if Array(bytes[(position + 4)..<(position + 8)]) == Array("tRNS".utf8) { return true }
            position += 12 + number(bytes, position)
        }
        return bytes[25] & 4 != 0
    }

    private static func number(_ bytes: [UInt8], _ index: Int) -> Int {
        bytes[index..<(index + 4)].reduce(0) { $0 << 8 | Int($1) }
    }

    /// CRC-32 as ISO 3309 and PNG annex D have it.
    static func checksum(_ bytes: ArraySlice<UInt8>) -> UInt32 {
        ~bytes.reduce(0xFFFF_FFFF) { crc, byte in table[Int(UInt8(truncatingIfNeeded: crc) ^ byte)] ^ (crc >> 8) }
    }

    private static let table: [UInt32] = (0..<256).map { index in
        (0..<8).reduce(UInt32(index)) { value, _ in value & 1 == 1 ? 0xEDB8_8320 ^ (value >> 1) : value >> 1 }
    }
}
