import Core

// Chats take a message and give no name back, so it can neither be changed nor removed: a correction and a withdrawal are messages of
// their own that say so. They know no copies either: when an answer is lost, the message may stand there twice.

/// A message to a channel of Microsoft Teams through a Workflows webhook: an Adaptive Card 1.2.
struct TeamsConnector: Connector {
    let rules: EndpointRules
    private let url: String

    /// Bytes of a message, a little below the service's 28 KB.
    static let limit = 27_000
    let pace = Span.seconds(1)

    init(_ context: ConnectorContext) throws(Fault) {
        url = try context.secretAddress()
        rules = try context.rules([url], hiding: try ConnectorContext.parts(of: url))
    }

    func publish(_ post: IntranetPost, at remote: String?, over line: EndpointLine) throws(PostSetback) -> Told {
        for length in [10_000, 2_000, 500, 0] {
            let message = Self.message(post, textLength: length)
            guard message.bytes.count <= Self.limit else { continue }
            _ = try line.send(.post, url, json: message)
            return Told()
        }
        throw .own(
            Fault(
                "write the message of", post.key, cause: "its title and address alone are longer than \(Self.limit) bytes",
                mend: "Give it a shorter title."))
    }

    func withdraw(_ post: IntranetPost, at remote: String?, over line: EndpointLine) throws(PostSetback) -> Told {
        try publish(post, at: remote, over: line)
    }

    func probe(over line: EndpointLine) throws(PostSetback) -> String { try line.isThere(url) }

    private static func message(_ post: IntranetPost, textLength: Int) -> JSONValue {
        var blocks: [JSONValue] = [
            ["type": "TextBlock", "text": .text(post.announcedTitle.cut(to: 1_000)), "size": "Large", "weight": "Bolder", "wrap": true]
        ]
        let text = post.announcedText.cut(to: textLength)
        if !text.isEmpty { blocks.append(["type": "TextBlock", "text": .text(text.replacing("\n", with: "\n\n")), "wrap": true]) }
        if post.event != .withdrawn, let picture = post.picture, picture.url.hasPrefix("https:") {
            blocks.append(["type": "Image", "url": .text(picture.url), "altText": .text(picture.alternativeText)])
        }
        var card: [String: JSONValue] = [
            "type": "AdaptiveCard", "$schema": "http://adaptivecards.io/schemas/adaptive-card.json", "version": "1.2",
            "body": .list(blocks),
        ]
        if post.event != .withdrawn, let url = post.url {
            card["actions"] = [["type": "Action.OpenUrl", "title": .text(post.words.readMore), "url": .text(url)]]
        }
        return [
            "type": "message",
            "attachments": [
                ["contentType": "application/vnd.microsoft.card.adaptive", "contentUrl": nil, "content": .map(card)]
            ],
        ]
    }
}

/// A message through an incoming webhook of Mattermost, with one attachment.
struct MattermostConnector: Connector {
    let rules: EndpointRules
    private let url: String

    init(_ context: ConnectorContext) throws(Fault) {
        url = try context.secretAddress()
        rules = try context.rules([url], hiding: try ConnectorContext.parts(of: url))
    }

    func publish(_ post: IntranetPost, at remote: String?, over line: EndpointLine) throws(PostSetback) -> Told {
        var attachment: [String: JSONValue] = [
            "fallback": .text(post.announcedTitle), "title": .text(post.announcedTitle.cut(to: 1_000)),
            "text": .text(Self.escaped(post.announcedText.cut(to: 6_000))),
        ]
        if post.event != .withdrawn {
            if let url = post.url { attachment["title_link"] = .text(url) }
            if let picture = post.picture, picture.url.hasPrefix("https:") { attachment["image_url"] = .text(picture.url) }
        }
        _ = try line.send(.post, url, json: ["text": "", "attachments": [.map(attachment)]])
        return Told()
    }

    func withdraw(_ post: IntranetPost, at remote: String?, over line: EndpointLine) throws(PostSetback) -> Told {
        try publish(post, at: remote, over: line)
    }

    func probe(over line: EndpointLine) throws(PostSetback) -> String { try line.isThere(url) }

    /// Markdown's marks stand for themselves, and `@channel` calls nobody.
    private static func escaped(_ text: String) -> String {
        text.reduce(into: "") { result, character in
            if "\\`*_~[]#<>|@".contains(character) {
                result.append(character == "@" ? "@\u{200B}" : "\\\(character)")
            } else {
                result.append(character)
            }
        }
    }
}

/// A message through an incoming webhook of Slack, in blocks; at most one a second.
struct SlackConnector: Connector {
    let rules: EndpointRules
    let pace = Span.milliseconds(1_100)
    private let url: String

    init(_ context: ConnectorContext) throws(Fault) {
        url = try context.secretAddress()
        rules = try context.rules([url], hiding: try ConnectorContext.parts(of: url))
    }

    func publish(_ post: IntranetPost, at remote: String?, over line: EndpointLine) throws(PostSetback) -> Told {
        // A header has 150 characters at most, a section 3,000 (Block Kit).
        var blocks: [JSONValue] = [
            ["type": "header", "text": ["type": "plain_text", "text": .text(post.announcedTitle.cut(to: 150))]]
        ]
        let text = Self.escaped(post.announcedText.cut(to: 2_000))
        if !text.isEmpty { blocks.append(["type": "section", "text": ["type": "mrkdwn", "text": .text(text.cut(to: 3_000))]]) }
        if post.event != .withdrawn, let url = post.url {
            blocks.append([
                "type": "section",
                "text": ["type": "mrkdwn", "text": .text("<\(Self.escaped(url))|\(Self.escaped(post.words.readMore))>")],
            ])
        }
        _ = try line.send(.post, url, json: ["text": .text(Self.escaped(post.announcedTitle)), "blocks": .list(blocks)])
        return Told()
    }

    func withdraw(_ post: IntranetPost, at remote: String?, over line: EndpointLine) throws(PostSetback) -> Told {
        try publish(post, at: remote, over: line)
    }

    func probe(over line: EndpointLine) throws(PostSetback) -> String { try line.isThere(url) }

    /// The three characters that mean something in Slack's text.
    private static func escaped(_ text: String) -> String {
        text.replacing("&", with: "&amp;").replacing("<", with: "&lt;").replacing(">", with: "&gt;")
    }
}
