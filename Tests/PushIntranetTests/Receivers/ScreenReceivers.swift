import Core
import Foundation
import TestKit

@testable import PushIntranet

/// OS2display's api-service 2 as its OpenAPI description and its own tests have it: token, media by multipart, slides as JSON-LD.
final class OS2DisplayReceiver: StrictReceiver, @unchecked Sendable {
    static let template = "01FP2SNGFN0BZQH03KCBXHKYHG"
    static let playlist = "01GB1S8GWM2BZQH03KCBXHKYHG"
    private static let type = "application/ld+json"

    private var descriptions: [String: String] = [:]
    private var media: [String: String] = [:]
    /// Slides that screens show.
    private(set) var placed: Set<String> = []
    private var tokens = 0
    private var made = 0

    override func isDecisive(_ request: ScriptedHTTPServer.Request) -> Bool {
        request.method != "GET" && request.target.hasPrefix("/v2/slides") && !request.target.hasSuffix("/playlists")
    }

    override func handle(_ asked: Asked) throws -> ScriptedHTTPServer.Answer {
        if asked.path == "/v2/authentication/token" { return try token(asked) }
        guard asked.request.header("Authorization") == "Bearer token-\(tokens)" else { return .status(401) }
        let parts = asked.path.split(separator: "/").map(String.init)
        guard parts.first == "v2", parts.count >= 2 else { throw Violation("no such route") }
        switch (asked.method, parts[1], parts.count) {
        case ("GET", "templates", 3): return parts[2] == Self.template ? try json(200, ["@id": asked.path]) : .status(404)
        case ("GET", "playlists", 3): return parts[2] == Self.playlist ? try json(200, ["@id": asked.path]) : .status(404)
        case ("GET", "media", 2):
            // The service's filter finds parts of words.
            let found = media.filter { $0.value.contains(asked.query["title"] ?? "") }
            return try json(200, ["hydra:member": found.map { ["@id": $0.key, "title": $0.value] }, "hydra:totalItems": found.count])
        case ("POST", "media", 2): return try upload(asked)
        case ("GET", "slides", 2):
            let found = descriptions.filter { $0.value.contains(asked.query["description"] ?? "") }
            let members = found.map { ["@id": "/v2/slides/\($0.key)", "description": $0.value] }
            return try json(200, ["hydra:member": members, "hydra:totalItems": members.count])
        case ("POST", "slides", 2):
            let slide = try slide(asked)
            let id = ulid()
            descriptions[id] = try slide.text("description")
            show(id, try slide.text("title"))
            return try json(201, ["@id": "/v2/slides/\(id)"])
        case ("PUT", "slides", 3):
            guard descriptions[parts[2]] != nil else { return .status(404) }
            show(parts[2], try slide(asked).text("title"))
            return try json(200, ["@id": asked.path])
        case ("PUT", "slides", 4):
            try asked.header("Content-Type", is: Self.type)
            guard parts[3] == "playlists", descriptions[parts[2]] != nil,
                let list = try JSONSerialization.jsonObject(with: Data(asked.request.body)) as? [[String: String]],
                list == [["playlist": Self.playlist]]
            else { throw Violation("not a list of playlists") }
            placed.insert(parts[2])
            return .status(201, headers: [("Content-Type", "application/json")], body: Array("null".utf8))
        case ("DELETE", "slides", 3):
            descriptions[parts[2]] = nil
            return .status(remove(parts[2]) ? 204 : 404)
        default: throw Violation("no such route")
        }
    }

    private func ulid() -> String {
        made += 1
        return "01" + String(repeating: "0", count: 24 - String(made).count) + String(made)
    }

    private func token(_ asked: Asked) throws -> ScriptedHTTPServer.Answer {
        let login = try asked.object()
        try login.only("providerId", "password")
        guard try login.text("providerId") == "nyhedsbrev@koege.example", try login.text("password") == ConnectorHouse.secret else {
            return .status(401)
        }
        tokens += 1
        return try json(200, ["token": "token-\(tokens)", "refresh_token": "r", "tenants": []])
    }

    private func upload(_ asked: Asked) throws -> ScriptedHTTPServer.Answer {
        let type = asked.request.header("Content-Type") ?? ""
        guard let boundary = type.wholeMatch(of: /multipart\/form-data; boundary=([A-Za-z0-9-]{1,70})/)?.1 else {
            throw Violation("not multipart: \(type)")
        }
        // The test's picture is ASCII.
        let text = String(decoding: asked.request.body, as: UTF8.self)
        guard text.hasSuffix("\r\n--\(boundary)--\r\n") else { throw Violation("the multipart is not closed") }
        var fields: [String: String] = [:]
        for part in text.components(separatedBy: "--\(boundary)\r\n").dropFirst() {
            let halves = part.components(separatedBy: "\r\n\r\n")
            guard halves.count == 2, let name = halves[0].firstMatch(of: /form-data; name="([a-z]+)"/)?.1 else { throw Violation("a part") }
            fields[String(name)] = halves[1].components(separatedBy: "\r\n")[0]
        }
        guard Set(fields.keys) == ["title", "description", "license", "file"], fields["description"] == "Et hus", fields["file"] == "PNG\0",
            text.contains("Content-Type: image/png")
        else { throw Violation("fields \(fields)") }
        uploads += 1
        let id = "/v2/media/\(ulid())"
        media[id] = fields["title"]
        return try json(201, ["@id": id])
    }

    private func slide(_ asked: Asked) throws -> [String: Any] {
        let slide = try asked.object(type: Self.type)
        try slide.only("title", "description", "templateInfo", "theme", "duration", "published", "media", "content")
        guard try slide.object("templateInfo").text("@id") == "/v2/templates/\(Self.template)", slide["duration"] as? Int == 15_000,
            let pictures = slide["media"] as? [String], pictures.allSatisfy({ media[$0] != nil })
        else { throw Violation("template, duration or media") }
        let published = try slide.object("published")
        for (key, value) in published where !(value is NSNull) {
            guard (value as? String)?.wholeMatch(of: /\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z/) != nil else {
                throw Violation("\(key) is not a valid date format")
            }
        }
        guard Set(published.keys) == ["from", "to"] else { throw Violation("published needs both ends") }
        let content = try slide.object("content")
        try content.only("title", "text", "image", "duration")
        if !pictures.isEmpty { guard content["image"] as? [String] == pictures else { throw Violation("the picture is not on the slide") } }
        _ = try content.text("text")
        return slide
    }
}

/// A WebSub hub: takes a publish ping and fetches what it names; its subscribers see what stands in the feed then.
final class HubReceiver: StrictReceiver, @unchecked Sendable {
    static let addresses = [".rss", ".atom", ".json"].map { "https://nyt.koege.example/feeds/nyt" + $0 }
    /// The titles in the feed. Touched with the lock held.
    var feed: [String] = []

    override func handle(_ asked: Asked) throws -> ScriptedHTTPServer.Answer {
        if asked.method == "HEAD" { return .status(405) }
        guard asked.method == "POST", asked.path == "/hub" else { throw Violation("not POST to the hub") }
        try asked.header("Content-Type", is: "application/x-www-form-urlencoded")
        let form = URLComponents(string: "?" + String(decoding: asked.request.body, as: UTF8.self))?.queryItems ?? []
        guard form.filter({ $0.name == "hub.mode" }).map(\.value) == ["publish"],
            form.filter({ $0.name == "hub.url" }).compactMap(\.value) == Self.addresses, form.count == 4
        else { throw Violation("not a publish ping: \(form)") }
        shown = feed.map { ($0, $0) }
        history.append(feed.joined(separator: ","))
        return .status(204)
    }
}
