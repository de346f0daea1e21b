/// A JPEG (ITU-T T.81, annex B) segment by segment: the image's own segments are kept byte for byte; EXIF, XMP, IPTC, comments and
/// makers' segments go, and so does everything after the end of the image, where telephones keep a second picture or a film.
///
/// The orientation is part of how the picture looks: when it is not the normal one, an EXIF segment with that tag alone is kept.
struct JPEGStripper {
    static func isJPEG(_ bytes: [UInt8]) -> Bool { bytes.starts(with: [0xFF, 0xD8, 0xFF]) }

    /// `nil` when the file is cut short or is not a JPEG.
    static func strip(_ bytes: [UInt8]) -> PictureReader.Stripped? {
        var stripper = JPEGStripper(bytes)
        guard stripper.run(), !stripper.hasTwoSizes, let size = stripper.size else { return nil }
        let turned = stripper.orientation >= 5
        return PictureReader.Stripped(
            format: .jpeg, width: turned ? size.height : size.width, height: turned ? size.width : size.height,
            bytes: stripper.withOrientation())
    }

    private let bytes: [UInt8]
    private var position = 2
    private var kept: [UInt8] = [0xFF, 0xD8]
    /// Where the orientation's segment belongs: after JFIF's, which must be first.
    private var orientationPlace = 2
    private var orientation = 1
    private var size: (width: Int, height: Int)?
    private var hasTwoSizes = false
    private var hasScan = false

    private init(_ bytes: [UInt8]) {
        self.bytes = bytes
        kept.reserveCapacity(bytes.count)
    }

    /// Whether the end of the image was reached.
    private mutating func run() -> Bool {
        while position + 1 < bytes.count {
            guard bytes[position] == 0xFF else { return false }
            let marker = bytes[position + 1]
            if marker == 0xFF {
                position += 1
                continue
            }
            if marker == 0xD9 {
                kept += [0xFF, 0xD9]
                return hasScan
            }
            guard position + 3 < bytes.count else { return false }
            let length = word(position + 2)
            guard length >= 2, position + 2 + length <= bytes.count else { return false }
            let segment = position..<(position + 2 + length)
            position = segment.upperBound
            take(marker, segment)
            if marker == 0xDA { copyScan() }
        }
        return false
    }

    private mutating func take(_ marker: UInt8, _ segment: Range<Int>) {
        let content = bytes[(segment.lowerBound + 4)..<segment.upperBound]
        switch marker {
        case 0xC0...0xC3, 0xC5...0xC7, 0xC9...0xCB, 0xCD...0xCF:
            // T.81 has one frame to an image: of two, one could be a lie about the other's size.
            guard content.count >= 6, size == nil else {
                hasTwoSizes = true
                return
            }
            size = (word(content.startIndex + 3), word(content.startIndex + 1))
        case 0xE0:
            guard content.starts(with: Array("JFIF\0".utf8)) else { return }
            kept += bytes[segment]
            if kept.count == segment.count + 2 { orientationPlace = kept.count }
            return
        case 0xE1:
            if content.starts(with: Array("Exif\0\0".utf8)) { orientation = EXIFOrientation.read(content.dropFirst(6)) ?? orientation }
            return
        case 0xE2 where content.starts(with: Array("ICC_PROFILE\0".utf8)): break
        case 0xE2...0xED, 0xEF, 0xFE: return
        default: break
        }
        kept += bytes[segment]
    }

    /// The compressed data of a scan, up to the next marker; `FF 00` and the restart markers belong to it.
    private mutating func copyScan() {
        hasScan = true
        let start = position
        while position + 1 < bytes.count {
            if bytes[position] == 0xFF, bytes[position + 1] != 0, !(0xD0...0xD7).contains(bytes[position + 1]) { break }
            position += 1
        }
        kept += bytes[start..<position]
    }

    private func word(_ index: Int) -> Int { Int(bytes[index]) << 8 | Int(bytes[index + 1]) }

    private func withOrientation() -> [UInt8] {
        guard (2...8).contains(orientation) else { return kept }
        return Array(kept[..<orientationPlace]) + EXIFOrientation.segment(UInt8(orientation)) + kept[orientationPlace...]
    }
}
