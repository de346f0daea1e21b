import Core
import Foundation

/// The picture files of an item, read: by name for the text to refer to, and those that may stand beside the title.
struct PictureShelf {
    private let shelf: [(name: String, picture: PictureRenditions)]
    /// For the pictures within the text, by lower-case file name; without words, which the text gives.
    let references: [String: PictureReference]
    /// Those that may stand beside the title, in the order of preference.
    private let candidates: [PictureDigest]

    /// Throws what ``PictureReader`` throws. `text` is the text file's name.
    init(_ files: [NamedBytes], text: String, _ reader: PictureReader) throws(Refusal) {
        var shelf: [(name: String, picture: PictureRenditions)] = []
        for file in files.sorted(by: { $0.name < $1.name }) { shelf.append((file.name, try reader.read(file))) }
        self.shelf = shelf
        references = Dictionary(
            shelf.map { ($0.name.lowercased(), PictureReference(digest: $0.picture.digest, alternativeText: "")) },
            uniquingKeysWith: { first, _ in first })
        let stem = FileFormat.stem(text).lowercased()
        candidates = (shelf.filter { FileFormat.stem($0.name).lowercased() == stem } + shelf).map(\.picture.digest)
    }

    /// Throws a ``Refusal`` `pictureMissing` for a `Billede` header that names none of the files; before any of them is read.
    static func check(_ files: [NamedBytes], named name: String?) throws(Refusal) {
        guard let name, !files.contains(where: { $0.name.lowercased() == name.lowercased() }) else { return }
        throw Refusal(.pictureMissing, value: name)
    }

    /// The picture beside the title: the one that `Billede` names, else the one named like the text, else the first by name; of the
    /// latter two one that the text itself does not show already.
    func main(notAmong shown: [PictureDigest], _ values: HeaderValues) -> PictureReference? {
        let named = values.pictureName.flatMap { references[$0.lowercased()]?.digest }
        return (named ?? candidates.first { !shown.contains($0) }).map {
            PictureReference(digest: $0, alternativeText: values.alternativeText ?? "", caption: values.caption)
        }
    }

    func pictures(_ used: Set<PictureDigest>) -> [PictureRenditions] {
        var seen: Set<PictureDigest> = []
        return shelf.map(\.picture).filter { used.contains($0.digest) && seen.insert($0.digest).inserted }
    }

    func holds(_ digest: PictureDigest) -> Bool { shelf.contains { $0.picture.digest == digest } }

    /// Names of the files that the content does not show.
    func unused(_ used: Set<PictureDigest>) -> [String] { shelf.filter { !used.contains($0.picture.digest) }.map(\.name) }
}
