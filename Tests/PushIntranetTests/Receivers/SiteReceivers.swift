import Core
import Crypto
import Foundation
import TestKit

@testable import PushIntranet

/// WordPress' REST API as its handbook has it: posts, media, categories, the user. (The real one is in ``WordPressTests``.)
final class WordPressReceiver: StrictReceiver, @unchecked Sendable {
    private var slugs: [String: String] = [:]
    private var media: [String: Int] = [:]
    private var categories: [String: Int] = [:]

    override func isDecisive(_ request: ScriptedHTTPServer.Request) -> Bool {
        request.method != "GET" && request.target.hasPrefix("/wp-json/wp/v2/posts")
    }

    override func handle(_ asked: Asked) throws -> ScriptedHTTPServer.Answer {
        try asked.header("Authorization", is: "Basic " + base64(Array("nyhedsbrev:\(ConnectorHouse.secret)".utf8)))
        let parts = asked.path.split(separator: "/").map(String.init)
        guard parts.starts(with: ["wp-json", "wp", "v2"]) else { return .status(404) }
        switch (asked.method, parts.dropFirst(3).first ?? "", parts.count) {
        case ("GET", "posts", 4):
            guard asked.query["context"] == "edit" else { throw Violation("status=any needs context=edit") }
            return try json(200, slugs.filter { $0.value == asked.query["slug"] }.map { ["id": Int($0.key) ?? 0] })
        case ("POST", "posts", 4): return try create(asked)
        case ("POST", "posts", 5):
            guard slugs[parts[4]] != nil else { return try json(404, ["code": "rest_post_invalid_id"]) }
            show(parts[4], try post(asked).text("title"))
            return try json(200, ["id": Int(parts[4]) ?? 0])
        case ("DELETE", "posts", 5):
            guard asked.query["force"] == "true" else { throw Violation("without force it only lies in the bin") }
            slugs[parts[4]] = nil
            return remove(parts[4]) ? try json(200, ["deleted": true]) : try json(404, ["code": "rest_post_invalid_id"])
        case ("GET", "media", 4): return try json(200, media.filter { $0.key == asked.query["slug"] }.map { ["id": $0.value] })
        case ("POST", "media", 4):
            try asked.header("Content-Type", is: "image/png")
            let name = asked.request.header("Content-Disposition")?.firstMatch(of: /^attachment; filename="([a-z0-9-]+)\.png"$/)?.1
            guard let name, asked.query["alt_text"] == "Et hus" else { throw Violation("no file name or no alternative text") }
            uploads += 1
            media[String(name)] = 900 + media.count
            return try json(201, ["id": media[String(name)] ?? 0])
        case ("POST", "categories", 4):
            let name = try asked.object().text("name")
            if let id = categories[name] { return try json(400, ["code": "term_exists", "data": ["status": 400, "term_id": id]]) }
            categories[name] = 30 + categories.count
            return try json(201, ["id": categories[name] ?? 0, "name": name])
        case ("GET", "users", 5):
            return try json(
                200, ["name": "N", "capabilities": ["publish_posts": true, "upload_files": true, "delete_published_posts": true]])
        default: throw Violation("no such route")
        }
    }

    private func post(_ asked: Asked) throws -> [String: Any] {
        let post = try asked.object()
        try post.only("title", "content", "excerpt", "status", "slug", "date_gmt", "featured_media", "categories")
        guard try post.text("status") == "publish", (post["featured_media"] as? Int).map({ $0 == 0 || media.values.contains($0) }) == true,
            (post["categories"] as? [Int])?.allSatisfy(categories.values.contains) ?? true
        else { throw Violation("rest_invalid_param") }
        return post
    }

    private func create(_ asked: Asked) throws -> ScriptedHTTPServer.Answer {
        let post = try post(asked)
        guard try post.text("date_gmt").wholeMatch(of: /\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d/) != nil else {
            throw Violation("rest_invalid_param: date_gmt")
        }
        let id = String(10 + history.count)
        slugs[id] = try post.text("slug")
        show(id, try post.text("title"))
        return try json(201, ["id": Int(id) ?? 0])
    }
}

/// Drupal's JSON:API: types, identifiers of the client's choosing, 409 for one that is there, 404 for one that is not.
final class DrupalReceiver: StrictReceiver, @unchecked Sendable {
    private static let type = "application/vnd.api+json"

    override func isDecisive(_ request: ScriptedHTTPServer.Request) -> Bool {
        request.method != "GET" && !request.target.hasSuffix("/field_image")
    }

    override func handle(_ asked: Asked) throws -> ScriptedHTTPServer.Answer {
        try asked.header("Authorization", is: "Basic " + base64(Array("nyhedsbrev:\(ConnectorHouse.secret)".utf8)))
        try asked.header("Accept", is: Self.type)
        let parts = asked.path.split(separator: "/").map(String.init)
        switch (asked.method, parts.count) {
        case ("GET", 1): return try json(200, ["links": ["node--article": ["href": ""]], "meta": ["links": ["me": ["href": ""]]]])
        case ("POST", 4) where parts[3] == "field_image":
            try asked.header("Content-Type", is: "application/octet-stream")
            guard asked.request.header("Content-Disposition")?.wholeMatch(of: /file; filename="[a-z0-9-]+\.png"/) != nil else {
                throw Violation("no file name")
            }
            return try json(201, ["data": ["type": "file--file", "id": "f1"]])
        case ("POST", 3):
            let node = try node(asked)
            let id = try node.text("id")
            if shown.contains(where: { $0.id == id }) { return .status(409) }
            show(id, try node.object("attributes").text("title"))
            return try json(201, ["data": ["id": id]])
        case ("PATCH", 4):
            let node = try node(asked)
            guard try node.text("id") == parts[3] else { throw Violation("the identifiers differ") }
            guard shown.contains(where: { $0.id == parts[3] }) else { return .status(404) }
            show(parts[3], try node.object("attributes").text("title"))
            return try json(200, ["data": ["id": parts[3]]])
        case ("DELETE", 4): return .status(remove(parts[3]) ? 204 : 404)
        default: throw Violation("no such route")
        }
    }

