/// The size of a WebP (RFC 9649): from the extended header's canvas, and from each image and animation frame in it.
enum WebPHeader {
    static func isWebP(_ bytes: [UInt8]) -> Bool {
        bytes.count >= 12 && bytes.starts(with: Array("RIFF".utf8)) && Array(bytes[8..<12]) == Array("WEBP".utf8)
    }

    /// `nil` when the file is cut short, or a chunk is damaged.
    static func read(_ bytes: [UInt8]) -> PictureHeader? {
        let end = 8 + little(bytes, 4, 4)
        guard end <= bytes.count else { return nil }
        var header = PictureHeader(format: .webp, width: 0, height: 0)
        var position = 12
        while position + 8 <= end {
            let length = little(bytes, position + 4, 4)
            let content = position + 8
            guard length <= end - content else { return nil }
            guard grow(&header, String(decoding: bytes[position..<position + 4], as: UTF8.self), bytes, content, length) else { return nil }
            position = content + length + length % 2
        }
        return header.width > 0 && header.height > 0 ? header : nil
    }

    /// False for a chunk that is too short for what it must say.
    private static func grow(_ header: inout PictureHeader, _ type: String, _ bytes: [UInt8], _ at: Int, _ length: Int) -> Bool {
        func size(_ width: Int, _ height: Int) {
            header.width = max(header.width, width)
            header.height = max(header.height, height)
        }
        switch type {
        case "VP8X":
            guard length >= 10 else { return false }
            header.mayBeTransparent = header.mayBeTransparent || bytes[at] & 0x10 != 0
            size(little(bytes, at + 4, 3) + 1, little(bytes, at + 7, 3) + 1)
        case "VP8L":
            guard length >= 5, bytes[at] == 0x2F else { return false }
            let word = little(bytes, at + 1, 4)
            header.mayBeTransparent = header.mayBeTransparent || word >> 28 & 1 == 1
            size((word & 0x3FFF) + 1, (word >> 14 & 0x3FFF) + 1)
        case "VP8 ":
            guard length >= 10, Array(bytes[at + 3..<at + 6]) == [0x9D, 0x01, 0x2A] else { return false }
            size(little(bytes, at + 6, 2) & 0x3FFF, little(bytes, at + 8, 2) & 0x3FFF)
        case "ANMF":
            guard length >= 16 else { return false }
            size(little(bytes, at + 6, 3) + 1, little(bytes, at + 9, 3) + 1)
        default: break
        }
        return true
    }

    private static func little(_ bytes: [UInt8], _ at: Int, _ count: Int) -> Int {
        bytes[at..<at + count].reversed().reduce(0) { $0 << 8 | Int($1) }
    }
}
