import Core
import Foundation

/// Something that a phone can be told of.
package struct PhoneChoice: Hashable, Sendable {
    /// The form's value: the publication's name.
    package var name: String
    package var title: String
    package var hint: String?

    package init(name: String, title: String, hint: String? = nil) {
        self.name = name
        self.title = title
        self.hint = hint
    }
}

extension Press {
    /// `/editions/phone`: notifications are switched on here. `publicKey` is the installation's for Web Push, in base64url. Everything is ticked
    /// at first, for who comes wants to know. Throws a ``Fault`` when the template cannot be rendered.
    package func phonePage(_ choices: [PhoneChoice], publicKey: String, language: Language, publicURL: String) throws(Fault) -> String {
        try page(
            "phone.html", language,
            [
                "publicKey": .text(publicKey),
                "choices": .list(
                    choices.enumerated().map { index, choice in
                        [
                            "id": .text("choice-\(index + 1)"), "name": .text(choice.name.inert), "title": .text(choice.title.singleLine),
                            "hint": Value(choice.hint?.singleLine), "isChosen": .bool(true),
                        ]
                    }),
                "languages": .list(
                    Language.allCases.map { each in
                        ["code": .text(each.rawValue), "name": .text(languageName(each, in: each)), "isShown": .bool(each == language)]
                    }),
                "archiveURL": .text("\(publicURL)/editions/"), "logo": webLogo(base: publicURL),
            ])
    }

    /// The name of a language in a language.
    func languageName(_ language: Language, in reader: Language) -> String {
        switch language {
        case .da: catalogue.text("notice.danish", reader)
        case .nb: catalogue.text("notice.norwegian", reader)
        case .en: catalogue.text("notice.english", reader)
        }
    }

    /// What the app shows in the place of a page that it does not have, without a network. It needs nothing else.
    package func offlinePage(language: Language, publicURL: String) throws(Fault) -> String {
        try page("offline.html", language, ["archiveURL": .text("\(publicURL)/editions/")])
    }

    /// The web app's manifest (W3C Web Application Manifest), JSON; its addresses are relative to its own, `/editions/`.
    package func appManifest(language: Language) throws(Fault) -> String {
        let name = identity.name.singleLine
        let manifest = Manifest(
            name: catalogue.text("phone.appName", language, ["organisation": name]), shortName: name, lang: language.rawValue,
            themeColor: palette.primary.description, backgroundColor: palette.surface.description)
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes, .prettyPrinted]
        encoder.keyEncodingStrategy = .convertToSnakeCase
        do { return String(decoding: try encoder.encode(manifest), as: UTF8.self) } catch {
            throw Fault("write", "the web app's manifest", cause: "\(error)", mend: "Report this with the log.")
        }
    }

    private struct Manifest: Encodable {
        struct Icon: Encodable {
            var src: String
            var sizes: String
            var type = "image/png"
            var purpose = "any"
        }

        var name: String
        var shortName: String
        var lang: String
        var dir = "ltr"
        var id = "./"
        var startUrl = "./"
        var scope = "./"
        var display = "standalone"
        var themeColor: String
        var backgroundColor: String
        var icons = [
            Icon(src: "icon-192.png", sizes: "192x192"), Icon(src: "icon-512.png", sizes: "512x512"),
            Icon(src: "icon-maskable-512.png", sizes: "512x512", purpose: "maskable"),
        ]
    }
}
