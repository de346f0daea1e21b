import Core

/// Files of a source's folder that belong together and would become one item.
struct Candidate {
    /// One file: where it lies below the source's folder, and how it was when listed.
    struct Part {
        let path: [EntryName]
        let entry: FolderEntry

        var name: String { entry.name.text }
    }

    enum Shape {
        case item(text: Part, pictures: [Part])
        case refused(Refusal)
        /// Nothing is wrong, but something is still missing; the refusal is for when it stays so.
        case incomplete(Refusal)
    }

    /// What is moved when it is dealt with: the files, or the one subfolder.
    var entries: [FolderEntry]
    /// What lies in the subfolder; empty for files.
    var within: [FolderEntry]
    var shape: Shape
    /// The name that the item goes by: the text file's or the subfolder's.
    var name: String
    /// The name of another file that Windows or a person could not tell from this one.
    var collidesWith: String?
    /// Since when all of it has stood still.
    var since: Instant

    /// Orders candidates by when they were written, then by name.
    var arrival: (Int, Int, String) { (entries[0].identity.seconds, entries[0].identity.nanoseconds, name) }

    /// Whether a subfolder still holds what it held when it was listed.
    func isUnchanged(in source: OpenFolder) throws(Fault) -> Bool {
        guard let entry = entries.first, entry.kind == .folder else { return true }
        return try Self.within(entry.name, source) == within
    }

    /// The meant entries of a subfolder, by name.
    static func within(_ name: EntryName, _ source: OpenFolder) throws(Fault) -> [FolderEntry] {
        try source.folder(name).entries().filter { !IgnoredNames.contain($0.name) }
            .sorted { $0.name.bytes.lexicographicallyPrecedes($1.name.bytes) }
    }
}
