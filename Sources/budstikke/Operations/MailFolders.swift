import Configuration
import Core
import Foundation

/// The folders that relays with `Directory=` write mails into, as far as one person is concerned.
struct MailFolders {
    let folders: [String]

    /// What was done in them.
    struct Erased {
        var removed = 0
        /// Mails to others in which the address stood.
        var masked = 0
    }

    init(settings: Settings) {
        folders = settings.relays.compactMap { relay -> String? in
            if case .directory(let path) = relay.destination { return path }
            return nil
        }
    }

    /// The mails to an address, by path.
    func mails(to address: EmailAddress) -> [String] {
        let key = address.key
        return folders.flatMap { ByteSearch.files(below: $0) }.filter { file in
            ByteSearch.bytes(of: file).map { Self.isAddressed($0, to: key) } ?? false
        }
    }

    /// Removes the mails to an address, and puts `x` in the place of its letters in mails to others, which keep their length.
    /// Throws a ``Fault`` when a file cannot be changed.
    func erase(_ address: EmailAddress) throws(Fault) -> Erased {
        let key = address.key
        var erased = Erased()
        for file in folders.flatMap({ ByteSearch.files(below: $0) }) {
            guard var bytes = ByteSearch.bytes(of: file) else { continue }
            let places = AddressInText.places(of: key, in: bytes)
            guard !places.isEmpty else { continue }
            if Self.isAddressed(bytes, to: key) {
                guard unlink(file) == 0 else {
                    throw Fault("remove", file, cause: errnoText(), mend: "Remove it by hand, then erase again.")
                }
                erased.removed += 1
                continue
            }
            for place in places { Self.mask(&bytes, place) }
            try Self.overwrite(file, bytes)
            erased.masked += 1
        }
        return erased
    }

    /// By the `To` header alone: others may name the address in their text.
    private static func isAddressed(_ mail: [UInt8], to key: String) -> Bool {
        let head = String(decoding: mail.prefix(16_384), as: UTF8.self).replacing("\r\n", with: "\n")
        var isTo = false
        for line in head.split(separator: "\n", omittingEmptySubsequences: false) {
            if line.isEmpty { return false }
            if line.first != " ", line.first != "\t" { isTo = line.lowercased().hasPrefix("to:") }
            if isTo, !AddressInText.places(of: key, in: Array(line.utf8)).isEmpty { return true }
        }
        return false
    }

    /// Its length stays, and what a mail's lines or a page's tags need.
    static func mask(_ bytes: inout [UInt8], _ place: Range<Int>) {
        for index in place where !"@.=\r\n".utf8.contains(bytes[index]) { bytes[index] = UInt8(ascii: "x") }
    }

    /// In place: the former bytes are gone from the file, not only from its name.
    private static func overwrite(_ file: String, _ bytes: [UInt8]) throws(Fault) {
        let descriptor = open(file, O_WRONLY | O_NOFOLLOW | O_CLOEXEC)
        defer { if descriptor >= 0 { close(descriptor) } }
        guard descriptor >= 0, bytes.withUnsafeBytes({ pwrite(descriptor, $0.baseAddress, $0.count, 0) }) == bytes.count,
            fsync(descriptor) == 0
        else { throw Fault("overwrite", file, cause: errnoText(), mend: "Remove it by hand, then erase again.") }
    }
}

/// An address looked for in the bytes of files.
struct ByteSearch {
    private let key: String

    /// `key` is in lower case.
    init(_ key: String) { self.key = key }

    /// How often it stands in a file; 0 when there is none. With `whole` not as a part of a longer address.
    func places(in file: String, whole: Bool) -> Int {
        guard let bytes = Self.bytes(of: file) else { return 0 }
        return AddressInText.places(of: key, in: bytes, whole: whole).count
    }

    /// Whether it is another file of SQLite's: a backup, or what a restore put aside.
    static func isLedgerCopy(_ file: String) -> Bool {
        let name = file.hasSuffix("-wal") ? String(file.dropLast(4)) : file
        guard let handle = FileHandle(forReadingAtPath: name) else { return false }
        defer { try? handle.close() }
        return (try? handle.read(upToCount: 16)) == Data("SQLite format 3\0".utf8)
    }

    static func bytes(of file: String) -> [UInt8]? { FileManager.default.contents(atPath: file).map { Array($0) } }

    static func size(of file: String) -> Int {
        var status = stat()
        return lstat(file, &status) == 0 ? Int(status.st_size) : 0
    }

    /// The regular files below a folder, none of them by a symbolic link.
    static func files(below folder: String) -> [String] {
        let names = FileManager.default.subpaths(atPath: folder) ?? []
        return names.sorted().map { folder + "/" + $0 }.filter { path in
            var status = stat()
            return lstat(path, &status) == 0 && status.st_mode & S_IFMT == S_IFREG
        }
    }
}
