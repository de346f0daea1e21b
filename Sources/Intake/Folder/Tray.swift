import Core
import Foundation

/// A folder of the three that every source's folder has, and what is put into it.
struct Tray {
    enum Kind: String, CaseIterable {
        case received = "Modtaget"
        case refused = "Afvist"
        case withdraw = "Tilbagetræk"
    }

    static let noteEnding = ".besked.txt"
    static let receiptEnding = ".kvittering.html"
    /// Bytes of a name before an ending is added; file systems take 255.
    private static let nameLimit = 200

    let folder: OpenFolder
    /// Its own name in the source's folder.
    let name: EntryName

    /// Throws a ``Fault`` when the folder cannot be made or opened.
    init(_ kind: Kind, in source: OpenFolder) throws(Fault) {
        // The folder may be there under its NFD name, made from a Mac.
        let names = [kind.rawValue.precomposedStringWithCanonicalMapping, kind.rawValue.decomposedStringWithCanonicalMapping].map {
            EntryName($0)
        }
        let present = names.first { FolderEntry(source.descriptor, $0) != nil }
        name = present ?? names[0]
        folder = try source.folder(name, make: true)
    }

    static func isSpecial(_ name: EntryName) -> Bool { Kind.allCases.contains { $0.rawValue.lowercased() == name.folded } }

    /// `Ny cykelsti.md` → `Ny cykelsti (2).md`.
    static func numbered(_ name: String, _ number: Int) -> String {
        guard number > 1 else { return name }
        let ending = FileFormat.ending(name).isEmpty ? "" : "." + String(name.suffix(FileFormat.ending(name).count))
        return FileFormat.stem(name) + " (\(number))" + ending
    }

    /// What came of a move.
    enum Moved {
        /// The stem under which notes and receipts stand, and each entry's new name.
        case done(stem: String, names: [EntryName: String])
        /// The first entry was changed between its claim and its move, and lies where it lay.
        case changed
    }

    /// Moves entries in, under names that are free, all with the same number. Personal numbers in names are masked.
    /// The first entry, the text, decides: another that was changed or removed meanwhile is left as it is.
    /// Throws a ``Fault`` when a move is refused.
    func take(_ entries: [FolderEntry], from source: OpenFolder) throws(Fault) -> Moved {
        let (number, stem) = freeNumber(entries.map { Self.target($0.name) })
        var names: [EntryName: String] = [:]
        for entry in entries {
            let target = Self.numbered(Self.target(entry.name), number)
            if try move(entry, to: EntryName(target), from: source) {
                names[entry.name] = target
            } else if entry == entries.first {
                return .changed
            }
        }
        return .done(stem: stem, names: names)
    }

    /// Writes a note or receipt beside what was moved. Throws a ``Fault``.
    func write(_ stem: String, _ ending: String, _ bytes: [UInt8]) throws(Fault) {
        let final = EntryName(stem + ending)
        let new = EntryName("." + stem + ending + ".tmp")
        let descriptor = openBeneath(folder.descriptor, rawPath: new.path, flags: O_WRONLY | O_CREAT | O_TRUNC | O_NOFOLLOW, mode: 0o664)
        guard descriptor >= 0 else { throw OpenFolder.fault("create", folder.path + "/" + final.text) }
        defer { close(descriptor) }
        guard writeAll(descriptor, bytes), renameat(folder.descriptor, new.path, folder.descriptor, final.path) == 0 else {
            throw OpenFolder.fault("write", folder.path + "/" + final.text)
        }
    }

    private static func target(_ name: EntryName) -> String {
        let text = PersonalNumber.masked(String(validating: name.bytes, as: UTF8.self) ?? name.text)
        guard text.utf8.count > nameLimit else { return text }
        let ending = FileFormat.ending(text)
        var stem = FileFormat.stem(text)
        while stem.utf8.count > nameLimit - ending.utf8.count { stem.removeLast() }
        return ending.isEmpty ? stem : stem + "." + ending
    }

    private func freeNumber(_ targets: [String]) -> (Int, stem: String) {
        var number = 1
        while true {
            let stem = FileFormat.stem(Self.numbered(targets.first ?? "", number))
            let names = targets.map { Self.numbered($0, number) } + [stem + Self.noteEnding, stem + Self.receiptEnding]
            if !names.contains(where: { FolderEntry(folder.descriptor, EntryName($0)) != nil }) { return (number, stem) }
            number += 1
        }
    }

    /// False when the entry was not the one that was claimed; it is then put back.
    private func move(_ entry: FolderEntry, to target: EntryName, from source: OpenFolder) throws(Fault) -> Bool {
        guard let present = FolderEntry(source.descriptor, entry.name), Self.isSame(present, entry) else { return false }
        if renameat(source.descriptor, entry.name.path, folder.descriptor, target.path) != 0 {
            let fault = OpenFolder.fault("move", source.path + "/" + entry.name.text)
            // NFS may report a rename as failed whose first try succeeded (its reply was lost).
            guard FolderEntry(source.descriptor, entry.name) == nil, FolderEntry(folder.descriptor, target) != nil else { throw fault }
        }
        guard let moved = FolderEntry(folder.descriptor, target), Self.isSame(moved, entry) else {
            if FolderEntry(source.descriptor, entry.name) == nil {
                renameat(folder.descriptor, target.path, source.descriptor, entry.name.path)
            }
            return false
        }
        return true
    }

    /// A folder's own times and size change with what lies in it; its inode does not.
    private static func isSame(_ a: FolderEntry, _ b: FolderEntry) -> Bool {
        a.kind == b.kind && (a.kind == .folder ? a.identity.inode == b.identity.inode : a.identity == b.identity)
    }
}
