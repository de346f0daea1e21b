import Core
import Foundation

/// pandoc's JSON syntax tree (pandoc-types 1.22), taken apart: each node is `{"t": kind, "c": content}`.
struct PandocTree {
    let meta: [String: Any]
    let blocks: [Node]

    /// A node's kind, and its content as an array; a single value is an array of one.
    struct Node {
        let kind: String
        let parts: [Any]

        init?(_ value: Any) {
            guard let object = value as? [String: Any], let kind = object["t"] as? String else { return nil }
            self.kind = kind
            let content = object["c"]
            // `Header`, `Link` and others have several fields; `Para` and the inlines around inlines have one, a list of nodes.
            if let several = content as? [Any], Self.fieldKinds.contains(kind) {
                parts = several
            } else {
                parts = content.map { [$0] } ?? []
            }
        }

        private static let fieldKinds: Set<String> = [
            "Header", "CodeBlock", "RawBlock", "OrderedList", "Table", "Div", "Span", "Code", "Math", "RawInline", "Link", "Image", "Cite",
            "Quoted",
        ]

        /// A field as nodes.
        func nodes(_ index: Int = 0) -> [Node] { parts.indices.contains(index) ? PandocTree.nodes(parts[index]) : [] }
        /// A field as lists of nodes: a list's entries, a line block's lines.
        func lists(_ index: Int = 0) -> [[Node]] {
            guard parts.indices.contains(index), let lists = parts[index] as? [Any] else { return [] }
            return lists.map { PandocTree.nodes($0) }
        }
        func text(_ index: Int = 0) -> String { parts.indices.contains(index) ? parts[index] as? String ?? "" : "" }
        func number(_ index: Int = 0) -> Int? { parts.indices.contains(index) ? parts[index] as? Int : nil }
        func field(_ index: Int) -> [Any] { parts.indices.contains(index) ? parts[index] as? [Any] ?? [] : [] }
        /// The address of a link or picture.
        var address: String { field(2).first as? String ?? "" }
        var attributes: Attributes { Attributes(field(0)) }
    }

    /// `[identifier, [class], [[key, value]]]`.
    struct Attributes {
        let classes: [String]
        let values: [String: String]

        init(_ parts: [Any]) {
            classes = parts.count > 1 ? parts[1] as? [String] ?? [] : []
            let pairs = parts.count > 2 ? parts[2] as? [[String]] ?? [] : []
            values = Dictionary(pairs.filter { $0.count == 2 }.map { ($0[0], $0[1]) }, uniquingKeysWith: { first, _ in first })
        }
    }

    /// Throws a ``Refusal`` `documentTooHeavy` for what nests deeper than the parser goes.
    init(_ json: [UInt8]) throws(Refusal) {
        guard let root = (try? JSONSerialization.jsonObject(with: Data(json))) as? [String: Any] else { throw Refusal(.documentTooHeavy) }
        meta = root["meta"] as? [String: Any] ?? [:]
        blocks = Self.nodes(root["blocks"] ?? [])
    }

    static func nodes(_ value: Any) -> [Node] { (value as? [Any] ?? []).compactMap { Node($0) } }

    /// A metadata field's blocks: a value of inlines is one paragraph, a list one for each value.
    func meta(_ key: String) -> [[Node]] { meta[key].map { Self.paragraphs($0) } ?? [] }

    private static func paragraphs(_ value: Any) -> [[Node]] {
        guard let object = value as? [String: Any], let content = object["c"] else { return [] }
        switch object["t"] as? String {
        case "MetaInlines": return [nodes(content)]
        case "MetaString": return [[Node(["t": "Str", "c": content])].compactMap { $0 }]
        case "MetaBlocks": return nodes(content).map { $0.nodes() }
        case "MetaList": return (content as? [Any] ?? []).flatMap { paragraphs($0) }
        default: return []
        }
    }
}
