import Core

/// Items and templates in, the rendered edition for each channel out; pure: the same input gives the same bytes, on every
/// machine, at any time. No clock, no disk, no network.
///
/// What comes in: the templates' sources, the identity and the catalogue, once; then edition after edition. What goes out: an
/// ``EditionRendering`` or a page. On failure: ``init(templates:identity:catalogue:)`` lists every problem of the templates at
/// once; a rendering throws a ``Fault`` and has no other effect, so the last good edition stands.
package struct Press: Sendable {
    package let identity: Identity
    package let catalogue: Catalogue
    let palette: Palette
    private let templates: [String: Template]
    private let strings: [Language: Value]

    /// `templates` are the contents of the files under `Templates/` by path: `newsletter/mail.html.mustache`. A folder may lack
    /// what it does not change; the `newsletter` folder stands in for it. Throws ``SettingsProblems`` with file and line.
    package init(templates sources: [String: String], identity: Identity, catalogue: Catalogue) throws(SettingsProblems) {
        let check = TemplateCheck(sources: sources, catalogue: catalogue)
        guard check.problems.isEmpty else { throw SettingsProblems(check.problems) }
        templates = check.templates
        self.identity = identity
        self.catalogue = catalogue
        palette = Palette(identity)
        strings = Dictionary(uniqueKeysWithValues: Language.allCases.map { ($0, Self.strings(catalogue, $0)) })
    }

    /// Whether a publication may name this folder as its `Template`.
    package func hasFolder(_ name: String) -> Bool { templates.keys.contains { $0.hasPrefix(name + "/") } }

    /// Renders an edition in one language for every channel.
    ///
    /// `publicURL` is the web's address without a slash at its end; `pictures` knows every picture of the edition. With
    /// `hasWebEdition` false no page names a web edition, and every item stands in full in the mail; with
    /// `linksPictures` the mail names its pictures on the web and carries none; `webToken` stands behind the web edition's address when
    /// that is for its readers alone. Throws a ``Fault`` when a
    /// picture is unknown, when the mail stays above ``MailPage/limit`` bytes, or when a template's partials never end.
    package func render(
        _ edition: EditionContent, language: Language, publicURL: String, pictures: [PictureDigest: PictureDimensions],
        template: String = "newsletter", hasWebEdition: Bool = true, mandatoryReason: String? = nil, linksPictures: Bool = false,
        webToken: String? = nil
    ) throws(Fault) -> EditionRendering {
        let frame = EditionFrame(
            press: self, edition: edition, language: language, base: publicURL, pictures: pictures, folder: template,
            hasWebEdition: hasWebEdition, mandatoryReason: mandatoryReason, linksPictures: linksPictures, webToken: webToken)
        try frame.checkPictures()
        let mail = try MailPage(frame).fitted()
        return EditionRendering(
            subject: frame.subject, mailHTML: SlottedText(marked: mail.html), mailText: SlottedText(marked: mail.text),
            pictures: mail.pictures, web: try WebPage(frame).html())
    }

    /// Renders a page of the root folder with the values that every page has, and its own.
    func page(_ name: String, _ language: Language, _ values: [String: Value]) throws(Fault) -> String {
        guard let template = templates[name] else {
            throw Fault("render", name, cause: "there is no such template", mend: "Copy the shipped one into Templates/.")
        }
        var all = values
        all["language"] = .text(language.rawValue)
        all["strings"] = strings[language] ?? .null
        all["colours"] = palette.value
        all["organisation"] = .text(identity.name.singleLine)
        all["sender"] = .text(identity.sender.singleLine)
        all["footer"] = .list(identity.footer.split(separator: "\n").map { .text(String($0).singleLine) })
        all["accessibilityURL"] = Value(identity.accessibilityStatement?.address)
        do {
            return try template.render(.map(all), partials: templates)
        } catch {
            throw Fault("render", "\(error.file):\(error.line)", cause: error.cause, mend: error.mend)
        }
    }

    /// An edition's template: the folder's own, or the shipped one.
    func page(_ kind: EditionTemplate, in folder: String, _ language: Language, _ values: [String: Value]) throws(Fault) -> String {
        let own = "\(folder)/\(kind.rawValue)"
        return try page(templates[own] == nil ? "\(TemplateCheck.shippedFolder)/\(kind.rawValue)" : own, language, values)
    }

    /// The catalogue as `{{strings.section.key}}`.
    private static func strings(_ catalogue: Catalogue, _ language: Language) -> Value {
        var sections: [String: [String: Value]] = [:]
        for key in Set(catalogue.keys(.da) + catalogue.keys(language)) {
            let parts = key.split(separator: ".", maxSplits: 1).map(String.init)
            if parts.count == 2 { sections[parts[0], default: [:]][parts[1]] = .text(catalogue.text(key, language)) }
        }
        return .map(sections.mapValues(Value.map))
    }
}
