/// A Mustache template, compiled once: the published specification 1.4 (<https://github.com/mustache/spec>) with its modules
/// comments, delimiters, interpolation, inverted, partials and sections. Lambdas are left out by choice: data is data.
package struct Template: Sendable {
    /// The file's name, as problems show it.
    package let name: String
    let nodes: [Node]
    /// Every name that the template asks the data for, with its line.
    let names: [(name: Name, line: Int)]

    /// Throws a ``TemplateProblem`` with the line of the tag that is wrong.
    package init(source: String, name: String) throws(TemplateProblem) {
        self.name = name
        var parser = TemplateParser(source: source, name: name)
        nodes = try parser.parse()
        names = parser.names
    }

    /// Every partial that the template names, in order of appearance, with its line.
    package var partialNames: [(name: String, line: Int)] { Self.partials(in: nodes) }

    /// Renders with the data and the partials by name; a partial that is not there renders as nothing (specification, partials:
    /// "Failed Lookup"). Throws a ``TemplateProblem`` when partials nest deeper than ``TemplateRenderer/deepest``.
    package func render(_ data: Value, partials: [String: Template] = [:]) throws(TemplateProblem) -> String {
        var renderer = TemplateRenderer(partials: partials, data: data)
        try renderer.render(nodes, of: self)
        return String(decoding: renderer.output, as: UTF8.self)
    }

    private static func partials(in nodes: [Node]) -> [(name: String, line: Int)] {
        nodes.flatMap { node -> [(name: String, line: Int)] in
            switch node {
            case .partial(let call): [(call.name, call.line)]
            case .section(_, let inner), .inverted(_, let inner): partials(in: inner)
            case .text, .variable: []
            }
        }
    }
}
