import Foundation

/// A directory entry's name: the bytes that the file system knows it by, and the text that people and the ledger do.
///
/// The bytes are what is compared: `Å.md` written by macOS (NFD) and by Windows (NFC) are two files of one text, and Swift's
/// strings would take them for one.
struct EntryName: Hashable, Sendable {
    let bytes: [UInt8]

    init(_ bytes: [UInt8]) { self.bytes = bytes }
    init(_ text: String) { bytes = Array(text.utf8) }

    /// In NFC, without control characters; bytes that are not UTF-8 are replaced.
    var text: String {
        // Most names are plain ASCII, which is in every form already; a folder of thousands is looked through again and again.
        if bytes.allSatisfy({ (0x20..<0x7F).contains($0) }) { return String(decoding: bytes, as: UTF8.self) }
        return TextDecoding.cleaned(String(decoding: bytes, as: UTF8.self)).precomposedStringWithCanonicalMapping
    }

    /// What tells names apart for people and for Windows: NFC, without regard to case.
    var folded: String { text.lowercased() }

    /// For system calls: with a zero at the end.
    var path: [CChar] { Self.path([self]) }

    /// The path of a name within folders.
    static func path(_ names: [EntryName]) -> [CChar] {
        (Array(names.map(\.bytes).joined(separator: [0x2F])) + [0]).map { CChar(bitPattern: $0) }
    }
}
