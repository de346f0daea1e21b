import Core
import Foundation

/// The inlines of pandoc's tree to ours. What ours cannot hold (underlining, small capitals, colours) leaves its text.
extension PandocWalk {
    /// Neighbouring texts are joined: pandoc makes a node of each word and each space.
    mutating func inlines(_ nodes: [PandocTree.Node]) throws(Refusal) -> [Inline] {
        try descend()
        defer { ascend() }
        var run: [Inline] = []
        for node in nodes {
            for inline in try self.inline(node) {
                switch (run.last, inline) {
                case (.text(let last), .text(let next)): run[run.count - 1] = .text(last + next)
                // Word splits a run of bold wherever its spelling checker or an editor has been.
                case (.strong(let last), .strong(let next)): run[run.count - 1] = .strong(Self.joined(last, next))
                case (.emphasis(let last), .emphasis(let next)): run[run.count - 1] = .emphasis(Self.joined(last, next))
                case (.link(let target, let last), .link(let other, let next)) where target == other:
                    run[run.count - 1] = .link(target, Self.joined(last, next))
                default: run.append(inline)
                }
            }
        }
        return run
    }

    private static func joined(_ first: [Inline], _ second: [Inline]) -> [Inline] {
        if case .text(let last)? = first.last, case .text(let next)? = second.first {
            return first.dropLast() + [.text(last + next)] + second.dropFirst()
        }
        return first + second
    }

    private mutating func inline(_ node: PandocTree.Node) throws(Refusal) -> [Inline] {
        switch node.kind {
        case "Str": return text(node.text())
        case "Space", "SoftBreak": return [.text(" ")]
        case "LineBreak": return [.lineBreak]
        case "Emph": return wrapped(try inlines(node.nodes())) { .emphasis($0) }
        case "Strong": return wrapped(try inlines(node.nodes())) { .strong($0) }
        case "Underline", "SmallCaps": return try inlines(node.nodes())
        case "Strikeout":
            lint(.strikeoutShown)
            return try inlines(node.nodes())
        case "Superscript": return try raised(node.nodes(), "0123456789+-", "⁰¹²³⁴⁵⁶⁷⁸⁹⁺⁻")
        case "Subscript": return try raised(node.nodes(), "0123456789+-", "₀₁₂₃₄₅₆₇₈₉₊₋")
        case "Span", "Cite": return try inlines(node.nodes(1))
        case "Quoted": return [.text("“")] + (try inlines(node.nodes(1))) + [.text("”")]
        case "Code": return [.code(TextDecoding.cleaned(node.text(1)))]
        case "Math": return [.code(TextDecoding.cleaned(node.text(1)))]
        case "Link": return try link(node)
        case "Image":
            try picture(node)
            return []
        case "Note":
            // Pictures of the paragraph around the note wait while the note's own paragraphs are read.
            let waiting = found
            let blocks = try blocks(node.nodes()).withoutEmptyParagraphs
            found = waiting
            return blocks.isEmpty ? [] : [.note(blocks)]
        default:
            lint(.markupLeftOut)
            return []
        }
    }

    private func text(_ raw: String) -> [Inline] {
        let clean = TextDecoding.cleaned(raw).precomposedStringWithCanonicalMapping.replacing("\n", with: " ")
        return clean.isEmpty ? [] : [.text(clean)]
    }

    /// Word puts the space after a bold word into the bold; nothing else is left of it when the word is gone.
    private func wrapped(_ inner: [Inline], _ make: ([Inline]) -> Inline) -> [Inline] {
        let core = inner.trimmed
        return core.isEmpty ? (inner.isEmpty ? [] : [.text(" ")]) : [make(inner)]
    }

    /// `m²` and `CO₂` keep their meaning where Unicode has the characters.
    private mutating func raised(_ nodes: [PandocTree.Node], _ plain: String, _ raised: String) throws(Refusal) -> [Inline] {
        let inner = try inlines(nodes)
        guard case .text(let text)? = inner.first, inner.count == 1 else { return inner }
        let table = Dictionary(zip(plain, raised)) { first, _ in first }
        let mapped = text.compactMap { table[$0] }
        return [.text(mapped.count == text.count ? String(mapped) : text)]
    }

    private mutating func link(_ node: PandocTree.Node) throws(Refusal) -> [Inline] {
        let inner = try inlines(node.nodes(1))
        guard !node.attributes.classes.contains("footnote-back") else { return [] }
        guard let target = LinkTarget(node.address) else {
            // A place within the document (a table of contents, a bookmark) is no loss.
            if !node.address.hasPrefix("#") { lint(.linkLeftOut, node.address) }
            return inner
        }
        return [.link(target, inner.trimmed.isEmpty ? [.text(target.address)] : inner)]
    }

    /// Embedded pictures only: nothing is fetched. A format that the channels cannot show is told of.
    private mutating func picture(_ node: PandocTree.Node) throws(Refusal) {
        let address = node.address
        if let name = Self.fileName(address), let beside {
            guard let picture = beside[name.lowercased()] else {
                missingPicture = missingPicture ?? name
                return lint(.embeddedPictureLeftOut, name)
            }
            let words = try inlines(node.nodes(1)).plainText.trimmingCharacters(in: .whitespaces)
            found.append(PictureReference(digest: picture.digest, alternativeText: words))
            return
        }
        guard let file = media[address] ?? Self.inData(address) else {
            // pandoc names a picture that the container does not hold, or one of the net.
            return address.contains("://") || address.hasPrefix("//")
                ? lint(.remotePictureLeftOut, address) : lint(.embeddedPictureLeftOut, Self.lastName(address))
        }
        guard let picture = try? reader.read(file) else { return lint(.embeddedPictureLeftOut, Self.lastName(file.name)) }
        let isFigure = (node.field(2).last as? String ?? "").hasPrefix("fig:")
        let words = try inlines(node.nodes(1)).plainText.trimmingCharacters(in: .whitespaces)
        let alternative = node.attributes.values["alt"] ?? words
        // pandoc's RTF reader writes "image" for every one.
        let meaningful = alternative == "image" ? "" : TextDecoding.cleaned(alternative)
        keep(picture)
        found.append(
            PictureReference(
                digest: picture.digest, alternativeText: meaningful, caption: isFigure && words != alternative ? words : nil))
    }

    /// A picture within the address itself (RFC 2397), as browsers and mail programs save it.
    private static func inData(_ address: String) -> NamedBytes? {
        guard address.hasPrefix("data:"), let comma = address.firstIndex(of: ","), address[..<comma].hasSuffix(";base64"),
            let data = Data(
                base64Encoded: String(address[comma...].dropFirst()).removingPercentEncoding ?? "", options: .ignoreUnknownCharacters)
        else { return nil }
        return NamedBytes(name: String(address.dropFirst(5).prefix { $0 != ";" && $0 != "," }), bytes: Array(data))
    }

    /// The name of a picture file in the page's own folder; a path or an address of the net is none.
    private static func fileName(_ address: String) -> String? {
        let name = (address.removingPercentEncoding ?? address).precomposedStringWithCanonicalMapping
        return name.contains(where: { ":/\\".contains($0) }) || FileFormat(name) != .picture ? nil : name
    }

    private static func lastName(_ address: String) -> String {
        address.hasPrefix("data:") ? String(address.prefix { $0 != ";" && $0 != "," }) : String(address.split(separator: "/").last ?? "")
    }
}
