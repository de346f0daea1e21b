/// The formats that pandoc reads for us, told apart by the file's content: names are wrong often enough.
enum PandocFormat: String, Hashable {
    case docx, odt, rtf, html

    /// As pandoc calls it. Of Word's paragraphs the styles are asked for, which mark captions, and the empty ones, which end header lines.
    var reader: String { self == .docx ? "docx+styles+empty_paragraphs" : self == .html ? "html-native_divs-raw_html" : rawValue }

    /// What older Word and encrypted files are: a compound file (MS-CFB 2.2).
    private static let compound: [UInt8] = [0xD0, 0xCF, 0x11, 0xE0, 0xA1, 0xB1, 0x1A, 0xE1]

    /// Throws a ``Refusal``: `passwordProtected`, `oldWord`, `unfinished` for a container that is cut short, `documentTooHeavy` for
    /// one that would unpack to more than a newsletter needs, or `documentDamaged`.
    init(_ bytes: [UInt8], named: FileFormat) throws(Refusal) {
        if bytes.starts(with: Self.compound) {
            throw Refusal(ContentSearch.holds(bytes, utf16: "EncryptedPackage") ? .passwordProtected : .oldWord)
        }
        if bytes.starts(with: Array("{\\rtf".utf8)) {
            self = .rtf
        } else if bytes.starts(with: [0x50, 0x4B]) {
            self = try Self.packed(bytes)
        } else if named == .html {
            self = .html
        } else {
            throw Refusal(bytes.allSatisfy { $0 == 0 } ? .unfinished : .documentDamaged)
        }
    }

    private static func packed(_ bytes: [UInt8]) throws(Refusal) -> PandocFormat {
        // The directory is at the end: a copy that was cut short has none.
        guard let directory = ZipDirectory(bytes) else { throw Refusal(.unfinished) }
        guard directory.isModest else { throw Refusal(.documentTooHeavy) }
        let names = Set(directory.entries.map(\.name))
        if names.contains("content.xml") {
            guard !directory.entries.contains(where: \.isEncrypted) else { throw Refusal(.passwordProtected) }
            return .odt
        }
        guard names.contains("[Content_Types].xml"), names.contains(where: { $0.hasPrefix("word/") }) else {
            throw Refusal(.documentDamaged)
        }
        return .docx
    }
}

/// A search for a name in a compound file's directory, which is in UTF-16.
enum ContentSearch {
    static func holds(_ bytes: [UInt8], utf16 name: String) -> Bool {
        let wanted = name.utf16.flatMap { [UInt8($0 & 0xFF), UInt8($0 >> 8)] }
        guard let first = wanted.first else { return true }
        var index = 0
        while let found = bytes[index...].firstIndex(of: first) {
            if bytes[found...].starts(with: wanted) { return true }
            index = found + 1
        }
        return false
    }
}
