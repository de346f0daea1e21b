import Core
import Foundation
import TestKit

@testable import PushIntranet

/// Standard Webhooks: the signature is judged elsewhere by the reference library; here what a receiver does with identifiers.
final class WebhookReceiver: StrictReceiver, @unchecked Sendable {
    private var taken: [String: [UInt8]] = [:]

    override func handle(_ asked: Asked) throws -> ScriptedHTTPServer.Answer {
        if asked.method == "HEAD" { return .status(405) }
        guard asked.method == "POST", asked.path == "/krog" else { throw Violation("not POST /krog") }
        guard let id = asked.request.header("webhook-id"), asked.request.header("webhook-signature")?.hasPrefix("v1,") == true,
            Int(asked.request.header("webhook-timestamp") ?? "") != nil
        else { throw Violation("a header of Standard Webhooks is missing") }
        guard asked.request.body.count <= 20_000 else { throw Violation("too long") }
        let body = try asked.object()
        try body.only("type", "timestamp", "data")
        if let former = taken[id] {
            guard former == asked.request.body else { throw Violation("another body under the same webhook-id") }
            return .status(204)
        }
        taken[id] = asked.request.body
        let parts = try body.text("type").split(separator: ".")
        let item = try body.object("data").object(String(parts[0]))
        let key = try item.text(parts[0] == "item" ? "key" : "slug")
        if parts[1] == "withdrawn" { _ = remove(key) } else { show(key, try item.text("title")) }
        return .status(204)
    }
}

/// An intranet that nobody has written a connector for: its own shape of JSON, an API key, PUT and DELETE on what it made.
final class GenericReceiver: StrictReceiver, @unchecked Sendable {
    static let body = """
        {"headline": {{{json.title}}}, "teaser": {{{json.summary}}}, "ref": {{{json.key}}}{{#corrected}}, "amended": true{{/corrected}}}
        """
    private var answers: [String: Int] = [:]

    override func handle(_ asked: Asked) throws -> ScriptedHTTPServer.Answer {
        if asked.method == "HEAD" { return .status(200) }
        try asked.header("X-Api-Key", is: ConnectorHouse.secret)
        guard let once = asked.request.header("Idempotency-Key") else { throw Violation("no Idempotency-Key") }
        let parts = asked.path.split(separator: "/").map(String.init)
        switch (asked.method, parts.count) {
        case ("POST", 1):
            let body = try asked.object()
            try body.only("headline", "teaser", "ref")
            let number = answers[once] ?? answers.count + 100
            if answers[once] == nil { show(String(number), try body.text("headline")) }
            answers[once] = number
            return try json(201, ["data": ["id": number]])
        case ("PUT", 2):
            let body = try asked.object()
            try body.only("headline", "teaser", "ref", "amended")
            guard shown.contains(where: { $0.id == parts[1] }) else { return .status(404) }
            show(parts[1], try body.text("headline"))
            return .status(204)
        case ("DELETE", 2): return .status(remove(parts[1]) ? 204 : 404)
        default: throw Violation("no such address")
        }
    }
}

/// A Workflows webhook of Teams: one Adaptive Card 1.2, 28 KB, 202.
final class TeamsReceiver: StrictReceiver, @unchecked Sendable {
    override func handle(_ asked: Asked) throws -> ScriptedHTTPServer.Answer {
        if asked.method == "HEAD" { return .status(405) }
        guard asked.method == "POST", asked.path == "/hemmelig" else { throw Violation("not POST to the webhook") }
        guard asked.request.body.count <= 28_672 else { return .status(413) }
        let message = try asked.object()
        try message.only("type", "attachments")
        guard try message.text("type") == "message", let attachment = try message.list("attachments").first else {
            throw Violation("no message")
        }
        guard attachment["contentUrl"] is NSNull, try attachment.text("contentType") == "application/vnd.microsoft.card.adaptive" else {
            throw Violation("not an Adaptive Card")
        }
        let card = try attachment.object("content")
        guard try card.text("type") == "AdaptiveCard", try card.text("version") == "1.2", let first = try card.list("body").first else {
            throw Violation("not an Adaptive Card 1.2 with a body")
        }
        for block in try card.list("body") where try block.text("type") == "TextBlock" { _ = try block.text("text") }
        show(UUID().uuidString, try first.text("text"))
        return .status(202)
    }
}

/// An incoming webhook of Mattermost: attachments with a fallback; `ok`.
final class MattermostReceiver: StrictReceiver, @unchecked Sendable {
    override func handle(_ asked: Asked) throws -> ScriptedHTTPServer.Answer {
        if asked.method == "HEAD" { return .status(405) }
        guard asked.method == "POST", asked.path == "/hemmelig" else { throw Violation("not POST to the webhook") }
        let message = try asked.object()
        try message.only("text", "attachments", "username", "icon_url", "channel", "props", "type")
        guard let attachment = try message.list("attachments").first else { throw Violation("no attachment") }
        try attachment.only("fallback", "title", "title_link", "text", "image_url")
        guard try !attachment.text("fallback").isEmpty, try attachment.text("text").count <= 16_383 else {
            throw Violation("no fallback, or too long")
        }
        show(UUID().uuidString, try attachment.text("title"))
        return .status(200, body: Array("ok".utf8))
    }
}

/// An incoming webhook of Slack: Block Kit's limits; `ok`.
final class SlackReceiver: StrictReceiver, @unchecked Sendable {
    override func handle(_ asked: Asked) throws -> ScriptedHTTPServer.Answer {
        if asked.method == "HEAD" { return .status(405) }
        guard asked.method == "POST", asked.path == "/hemmelig" else { throw Violation("not POST to the webhook") }
        let message = try asked.object()
        try message.only("text", "blocks")
        let blocks = try message.list("blocks")
        guard !blocks.isEmpty, blocks.count <= 50, try !message.text("text").isEmpty else { throw Violation("no blocks or no text") }
        for block in blocks {
            let text = try block.object("text")
            switch try block.text("type") {
            case "header":
                guard try text.text("type") == "plain_text", try (1...150).contains(text.text("text").count) else {
                    throw Violation("invalid_blocks")
                }
            case "section":
                guard try text.text("type") == "mrkdwn", try (1...3_000).contains(text.text("text").count) else {
                    throw Violation("invalid_blocks")
                }
            case let other: throw Violation("an unknown block \(other)")
            }
        }
        show(UUID().uuidString, try blocks[0].object("text").text("text"))
        return .status(200, body: Array("ok".utf8))
    }
}
