import Foundation

/// An OpenDocument text as pandoc 2.17 reads it without loss: its reader passes over `table:table-header-rows` with all that is in it, so
/// the heading row of nearly every table of LibreOffice would be gone. Without that element (ODF 1.3, 9.1.4) its rows are rows.
///
/// What the repair cannot read is left as it is, for pandoc to refuse.
enum OpenDocumentRepair {
    private static let part = "content.xml"
    private static let element = "table:table-header-rows"

    static func repaired(_ bytes: [UInt8]) -> [UInt8] {
        guard let directory = ZipDirectory(bytes), let entry = directory.entries.first(where: { $0.name == part }),
            let packed = directory.content(entry, of: bytes),
            let xml = entry.method == 0 ? Array(packed) : Inflate.inflated(packed, limit: ZipDirectory.sizeLimit),
            let text = String(validating: xml, as: UTF8.self), text.contains(element)
        else { return bytes }
        let mended = text.replacing("<\(element)>", with: "").replacing("</\(element)>", with: "")
        return directory.replacing(entry, with: Array(mended.utf8), in: bytes)
    }
}

extension ZipDirectory {
    /// An entry's packed bytes, which follow its local header (4.3.7).
    func content(_ entry: Entry, of bytes: [UInt8]) -> ArraySlice<UInt8>? {
        guard let name = Self.number(bytes, entry.offset + 26, 2), let extra = Self.number(bytes, entry.offset + 28, 2) else { return nil }
        let start = entry.offset + 30 + name + extra
        guard start + entry.packedSize <= bytes.count, entry.method == 0 || entry.method == 8 else { return nil }
        return bytes[start..<start + entry.packedSize]
    }

    /// The archive with one entry's content replaced, not compressed; the other entries are copied as they are.
    func replacing(_ replaced: Entry, with content: [UInt8], in bytes: [UInt8]) -> [UInt8] {
        var archive: [UInt8] = []
        var directory: [UInt8] = []
        var count = 0
        for entry in entries {
            let isReplaced = entry.name == replaced.name
            guard let packed = isReplaced ? content[...] : self.content(entry, of: bytes) else { continue }
            let checksum = isReplaced ? Self.checksum(content) : entry.checksum
            let facts =
                Self.word(isReplaced ? 0 : entry.method, 2) + Self.word(0, 4) + Self.word(checksum, 4) + Self.word(packed.count, 4)
                + Self.word(isReplaced ? content.count : entry.size, 4) + Self.word(entry.name.utf8.count, 2) + Self.word(0, 2)
            // Flag bit 11: the name is UTF-8.
            directory += [0x50, 0x4B, 1, 2] + Self.word(20, 2) + Self.word(20, 2) + Self.word(1 << 11, 2) + facts
            directory +=
                Self.word(0, 2) + Self.word(0, 2) + Self.word(0, 2) + Self.word(0, 4) + Self.word(archive.count, 4) + entry.name.utf8
            archive += [0x50, 0x4B, 3, 4] + Self.word(20, 2) + Self.word(1 << 11, 2) + facts + entry.name.utf8 + packed
            count += 1
        }
        let end =
            [0x50, 0x4B, 5, 6] + Self.word(0, 4) + Self.word(count, 2) + Self.word(count, 2) + Self.word(directory.count, 4)
            + Self.word(archive.count, 4) + Self.word(0, 2)
        return archive + directory + end
    }

    private static func word(_ value: Int, _ count: Int) -> [UInt8] { (0..<count).map { UInt8(truncatingIfNeeded: value >> (8 * $0)) } }

    /// CRC-32 (4.4.7), which PNG has too.
    private static func checksum(_ bytes: [UInt8]) -> Int { Int(PNGStripper.checksum(bytes[...])) }
}
