import Core
import Crypto

/// A candidate's files, claimed and read together; a picture that the text names is fetched from the pictures beside it.
struct Assembly {
    enum Outcome {
        case read(ItemReader.Reading, Assembly)
        case notYet
        /// With the files that belong to it, as far as they were found.
        case refused(Refusal, Assembly)
        case unreadable(Fault)
        /// What reads it is not installed.
        case needsProgram(String, Fault)
    }

    private(set) var parts: [Candidate.Part]
    private(set) var claims: [Claim] = []

    /// At most this many pictures in one item.
    private static let pictureLimit = 50

    static func assemble(
        name: String, text: Candidate.Part, pictures: [Candidate.Part], beside loose: [FolderEntry], in folder: OpenFolder,
        _ rules: ReadingRules
    ) -> Outcome {
        var assembly = Assembly(parts: [text] + pictures.prefix(pictureLimit))
        var reader = ItemReader(rules)
        reader.asksForPagePictures = true
        while true {
            if let stopped = assembly.claim(in: folder) { return stopped }
            let files = assembly.claims.map { NamedBytes(name: $0.name, bytes: $0.bytes) }
            do throws(Refusal) {
                return .read(try reader.read(files[0], item: name, pictures: Array(files.dropFirst())), assembly)
            } catch {
                if error.reason == .readerMissing {
                    let program = error.value ?? ""
                    let known = OptionalProgram.all.first { $0.name == program }
                    return .needsProgram(known?.package ?? program, readerMissing(text, program))
                }
                guard error.reason == .pictureMissing, assembly.parts.count <= pictureLimit,
                    let found = loose.first(where: { $0.name.folded == error.value?.lowercased() }),
                    !assembly.parts.contains(where: { $0.path == [found.name] })
                else {
                    if error.reason == .pictureMissing, FileFormat(text.name) == .html, reader.asksForPagePictures {
                        reader.asksForPagePictures = false
                        continue
                    }
                    return .refused(error, assembly)
                }
                assembly.parts.append(Candidate.Part(path: [found.name], entry: found))
            }
        }
    }

    /// Not the writer's fault: the file stays where it is until the program is there.
    private static func readerMissing(_ text: Candidate.Part, _ name: String) -> Fault {
        let program = OptionalProgram.all.first { $0.name == name }
        return Fault(
            "read", PersonalNumber.masked(text.name), cause: "\(name) is not installed or cannot be started",
            mend: "Run: apt install \(program?.package ?? name). The file waits.")
    }

    /// Claims what is not claimed yet; the outcome that ends the assembly, if one does.
    private mutating func claim(in folder: OpenFolder) -> Outcome? {
        for part in parts[claims.count...] {
            switch Claim.take(part, in: folder) {
            case .claimed(let claim): claims.append(claim)
            case .notYet: return .notYet
            case .refused(let refusal): return .refused(refusal, self)
            case .unreadable(let fault): return .unreadable(fault)
            }
        }
        return nil
    }

    /// SHA-256 of the text file.
    var textDigest: String { claims.first?.digest ?? "" }

    /// SHA-256 over all of the files: of the one file, or of the files' digests, the text's first.
    var digest: String {
        guard claims.count > 1 else { return claims.first?.digest ?? "" }
        return SHA256.hexadecimalDigest(Array((claims[0].digest + claims.dropFirst().map(\.digest).sorted().joined()).utf8))
    }
}
