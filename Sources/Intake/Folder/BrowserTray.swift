import Core
import Foundation

/// Where items that came with a browser are put, and where what became of them is found.
///
/// Comes in: a ``SentItem``. Goes out: a subfolder of its source's folder, which the intake takes in as any other; later the receipt in
/// `Modtaget/` or the note in `Afvist/`. When ``put(_:for:)`` returns, everything is on the disk under its own name, at once; when it throws,
/// nothing is there. The folder may be a share that hangs: to be called from a thread that may wait, one at a time.
package struct BrowserTray: Sendable {
    /// What became of an item.
    package enum Outcome: Hashable, Sendable {
        /// It lies in the folder still; `needs` is a program that is not installed.
        case waiting(needs: String?)
        /// With the receipt's page.
        case received(String)
        /// With what the note says is wrong, and the text as it was sent when it was written in a form; personal numbers are masked.
        case refused(String, text: String?)
        case unknown
    }

    private static let draftBeginning = ".desk-"
    /// A receipt holds its pictures.
    private static let receiptLimit = 40 << 20
    private static let noteLimit = 64 << 10
    private static let writtenLimit = 1 << 20

    let dropFolder: String
    let waitingFiles: @Sendable (Source) throws(Fault) -> [WaitingFile]

    /// `waitingFiles` are those that the intake has told of.
    package init(dropFolder: String, waitingFiles: @escaping @Sendable (Source) throws(Fault) -> [WaitingFile]) {
        self.dropFolder = dropFolder
        self.waitingFiles = waitingFiles
    }

    /// Throws a ``Fault`` when the source's folder is not there, or there is no room.
    package func put(_ item: SentItem, for source: Source) throws(Fault) {
        let folder = try folder(source)
        for name in try folder.names() where name.text.hasPrefix(Self.draftBeginning) { Self.remove(name, in: folder) }
        let (draft, final) = (EntryName(Self.draftBeginning + item.name + ".tmp"), EntryName(item.name))
        guard FolderEntry(folder.descriptor, final) == nil else {
            throw Fault("save", folder.path + "/" + item.name, cause: "it is there already", mend: "Send it again.")
        }
        do throws(Fault) {
            let inside = try folder.folder(draft, make: true)
            for file in item.files { try Self.write(file, in: inside) }
            guard fsync(inside.descriptor) == 0, renameat(folder.descriptor, draft.path, folder.descriptor, final.path) == 0,
                fsync(folder.descriptor) == 0
            else { throw OpenFolder.fault("save", folder.path + "/" + item.name) }
        } catch {
            Self.remove(draft, in: folder)
            throw error
        }
    }

    package func outcome(of name: String, for source: Source) throws(Fault) -> Outcome {
        let folder = try folder(source)
        let shown = PersonalNumber.masked(name)
        // In this order: what is not in the folder any more was moved before it was looked for.
        let isThere = FolderEntry(folder.descriptor, EntryName(name)) != nil
        if !isThere {
            // Between the move and the receipt's own name.
            for (kind, ending) in [(Tray.Kind.received, Tray.receiptEnding), (.refused, Tray.noteEnding)] {
                if FolderEntry(try Tray(kind, in: folder).folder.descriptor, Tray.draft(shown, ending)) != nil {
                    return .waiting(needs: nil)
                }
            }
            if let page = try Self.text(shown + Tray.receiptEnding, in: .received, of: folder, limit: Self.receiptLimit) {
                return .received(page)
            }
            if let note = try Self.text(shown + Tray.noteEnding, in: .refused, of: folder, limit: Self.noteLimit) {
                return .refused(Self.reason(note), text: Self.written(shown, in: folder))
            }
            return .unknown
        }
        let waiting = try waitingFiles(source).first { $0.name == shown }
        return .waiting(needs: waiting?.reason == .needsProgram ? waiting?.detail : nil)
    }

    /// What stands between the note's opening and its closing, which are about files in a folder.
    private static func reason(_ note: String) -> String {
        let text = note.replacing("\u{FEFF}", with: "").replacing("\r\n", with: "\n")
        let paragraphs = text.split(separator: "\n\n").map { $0.trimmingCharacters(in: .newlines) }
        return paragraphs.count < 3 ? text : paragraphs.dropFirst().dropLast().joined(separator: "\n")
    }

    /// What somebody wrote, so that they need not write it again: the file without its header lines.
    private static func written(_ name: String, in folder: OpenFolder) -> String? {
        guard let tray = try? Tray(.refused, in: folder).folder, let item = try? tray.folder(EntryName(name)) else { return nil }
        for file in ["tekst.md", "tekst.txt"] {
            guard let text = try? text(file, in: item, limit: writtenLimit), text.hasPrefix(SentItem.firstHeader),
                let end = text.range(of: "\n\n")
            else { continue }
            return PersonalNumber.masked(String(text[end.upperBound...]))
        }
        return nil
    }

    /// Not made here: a share that is away leaves an empty folder behind.
    private func folder(_ source: Source) throws(Fault) -> OpenFolder {
        let root = try OpenFolder(root: dropFolder)
        let name = try root.entries().first { $0.kind == .folder && $0.name.text == source.folder }?.name ?? EntryName(source.folder)
        return try root.folder(name)
    }

    private static func write(_ file: NamedBytes, in folder: OpenFolder) throws(Fault) {
        let flags = O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW
        let descriptor = openBeneath(folder.descriptor, rawPath: EntryName(file.name).path, flags: flags, mode: 0o664)
        guard descriptor >= 0 else { throw OpenFolder.fault("create", folder.path + "/" + file.name) }
        let isWritten = writeAll(descriptor, file.bytes) && fsync(descriptor) == 0
        let code = errno
        guard close(descriptor) == 0, isWritten else {
            if !isWritten { errno = code }
            throw OpenFolder.fault("write", folder.path + "/" + file.name)
        }
    }

    private static func remove(_ draft: EntryName, in folder: OpenFolder) {
        guard let inside = try? folder.folder(draft) else { return }
        for name in (try? inside.names()) ?? [] { unlinkat(inside.descriptor, name.path, 0) }
        unlinkat(folder.descriptor, draft.path, AT_REMOVEDIR)
    }

    private static func text(_ name: String, in kind: Tray.Kind, of folder: OpenFolder, limit: Int) throws(Fault) -> String? {
        try text(name, in: try Tray(kind, in: folder).folder, limit: limit)
    }

    /// A tray's file as text; `nil` when it is not there.
    private static func text(_ name: String, in tray: OpenFolder, limit: Int) throws(Fault) -> String? {
        let descriptor = openBeneath(
            tray.descriptor, rawPath: EntryName(name).path, flags: O_RDONLY | O_NONBLOCK | O_NOFOLLOW | O_NOCTTY)
        guard descriptor >= 0 else {
            if errno == ENOENT { return nil }
            throw OpenFolder.fault("read", tray.path + "/" + name)
        }
        defer { close(descriptor) }
        var status = stat()
        guard fstat(descriptor, &status) == 0, status.st_mode & S_IFMT == S_IFREG, Int(status.st_size) <= limit else {
            throw Fault("read", tray.path + "/" + name, cause: "it is not what was put there", mend: "Look at it in the folder.")
        }
        guard let bytes = readBytes(descriptor, atMost: Int(status.st_size)) else {
            throw OpenFolder.fault("read", tray.path + "/" + name)
        }
        return String(decoding: bytes, as: UTF8.self)
    }
}