    private func node(_ asked: Asked) throws -> [String: Any] {
        let document = try asked.object(type: Self.type)
        try document.only("data")
        let node = try document.object("data")
        try node.only("type", "id", "attributes", "relationships")
        let attributes = try node.object("attributes")
        try attributes.only("title", "status", "body")
        try attributes.object("body").only("value", "summary", "format")
        guard try node.text("type") == "node--article", UUID(uuidString: try node.text("id")) != nil,
            try attributes.text("title").count <= 255
        else {
            throw Violation("422")
        }
        if let relationships = node["relationships"] as? [String: Any] {
            let data = try relationships.object("field_image").object("data")
            guard try data.text("type") == "file--file", try data.text("id") == "f1", try data.object("meta").text("alt") == "Et hus" else {
                throw Violation("422: field_image")
            }
        }
        return node
    }
}

/// Microsoft Graph's site pages, with the token endpoint of the same stand-in: tokens expire when it says so.
final class SharePointReceiver: StrictReceiver, @unchecked Sendable {
    private var names: [String: String] = [:]
    private var drafts: [String: String] = [:]
    private(set) var tokens = 0

    override func isDecisive(_ request: ScriptedHTTPServer.Request) -> Bool {
        request.method != "GET" && request.target.hasPrefix("/v1.0/") && !request.target.hasSuffix("/publish")
    }

    override func handle(_ asked: Asked) throws -> ScriptedHTTPServer.Answer {
        if asked.path == "/login/koege/oauth2/v2.0/token" { return try token(asked) }
        guard asked.request.header("Authorization") == "Bearer token-\(tokens)" else { return .status(401) }
        let pages = "/v1.0/sites/koege,1,2/pages"
        guard asked.path.hasPrefix(pages) else { throw Violation("no such route") }
        let rest = asked.path.dropFirst(pages.count).split(separator: "/").map(String.init)
        switch (asked.method, rest.count) {
        case ("GET", 0): return try json(200, ["value": []])
        case ("GET", 1):
            guard rest[0] == "microsoft.graph.sitePage" else { throw Violation("no such route") }
            let name = asked.query["$filter"]?.firstMatch(of: /^name eq '([^']+)'$/)?.1
            return try json(200, ["value": names.filter { $0.value == name.map(String.init) }.map { ["id": $0.key] }])
        case ("POST", 0):
            let page = try page(asked)
            guard try page.text("pageLayout") == "article", try page.text("promotionKind") == "newsPost" else {
                throw Violation("not news")
            }
            let name = try page.text("name")
            guard name.hasSuffix(".aspx"), !names.values.contains(name) else { return .status(409) }
            let id = "p\(names.count + 1)"
            (names[id], drafts[id]) = (name, try page.text("title"))
            return try json(201, ["id": id])
        case ("PATCH", 2):
            guard names[rest[0]] != nil else { return .status(404) }
            drafts[rest[0]] = try page(asked).text("title")
            return try json(200, ["id": rest[0]])
        case ("POST", 3):
            guard rest[1] == "microsoft.graph.sitePage", rest[2] == "publish", let title = drafts[rest[0]] else { return .status(404) }
            show(rest[0], title)
            return .status(204)
        case ("DELETE", 1):
            (names[rest[0]], drafts[rest[0]]) = (nil, nil)
            return .status(remove(rest[0]) ? 204 : 404)
        default: throw Violation("no such route")
        }
    }

    private func token(_ asked: Asked) throws -> ScriptedHTTPServer.Answer {
        try asked.header("Content-Type", is: "application/x-www-form-urlencoded")
        let form = URLComponents(string: "?" + String(decoding: asked.request.body, as: UTF8.self))?.queryItems ?? []
        let values = Dictionary(form.map { ($0.name, $0.value ?? "") }) { _, last in last }
        guard values["grant_type"] == "client_credentials", values["client_id"] == "app", values["client_secret"] == ConnectorHouse.secret,
            values["scope"]?.hasSuffix("/.default") == true
        else { return .status(401) }
        tokens += 1
        return try json(200, ["token_type": "Bearer", "expires_in": 3599, "access_token": "token-\(tokens)"])
    }

    private func page(_ asked: Asked) throws -> [String: Any] {
        let page = try asked.object()
        try page.only("@odata.type", "name", "title", "description", "pageLayout", "promotionKind", "canvasLayout")
        guard try page.text("@odata.type") == "#microsoft.graph.sitePage",
            let section = try page.object("canvasLayout").list("horizontalSections").first, let column = try section.list("columns").first,
            let part = try column.list("webparts").first, try part.text("@odata.type") == "#microsoft.graph.textWebPart"
        else { throw Violation("not a page with a text web part") }
        _ = try part.text("innerHtml")
        return page
    }
}
