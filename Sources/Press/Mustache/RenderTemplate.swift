/// The command `try template`: a template's text and JSON data in, the rendered text out, nothing added.
///
/// `partial` gives the source of a partial by the name in its tag; `nil` for one that is not there. Each is asked for and
/// compiled once. Throws a ``TemplateProblem`` for the template, a partial or the data.
package func renderTemplate(
    _ source: String, name: String = "template", json: String, dataName: String = "data", partial: (String) -> String?
) throws(TemplateProblem) -> String {
    let template = try Template(source: source, name: name)
    var partials: [String: Template] = [:]
    var wanted = template.partialNames.map(\.name)
    while let next = wanted.popLast() {
        guard partials[next] == nil, let source = partial(next) else { continue }
        let compiled = try Template(source: source, name: next)
        partials[next] = compiled
        wanted += compiled.partialNames.map(\.name)
    }
    return try template.render(try JSONReader.read(json, file: dataName), partials: partials)
}
