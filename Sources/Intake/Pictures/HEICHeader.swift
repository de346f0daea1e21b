/// The size of a HEIC (ISO/IEC 23008-12): the largest of the `ispe` properties in `meta/iprp/ipco`, among which are the whole picture's and
/// each tile's (section 6.5.3). Boxes are those of ISO/IEC 14496-12, section 4.2.
enum HEICHeader {
    private static let brands: Set<String> = ["heic", "heix", "heim", "heis", "hevc", "hevx", "mif1", "msf1"]

    static func isHEIC(_ bytes: [UInt8]) -> Bool {
        bytes.count >= 12 && text(bytes, 4) == "ftyp" && brands.contains(text(bytes, 8))
    }

    /// `nil` when the file is cut short, or says no size.
    static func read(_ bytes: [UInt8]) -> PictureHeader? {
        guard let top = boxes(bytes, 0..<bytes.count), let meta = top.first(where: { $0.type == "meta" }), meta.content.count > 4,
            let within = boxes(bytes, meta.content.dropFirst(4)),
            let properties = within.first(where: { $0.type == "iprp" }).flatMap({ boxes(bytes, $0.content) })?.first(where: {
                $0.type == "ipco"
            }),
            let all = boxes(bytes, properties.content)
        else { return nil }
        var header = PictureHeader(format: .heic, width: 0, height: 0)
        for box in all {
            switch box.type {
            case "ispe" where box.content.count >= 12:
                header.width = max(header.width, number(bytes, box.content.lowerBound + 4))
                header.height = max(header.height, number(bytes, box.content.lowerBound + 8))
            case "auxC":
                // The auxiliary picture that is an alpha plane, by its two names.
                let kind = String(decoding: bytes[box.content.dropFirst(4)].prefix { $0 != 0 }, as: UTF8.self)
                header.mayBeTransparent =
                    header.mayBeTransparent || kind == "urn:mpeg:hevc:2015:auxid:1" || kind.hasSuffix(":auxiliary:alpha")
            default: break
            }
        }
        return header.width > 0 && header.height > 0 ? header : nil
    }

    private struct Box {
        var type: String
        var content: Range<Int>
    }

    /// The boxes that fill a range exactly; `nil` when one goes beyond it. At most 4,096, which no photograph needs.
    private static func boxes(_ bytes: [UInt8], _ range: Range<Int>) -> [Box]? {
        var boxes: [Box] = []
        var position = range.lowerBound
        while position < range.upperBound {
            guard position + 8 <= range.upperBound, boxes.count < 4_096 else { return nil }
            var length = number(bytes, position)
            var head = 8
            if length == 1 {
                guard position + 16 <= range.upperBound, number(bytes, position + 8) == 0 else { return nil }
                (length, head) = (number(bytes, position + 12), 16)
            } else if length == 0 {
                length = range.upperBound - position
            }
            guard length >= head, length <= range.upperBound - position else { return nil }
            boxes.append(Box(type: text(bytes, position + 4), content: position + head..<position + length))
            position += length
        }
        return boxes
    }

    private static func number(_ bytes: [UInt8], _ at: Int) -> Int { bytes[at..<at + 4].reduce(0) { $0 << 8 | Int($1) } }
    private static func text(_ bytes: [UInt8], _ at: Int) -> String { String(decoding: bytes[at..<at + 4], as: UTF8.self) }
}
