import Core

/// The entries of a source's folder to candidates: a text with the pictures of its name, or a subfolder.
struct Grouping {
    private let now: Instant
    private var watch: SettleWatch
    private(set) var candidates: [Candidate] = []
    /// Pictures that no text has by its name; a text may still name them.
    private(set) var loosePictures: [FolderEntry] = []
    /// Subfolders that could not be looked into.
    private(set) var faults: [Fault] = []
    private(set) var unreadable: [String] = []

    static func group(
        _ entries: [FolderEntry], in folder: OpenFolder, watch: inout SettleWatch, now: Instant
    ) -> Grouping {
        var grouping = Grouping(now: now, watch: watch)
        defer { watch = grouping.watch }
        let meant = entries.filter { !IgnoredNames.contain($0.name) && !Tray.isSpecial($0.name) }
        grouping.group(meant, folder)
        grouping.markCollisions()
        grouping.candidates.sort { $0.arrival < $1.arrival }
        return grouping
    }

    private init(now: Instant, watch: SettleWatch) {
        self.now = now
        self.watch = watch
    }

    private mutating func group(_ entries: [FolderEntry], _ folder: OpenFolder) {
        var pictures: [String: [FolderEntry]] = [:]
        var texts: [FolderEntry] = []
        for entry in entries {
            switch (entry.kind, FileFormat(entry.name.text)) {
            case (.folder, _): addFolder(entry, folder)
            case (.other, _): add([entry], .refused(Refusal(.notAFile)))
            case (.file, _) where entry.links > 1: add([entry], .refused(Refusal(.hardLink)))
            case (.file, .picture): pictures[FileFormat.stem(entry.name.folded), default: []].append(entry)
            case (.file, .unsupported): add([entry], .refused(FileFormat.refusal(entry.name.text)))
            case (.file, _): texts.append(entry)
            }
        }
        for text in texts.sorted(by: { $0.name.bytes.lexicographicallyPrecedes($1.name.bytes) }) {
            let own = pictures.removeValue(forKey: FileFormat.stem(text.name.folded)) ?? []
            let parts = ([text] + own).map { Candidate.Part(path: [$0.name], entry: $0) }
            add([text] + own, .item(text: parts[0], pictures: Array(parts.dropFirst())))
        }
        loosePictures = pictures.values.flatMap { $0 }
        for picture in loosePictures { add([picture], .incomplete(Refusal(.pictureWithoutText))) }
    }

    private mutating func add(_ entries: [FolderEntry], _ shape: Candidate.Shape, within: [FolderEntry] = []) {
        var since: Instant?
        for entry in entries {
            let still = watch.stillSince([entry.name], .init(entry: entry.identity, within: within), now: now)
            since = max(since ?? still, still)
        }
        var shape = shape
        if case .item(let text, let pictures) = shape, let empty = ([text] + pictures).first(where: { $0.entry.identity.size == 0 }) {
            shape = .incomplete(Refusal(.emptyFile, value: empty.name))
        }
        candidates.append(Candidate(entries: entries, within: within, shape: shape, name: entries[0].name.text, since: since ?? now))
    }

    /// A subfolder is one item. An empty one is somebody's just made "Ny mappe": it is passed over.
    private mutating func addFolder(_ entry: FolderEntry, _ parent: OpenFolder) {
        do throws(Fault) {
            let within = try Candidate.within(entry.name, parent)
            if !within.isEmpty { add([entry], Self.shape(of: within, in: entry.name), within: within) }
        } catch {
            faults.append(error)
            unreadable.append(entry.name.text)
        }
    }

    static func shape(of within: [FolderEntry], in folder: EntryName) -> Candidate.Shape {
        func parts(_ isWanted: (FileFormat) -> Bool) -> [Candidate.Part] {
            within.filter { isWanted(FileFormat($0.name.text)) }.map { Candidate.Part(path: [folder, $0.name], entry: $0) }
        }
        if let wrong = within.first(where: { $0.kind != .file }) {
            return .refused(Refusal(wrong.kind == .folder ? .nestedFolder : .notAFile, value: wrong.name.text))
        }
        if let linked = within.first(where: { $0.links > 1 }) { return .refused(Refusal(.hardLink, value: linked.name.text)) }
        if let other = parts({ $0 == .unsupported }).first { return .refused(FileFormat.refusal(other.name)) }
        let texts = parts(\.isText)
        guard let text = texts.first else { return .incomplete(Refusal(.pictureWithoutText)) }
        guard texts.count == 1 else { return .refused(Refusal(.severalTexts)) }
        return .item(text: text, pictures: parts { $0 == .picture })
    }

    /// Names that differ in case or in Unicode's form only: each is told of the other, both are kept, and the second of two equal
    /// texts gets a number, as a file manager would give it (FAULTS 23). They are ready when all of them are.
    private mutating func markCollisions() {
        let groups = Dictionary(grouping: candidates.indices) { EntryName(candidates[$0].name).folded }
        for indices in groups.values where indices.count > 1 {
            let since = indices.map { candidates[$0].since }.max() ?? now
            var taken: Set<String> = []
            for index in indices {
                let own = candidates[index].name
                candidates[index].since = since
                candidates[index].collidesWith = indices.first { $0 != index }.map { candidates[$0].name }
                let number = taken.contains(own) ? 1 + indices.prefix { $0 != index }.count : 1
                candidates[index].name = Tray.numbered(own, number)
                taken.insert(own)
            }
        }
    }
}
