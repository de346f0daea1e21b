import Core
import Foundation

/// What Intake would make of a file or a subfolder, without taking it in: for the command `try item`.
package struct TryItem: Sendable {
    /// The result, as a text for people and as one line of JSON with sorted keys.
    package struct Report: Sendable {
        package var text: String
        package var json: String
        package var isRefused: Bool
    }

    private struct JSONReport: Encodable {
        var file: String
        var content: ItemContent?
        var lix: LIX?
        var lints: [Lint]?
        var advice: [String]?
        var refusal: String?
        var note: String?
    }

    private let rules: ReadingRules
    private let note: Note

    /// `audiences` are the names that `Målgruppe` may hold.
    package init(
        zone: Zone, audiences: [String], category: String? = nil, blocked: BlockedWords = BlockedWords(), now: Instant,
        catalogue: Catalogue, language: Language, pandoc: PandocProgram = PandocProgram(), vipsthumbnail: VipsThumbnail = VipsThumbnail()
    ) {
        rules = ReadingRules(
            zone: zone, now: now, audiences: audiences, category: category, blocked: blocked, pandoc: pandoc, vipsthumbnail: vipsthumbnail)
        note = Note(catalogue, language)
    }

    /// Reads the file with the pictures beside it, or the subfolder. Throws a ``Fault`` when it cannot be read at all.
    package func report(_ path: String) throws(Fault) -> Report {
        let url = URL(fileURLWithPath: path)
        let folder = try OpenFolder(root: url.deletingLastPathComponent().path)
        guard let entry = FolderEntry(folder.descriptor, EntryName(url.lastPathComponent)) else { throw OpenFolder.fault("read", path) }
        let name = entry.name.text
        switch try outcome(entry, folder) {
        case .read(let reading, _): return accepted(name, reading)
        case .refused(let refusal, _): return refused(name, refusal)
        case .notYet: return refused(name, Refusal(.unfinished))
        case .unreadable(let fault), .needsProgram(_, let fault): throw fault
        }
    }

    private func outcome(_ entry: FolderEntry, _ folder: OpenFolder) throws(Fault) -> Assembly.Outcome {
        let nothing = Assembly(parts: [])
        let beside = try folder.entries()
        let shape: Candidate.Shape
        if entry.kind == .folder {
            shape = Grouping.shape(of: try Candidate.within(entry.name, folder), in: entry.name)
        } else {
            guard entry.kind == .file else { return .refused(Refusal(.notAFile), nothing) }
            guard FileFormat(entry.name.text).isText else { return .refused(FileFormat.refusal(entry.name.text), nothing) }
            shape = .item(text: Candidate.Part(path: [entry.name], entry: entry), pictures: Self.pictures(of: entry, beside))
        }
        switch shape {
        case .refused(let refusal), .incomplete(let refusal): return .refused(refusal, nothing)
        case .item(let text, let pictures):
            let loose = entry.kind == .folder ? [] : beside.filter { $0.kind == .file && FileFormat($0.name.text) == .picture }
            return Assembly.assemble(name: entry.name.text, text: text, pictures: pictures, beside: loose, in: folder, rules)
        }
    }

    private static func pictures(of text: FolderEntry, _ beside: [FolderEntry]) -> [Candidate.Part] {
        let stem = FileFormat.stem(text.name.folded)
        return beside.filter { $0.kind == .file && FileFormat($0.name.text) == .picture && FileFormat.stem($0.name.folded) == stem }
            .map { Candidate.Part(path: [$0.name], entry: $0) }
    }

    private func accepted(_ name: String, _ reading: ItemReader.Reading) -> Report {
        let advice = reading.lints.map(note.advice)
        var lines = TreeText.lines(reading.content, rules.zone)
        if let lix = reading.lix { lines.append("lix: \(lix.value) (\(note.word(lix)))") }
        lines += advice.map { "advice: \($0)" }
        let json = JSONReport(file: name, content: reading.content, lix: reading.lix, lints: reading.lints, advice: advice)
        return Report(text: lines.joined(separator: "\n") + "\n", json: Self.encoded(json), isRefused: false)
    }

    private func refused(_ name: String, _ refusal: Refusal) -> Report {
        let reason = note.reason(refusal)
        let json = JSONReport(file: PersonalNumber.masked(name), refusal: refusal.reason.rawValue, note: reason)
        return Report(text: reason + "\n", json: Self.encoded(json), isRefused: true)
    }

    private static func encoded(_ report: JSONReport) -> String {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
        return (try? encoder.encode(report)).map { String(decoding: $0, as: UTF8.self) } ?? "{}"
    }
}
