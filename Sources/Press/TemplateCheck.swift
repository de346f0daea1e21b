import Core

/// What `check` says about the templates before anything is rendered: those that cannot be compiled, partials that are not
/// there, texts that the catalogue does not have, shipped templates that are missing.
struct TemplateCheck {
    /// By path without `.mustache`: `newsletter/mail.html`.
    private(set) var templates: [String: Template] = [:]
    private(set) var problems: [SettingsProblem] = []

    /// The folder whose templates stand in for what another folder lacks.
    static let shippedFolder = "newsletter"
    static let required =
        [
            "archive.html", "notice.html", "receipt.html", "receipt.text", "screen/page.html", "screen/style.css", "alert/mail.html",
            "alert/mail.text", "desk/style.css", "desk/live.js", "phone.html", "offline.html",
        ]
        + DeskTemplate.allCases.map(\.path)
        + EditionTemplate.allCases.map { "\(shippedFolder)/\($0.rawValue)" }

    init(sources: [String: String], catalogue: Catalogue) {
        for (path, source) in sources.sorted(by: { $0.key < $1.key }) where path.hasSuffix(".mustache") {
            do {
                templates[String(path.dropLast(".mustache".count))] = try Template(source: source, name: "Templates/\(path)")
            } catch {
                problems.append(error.settingsProblem)
            }
        }
        for name in Self.required where sources["\(name).mustache"] == nil {
            problems.append(
                .init(Place(file: "Templates/\(name).mustache"), cause: "the template is missing", mend: "Copy the shipped one back."))
        }
        let keys = Set(catalogue.keys(.da))
        for (_, template) in templates.sorted(by: { $0.key < $1.key }) { check(template, sources, keys) }
    }

    private mutating func check(_ template: Template, _ sources: [String: String], _ keys: Set<String>) {
        for partial in template.partialNames where sources["\(partial.name).mustache"] == nil {
            problems.append(
                .init(
                    Place(file: template.name, line: partial.line), cause: "the partial ‘\(partial.name)’ is not there",
                    mend: "Create Templates/\(partial.name).mustache, or mend the name."))
        }
        for used in template.names where used.name.parts.first == "strings" {
            let key = used.name.parts.dropFirst().joined(separator: ".")
            if keys.contains(key) { continue }
            problems.append(
                .init(
                    Place(file: template.name, line: used.line, key: used.name.description),
                    cause: "the catalogue has no text ‘\(key)’", mend: "Add it to Templates/Strings, or mend the name."))
        }
    }
}

/// The templates that an edition needs, by file name.
enum EditionTemplate: String, CaseIterable {
    case mailHTML = "mail.html"
    case mailText = "mail.text"
    case web = "web.html"
}
