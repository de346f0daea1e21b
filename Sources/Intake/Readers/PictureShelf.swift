import Core
import Foundation

/// An item's pictures, read: by name for the text to refer to, and the one that is shown beside the title.
struct PictureShelf {
    private let shelf: [(name: String, picture: Picture)]
    /// For the pictures within the text, by lower-case file name; without words, which the text gives.
    let references: [String: PictureReference]
    /// The one that the header names.
    private let named: PictureDigest?
    /// The others that may stand beside the title, in the order of preference.
    private let candidates: [PictureDigest]

    /// Throws a ``Refusal``: `pictureMissing` for a header that names none of the files, or what ``PictureReader`` throws.
    init(_ files: [NamedBytes], named name: String?, text: String) throws(Refusal) {
        var shelf: [(name: String, picture: Picture)] = []
        for file in files.sorted(by: { $0.name < $1.name }) { shelf.append((file.name, try PictureReader.read(file))) }
        self.shelf = shelf
        references = Dictionary(
            shelf.map { ($0.name.lowercased(), PictureReference(digest: $0.picture.digest, alternativeText: "")) },
            uniquingKeysWith: { first, _ in first })
        let stem = FileFormat.stem(text).lowercased()
        named = try name.map { name throws(Refusal) in
            guard let found = shelf.first(where: { $0.name.lowercased() == name.lowercased() }) else {
                throw Refusal(.pictureMissing, value: name)
            }
            return found.picture.digest
        }
        candidates = (shelf.filter { FileFormat.stem($0.name).lowercased() == stem } + shelf).map(\.picture.digest)
    }

    /// The picture beside the title: the one that `Billede` names, else the one named like the text, else the first by name; of the
    /// latter two one that the text itself does not show already.
    func main(notAmong shown: [PictureDigest], _ values: HeaderValues) -> PictureReference? {
        (named ?? candidates.first { !shown.contains($0) }).map {
            PictureReference(digest: $0, alternativeText: values.alternativeText ?? "", caption: values.caption)
        }
    }

    func pictures(_ used: Set<PictureDigest>) -> [Picture] {
        var seen: Set<PictureDigest> = []
        return shelf.map(\.picture).filter { used.contains($0.digest) && seen.insert($0.digest).inserted }
    }

    func files(_ used: Set<PictureDigest>) -> [PictureDigest: String] {
        Dictionary(
            shelf.filter { used.contains($0.picture.digest) }.map { ($0.picture.digest, $0.name) }, uniquingKeysWith: { first, _ in first })
    }

    /// Names of the files that the content does not show.
    func unused(_ used: Set<PictureDigest>) -> [String] { shelf.filter { !used.contains($0.picture.digest) }.map(\.name) }
}
