/// The central directory of a ZIP file (APPNOTE 6.3, 4.3.12): what is in it and how large it will be, without unpacking anything.
///
/// The sizes are what the archive declares; whoever unpacks it is bounded besides. ZIP64 archives, which begin at 4 GB, are not modest.
struct ZipDirectory {
    struct Entry {
        var name: String
        var method: Int
        var packedSize: Int
        var size: Int
        /// Of the entry's local header, from the file's beginning.
        var offset: Int
        var isEncrypted: Bool
        /// CRC-32 of the unpacked bytes.
        var checksum: Int
    }

    private(set) var entries: [Entry] = []
    /// As the end record says; more than ``countLimit`` are not read.
    let declaredCount: Int

    /// Entries and unpacked bytes of a document that is opened.
    static let countLimit = 10_000
    static let sizeLimit = 200 << 20

    var isModest: Bool {
        declaredCount == entries.count && declaredCount <= Self.countLimit
            && entries.allSatisfy { $0.size <= Self.sizeLimit } && entries.reduce(0) { $0 + $1.size } <= Self.sizeLimit
    }

    /// `nil` when there is no directory where the end record says.
    init?(_ bytes: [UInt8]) {
        guard let end = Self.endRecord(bytes), let count = Self.number(bytes, end + 10, 2), let start = Self.number(bytes, end + 16, 4)
        else {
            return nil
        }
        declaredCount = count
        var at = start
        for _ in 0..<min(count, Self.countLimit) {
            guard let (entry, next) = Self.entry(bytes, at) else { return nil }
            entries.append(entry)
            at = next
        }
    }

    private static func entry(_ bytes: [UInt8], _ at: Int) -> (Entry, next: Int)? {
        guard at >= 0, at + 46 <= bytes.count, bytes[at...].starts(with: [0x50, 0x4B, 1, 2]),
            let flags = number(bytes, at + 8, 2), let method = number(bytes, at + 10, 2), let checksum = number(bytes, at + 16, 4),
            let packed = number(bytes, at + 20, 4),
            let size = number(bytes, at + 24, 4), let nameLength = number(bytes, at + 28, 2), let extra = number(bytes, at + 30, 2),
            let comment = number(bytes, at + 32, 2), let offset = number(bytes, at + 42, 4), at + 46 + nameLength <= bytes.count
        else { return nil }
        let name = String(decoding: bytes[(at + 46)..<(at + 46 + nameLength)], as: UTF8.self)
        let entry = Entry(
            name: name, method: method, packedSize: packed, size: size, offset: offset, isEncrypted: flags & 1 != 0,
            checksum: checksum)
        return (entry, at + 46 + nameLength + extra + comment)
    }

    /// The last record of that kind within the 64 KiB that a comment may take.
    private static func endRecord(_ bytes: [UInt8]) -> Int? {
        guard bytes.count >= 22 else { return nil }
        return stride(from: bytes.count - 22, through: max(0, bytes.count - 22 - 65_535), by: -1)
            .first { bytes[$0] == 0x50 && bytes[$0...].starts(with: [0x50, 0x4B, 5, 6]) }
    }

    /// A little-endian number.
    static func number(_ bytes: [UInt8], _ at: Int, _ count: Int) -> Int? {
        guard at >= 0, at + count <= bytes.count else { return nil }
        return (0..<count).reduce(0) { $0 | Int(bytes[at + $1]) << (8 * $1) }
    }
}
