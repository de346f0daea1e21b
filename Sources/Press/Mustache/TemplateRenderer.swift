/// Nodes and data in, bytes out; nothing is parsed here.
struct TemplateRenderer {
    /// Partials within partials: a tree of news is never this deep, a partial that calls itself without end always is.
    static let deepest = 50

    private let partials: [String: Template]
    private var contexts: [Value]
    private var indentation: [UInt8] = []
    private var depth = 0
    private(set) var output: [UInt8] = []

    init(partials: [String: Template], data: Value) {
        self.partials = partials
        contexts = [data]
        output.reserveCapacity(16_384)
    }

    /// Throws a ``TemplateProblem`` when partials nest too deep.
    mutating func render(_ nodes: [Node], of template: Template) throws(TemplateProblem) {
        for node in nodes {
            switch node {
            case .text(let run): write(run)
            case .variable(let name, let escaped): write(lookUp(name), escaped: escaped)
            case .section(let name, let inner): try renderSection(lookUp(name), inner, of: template)
            case .inverted(let name, let inner):
                if lookUp(name)?.isTruthy != true { try render(inner, of: template) }
            case .partial(let call): try render(call, from: template)
            }
        }
    }

    private mutating func renderSection(_ value: Value?, _ nodes: [Node], of template: Template) throws(TemplateProblem) {
        guard let value, value.isTruthy else { return }
        guard case .list(let values) = value else {
            contexts.append(value)
            try render(nodes, of: template)
            contexts.removeLast()
            return
        }
        for element in values {
            contexts.append(element)
            try render(nodes, of: template)
            contexts.removeLast()
        }
    }

    private mutating func render(_ call: PartialCall, from caller: Template) throws(TemplateProblem) {
        guard let template = partials[call.name] else { return }
        guard depth < Self.deepest else {
            throw TemplateProblem(
                file: caller.name, line: call.line, cause: "partials call each other more than \(Self.deepest) deep (‘\(call.name)’)",
                mend: "Put the call in a section that ends, such as one over a list.")
        }
        depth += 1
        let outer = indentation
        // A partial within a line is not indented at all; a standalone one by what its caller is and what stands before the tag.
        indentation = call.indentation.map { outer + $0 } ?? []
        try render(template.nodes, of: template)
        indentation = outer
        depth -= 1
    }

    /// The first context from the innermost out that has the name's first part; the rest of the name is looked for in what that
    /// gave, and nowhere else (specification, interpolation: "Dotted Names").
    private func lookUp(_ name: Name) -> Value? {
        guard let first = name.parts.first else { return contexts.last }
        for context in contexts.suffix(name.isLocal ? 1 : contexts.count).reversed() {
            guard case .map(let entries) = context, var found = entries[first] else { continue }
            for part in name.parts.dropFirst() {
                guard case .map(let inner) = found, let next = inner[part] else { return nil }
                found = next
            }
            return found
        }
        return nil
    }

    private mutating func write(_ run: TextRun) {
        guard !indentation.isEmpty else {
            output += run.bytes
            return
        }
        var written = 0
        for start in run.lineStarts {
            output += run.bytes[written..<start]
            output += indentation
            written = start
        }
        output += run.bytes[written...]
    }

    /// A list or a map has no text of its own and shows nothing.
    private mutating func write(_ value: Value?, escaped: Bool) {
        switch value {
        case .text(let text), .number(let text):
            if escaped { HTML.escape(text, into: &output) } else { output += text.utf8 }
        case .bool(let flag): output += (flag ? "true" : "false").utf8
        case .null, .list, .map, nil: break
        }
    }
}
