import Core

/// A small page that says one thing, or asks one thing: unsubscribing and choosing (`/u/<token>`), and what was not found.
package enum Notice: Hashable, Sendable {
    /// A publication that the recipient can choose.
    package struct Choice: Hashable, Sendable {
        /// The form's value: the publication's name.
        package var name: String
        package var title: String
        package var isSubscribed: Bool
        /// Why it cannot be left; the box is then shown as text.
        package var mandatoryReason: String?

        package init(name: String, title: String, isSubscribed: Bool, mandatoryReason: String? = nil) {
            self.name = name
            self.title = title
            self.isSubscribed = isSubscribed
            self.mandatoryReason = mandatoryReason
        }
    }

    /// A topic that the recipient can turn off.
    package struct Topic: Hashable, Sendable {
        package var name: String
        package var isWanted: Bool

        package init(name: String, isWanted: Bool) {
            self.name = name
            self.isWanted = isWanted
        }
    }

    /// Asks before a publication is left. The button posts `act=unsubscribe` to `action`; a GET changes nothing (RFC 8058 wants
    /// that mail scanners can follow the link without effect).
    case confirm(action: String, title: String)
    /// The publications as boxes: posts `act=save` and a `publication` for each that stays chosen; a second button posts
    /// `act=unsubscribeAll`.
    /// `topics` are posted too: each that is shown as `offered`, each that stays chosen as `topic`; `language` is one of the languages.
    case preferences(action: String, choices: [Choice], topics: [Topic] = [], language: Language? = nil)
    /// The publication was left; `action` is the page at which to choose again.
    case unsubscribed(title: String, action: String)
    /// The choices are kept; the titles that still come.
    case saved(titles: [String], action: String)
    /// Asks whether an edition was useful: posts `answer=yes` or `answer=no` to `action`. `isYes` is which link of the mail was followed.
    case useful(action: String, title: String, isYes: Bool)
    case usefulThanks
    /// The token is unknown or worn out.
    case unknownLink
    /// 404.
    case notFound
}

extension Press {
    /// Renders a notice. Throws a ``Fault`` when the template cannot be rendered.
    package func noticePage(_ notice: Notice, language: Language, publicURL: String) throws(Fault) -> String {
        func text(_ key: String, _ places: [String: String] = [:]) -> Value { .text(catalogue.text(key, language, places)) }
        var values: [String: Value] =
            switch notice {
            case .confirm(let action, let title):
                [
                    "heading": text("notice.confirmHeading", ["title": title.singleLine]), "lines": [text("notice.confirmText")],
                    "confirm": ["action": .text(action)], "again": .text(action + "?choose"),
                ]
            case .preferences(let action, let choices, let topics, let chosen):
                [
                    "heading": text("notice.preferencesHeading"), "lines": [text("notice.preferencesText")],
                    "preferences": preferences(action, choices, topics, chosen ?? language),
                ]
            case .unsubscribed(let title, let action):
                [
                    "heading": text("notice.unsubscribedHeading"),
                    "lines": [text("notice.unsubscribedText", ["title": title.singleLine])], "again": .text(action),
                ]
            case .saved(let titles, let action):
                [
                    "heading": text("notice.savedHeading"), "lines": [text(titles.isEmpty ? "notice.savedNone" : "notice.savedText")],
                    "titles": .list(titles.map { .text($0.singleLine) }), "hasTitles": .bool(!titles.isEmpty), "again": .text(action),
                ]
            case .useful(let action, let title, let isYes):
                [
                    "heading": text("notice.usefulHeading", ["title": title.singleLine]), "lines": [text("notice.usefulText")],
                    "useful": ["action": .text(action), "isYes": .bool(isYes)],
                ]
            case .usefulThanks: ["heading": text("notice.thanksHeading"), "lines": [text("notice.thanksText")]]
            case .unknownLink: ["heading": text("notice.unknownHeading"), "lines": [text("notice.unknownText")]]
            case .notFound: ["heading": text("notice.notFoundHeading"), "lines": [text("notice.notFoundText")]]
            }
        values["archiveURL"] = .text("\(publicURL)/editions/")
        values["logo"] = webLogo(base: publicURL)
        return try page("notice.html", language, values)
    }

    private func preferences(_ action: String, _ choices: [Notice.Choice], _ topics: [Notice.Topic], _ language: Language) -> Value {
        [
            "action": .text(action),
            "choices": .list(
                choices.enumerated().map { index, choice in
                    [
                        "id": .text("choice-\(index + 1)"), "name": .text(choice.name.inert), "title": .text(choice.title.singleLine),
                        "isSubscribed": .bool(choice.isSubscribed), "mandatoryReason": Value(choice.mandatoryReason?.singleLine),
                    ]
                }),
            "topics": topics.isEmpty
                ? .null
                : [
                    "items": .list(
                        topics.enumerated().map { index, topic in
                            [
                                "id": .text("topic-\(index + 1)"), "name": .text(topic.name.singleLine),
                                "isWanted": .bool(topic.isWanted),
                            ]
                        })
                ],
            "languages": .list(
                Language.allCases.map { each in
                    [
                        "code": .text(each.rawValue), "name": .text(languageName(each, in: language)), "isChosen": .bool(each == language),
                    ]
                }),
        ]
    }
}
