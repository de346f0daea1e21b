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

    /// What is put beside the moved entries: a note or a receipt, made when their new names are known.
    struct Enclosure {
        let ending: String
        let bytes: (_ names: [EntryName: String]) throws(Fault) -> [UInt8]
    }

    /// The name that an enclosure has until what it is about has been moved.
    static func draft(_ stem: String, _ ending: String) -> EntryName { EntryName("." + stem + ending + ".tmp") }

    /// What came of a move.
    enum Moved {
        /// The stem under which notes and receipts stand, and each entry's new name.
        case done(stem: String, names: [EntryName: String])
        /// The first entry was changed between its claim and its move, and lies where it lay.
        case changed
    }

    /// Moves entries in, under names that are free, all with the same number. Personal numbers in names are masked.
    /// The first entry, the text, decides: another that was changed or removed meanwhile is left as it is.
    ///
    /// The enclosure is written first, under a name that is passed over, and gets its own when the entries are there: on a full disk
    /// nothing is moved whose writer would not be told (FAULTS 5).
    /// Throws a ``Fault`` when there is no room, or a move is refused.
    func take(_ entries: [FolderEntry], from source: OpenFolder, with enclosure: Enclosure? = nil) throws(Fault) -> Moved {
        let (number, stem) = freeNumber(entries.map { Self.target($0.name) })
        let targets = Dictionary(entries.map { ($0.name, Self.numbered(Self.target($0.name), number)) }) { first, _ in first }
        let draft = Self.draft(stem, enclosure?.ending ?? "")
        do throws(Fault) {
            if let enclosure { try write(draft, enclosure.bytes(targets)) }
            let names = try move(entries, targets, from: source)
            if names.isEmpty {
                if enclosure != nil { unlinkat(folder.descriptor, draft.path, 0) }
                return .changed
            }
            if let enclosure {
                if names.count < targets.count { try write(draft, enclosure.bytes(names)) }
                try publish(draft, EntryName(stem + enclosure.ending))
            }
            return .done(stem: stem, names: names)
        } catch {
            if enclosure != nil { unlinkat(folder.descriptor, draft.path, 0) }
            throw error
        }
    }

    /// The new names of those that were moved; none when the first one was not.
    private func move(_ entries: [FolderEntry], _ targets: [EntryName: String], from source: OpenFolder) throws(Fault) -> [EntryName:
        String]
    {
        var names: [EntryName: String] = [:]
        for entry in entries {
            guard let target = targets[entry.name] else { continue }
            if try move(entry, to: EntryName(target), from: source) {
                names[entry.name] = target
            } else if entry == entries.first {
                return [:]
            }
        }
        return names
    }

    private func write(_ name: EntryName, _ bytes: [UInt8]) throws(Fault) {
        let descriptor = openBeneath(folder.descriptor, rawPath: name.path, flags: O_WRONLY | O_CREAT | O_TRUNC | O_NOFOLLOW, mode: 0o664)
        guard descriptor >= 0 else { throw OpenFolder.fault("create", folder.path + "/" + name.text) }
        // A share may say only at the end that there was no room.
        let isWritten = writeAll(descriptor, bytes)
        let code = errno
        guard close(descriptor) == 0 else { throw OpenFolder.fault("write", folder.path + "/" + name.text) }
        errno = code
        guard isWritten else { throw OpenFolder.fault("write", folder.path + "/" + name.text) }
    }

    /// Finishes what a killed process left between the move and the enclosure's own name; a draft whose entries were never moved goes.
    func finishDrafts() throws(Fault) {
        let names = try folder.names()
        let drafts = names.filter { $0.bytes.first == 0x2E && $0.text.hasSuffix(".tmp") }
        guard !drafts.isEmpty else { return }
        let present = Set(names.map(\.text))
        for draft in drafts {
            let final = String(draft.text.dropFirst().dropLast(4))
            guard let ending = [Self.receiptEnding, Self.noteEnding].first(where: final.hasSuffix) else { continue }
            let stem = String(final.dropLast(ending.count))
            if !present.contains(final), present.contains(where: { $0 != final && FileFormat.stem($0) == stem }) {
                try publish(draft, EntryName(Array(draft.bytes.dropFirst().dropLast(4))))
            } else {
                unlinkat(folder.descriptor, draft.path, 0)
            }
        }
    }

    private func publish(_ draft: EntryName, _ final: EntryName) throws(Fault) {
        guard renameat(folder.descriptor, draft.path, folder.descriptor, final.path) != 0 else { return }
        let fault = OpenFolder.fault("write", folder.path + "/" + final.text)
        // As with the files themselves: NFS may report a rename as failed that was done.
        guard FolderEntry(folder.descriptor, draft) == nil, FolderEntry(folder.descriptor, final) != nil else { throw fault }
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
        let isReported = renameat(source.descriptor, entry.name.path, folder.descriptor, target.path) == 0
        if !isReported {
            let fault = OpenFolder.fault("move", source.path + "/" + entry.name.text)
            // NFS may report a rename as failed whose first try succeeded (its reply was lost).
            guard FolderEntry(source.descriptor, entry.name) == nil, FolderEntry(folder.descriptor, target) != nil else { throw fault }
        }
        // A client that believes that nothing was moved may number the file anew.
        guard let moved = FolderEntry(folder.descriptor, target), Self.isSame(moved, entry, byInode: isReported) else {
            if FolderEntry(source.descriptor, entry.name) == nil {
                renameat(folder.descriptor, target.path, source.descriptor, entry.name.path)
            }
            return false
        }
        return true
    }

    /// A folder's own times and size change with what lies in it; its inode does not.
    private static func isSame(_ a: FolderEntry, _ b: FolderEntry, byInode: Bool = true) -> Bool {
        guard a.kind == b.kind, a.identity.inode == b.identity.inode || !byInode else { return false }
        return a.kind == .folder || a.identity.isWrittenLike(b.identity)
    }
}
