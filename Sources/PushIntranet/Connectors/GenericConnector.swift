import Core
import Curl
import Foundation
import Press

typealias HTTPMethod = HTTPRequest.Method

/// An intranet that has no connector of its own: a request whose method, address, headers and Mustache body the configuration gives.
///
/// Each request carries the post's identifier as `Idempotency-Key`, the same at each attempt. Without `UpdateURL=` a correction is sent as
/// the post was, with another `event`; without `WithdrawURL=` a person has to remove it there, and an alarm says so.
struct GenericConnector: Connector {
    let rules: EndpointRules
    private let create: Call
    private let update: Call?
    private let withdrawal: Call?
    private let body: Template
    /// The keys on the way to the post's identifier in a JSON answer.
    private let identifier: [String]

    private struct Call {
        var method: HTTPMethod
        var url: Template
    }

    init(_ context: ConnectorContext) throws(Fault) {
        let options = context.endpoint.options
        let secret = context.endpoint.secretFile == nil ? nil : try context.secret()
        create = Call(method: try Self.method(options["Method"], .post), url: try Self.template(try context.exactURL(), "URL="))
        update = try options["UpdateURL"].map { (url) throws(Fault) in
            Call(method: try Self.method(options["UpdateMethod"], .put), url: try Self.template(url, "UpdateURL="))
        }
        withdrawal = try options["WithdrawURL"].map { (url) throws(Fault) in
            Call(method: try Self.method(options["WithdrawMethod"], .delete), url: try Self.template(url, "WithdrawURL="))
        }
        identifier = options["Identifier"].map { $0.split(separator: ".").map(String.init) } ?? []
        let path = try context.option("Body")
        let file = path.hasPrefix("/") ? path : "\(context.folder)/\(path)"
        guard let source = FileManager.default.contents(atPath: file).flatMap({ String(data: $0, encoding: .utf8) }) else {
            throw Fault("read", file, cause: "there is no such file in UTF-8", mend: "Name the template of the post's body in Body=.")
        }
        body = try Self.template(source, file)
        // The addresses' hosts are fixed before anything is filled in.
        let sample = Self.values(nil, remote: "1")
        let addresses = try [create, update, withdrawal].compactMap { $0 }.map { (call) throws(Fault) in try Self.filled(call.url, sample) }
        var endpoint = context.endpoint
        var headers: [(String, String)] = []
        if let secret {
            let isPlaced = endpoint.headers.contains { $0.contains("{{{secret}}}") }
            endpoint.headers = endpoint.headers.map { $0.replacing("{{{secret}}}", with: secret) }
            if !isPlaced { headers = [("Authorization", "Bearer \(secret)")] }
        }
        let filled = ConnectorContext(endpoint: endpoint, folder: context.folder, timeLimit: context.timeLimit)
        rules = try filled.rules(addresses, hiding: [secret].compactMap { $0 }, headers: headers)
    }

    func publish(_ post: IntranetPost, at remote: String?, over line: EndpointLine) throws(PostSetback) -> Told {
        if let remote, let update {
            do throws(PostSetback) { return try send(update, post, remote, line) } catch { guard error.status == 404 else { throw error } }
        }
        return try send(create, post, remote, line)
    }

    func withdraw(_ post: IntranetPost, at remote: String?, over line: EndpointLine) throws(PostSetback) -> Told {
        guard let withdrawal else { return Told(remote: remote, byHand: "remove ‘\(post.title)’ there by hand: there is no WithdrawURL=") }
        // Without a name there is nothing that an address could point to, unless it is our own key.
        guard remote != nil || identifier.isEmpty else { return Told() }
        do throws(PostSetback) { _ = try send(withdrawal, post, remote, line) } catch {
            guard let status = error.status, [404, 410].contains(status) else { throw error }
        }
        return Told()
    }

    func probe(over line: EndpointLine) throws(PostSetback) -> String {
        let url: String
        do throws(Fault) { url = try Self.filled(create.url, Self.values(nil, remote: "1")) } catch { throw .own(error) }
        return try line.isThere(url)
    }

    private func send(_ call: Call, _ post: IntranetPost, _ remote: String?, _ line: EndpointLine) throws(PostSetback) -> Told {
        let values = Self.values(post, remote: remote)
        let (url, content): (String, String)
        do throws(Fault) { (url, content) = (try Self.filled(call.url, values), try Self.filled(body, values)) } catch { throw .own(error) }
        // A body that begins as JSON is JSON, unless a header says otherwise.
        let isTyped = rules.headers.contains { $0.0.lowercased() == "content-type" }
        let isJSON = content.drop { $0.isWhitespace }.first.map { "{[".contains($0) } ?? false
        let type = isTyped ? [] : [("Content-Type", isJSON ? "application/json" : "text/plain; charset=utf-8")]
        let answer = try line.send(
            call.method, url, headers: type + [("Idempotency-Key", post.identifier)],
            body: call.method == .delete ? nil : Array(content.utf8))
        guard post.event != .withdrawn, !identifier.isEmpty else { return Told(remote: remote) }
        let found = identifier.reduce(JSONValue(reading: answer.body)) { $0[$1] }.text
        guard let name = found ?? remote else { throw line.strange("no \(identifier.joined(separator: ".")) in its answer", answer) }
        return Told(remote: name)
    }

    private static func method(_ text: String?, _ standard: HTTPMethod) throws(Fault) -> HTTPMethod {
        guard let text else { return standard }
        guard let method = HTTPMethod(rawValue: text.uppercased()), method != .head else {
            throw Fault("read", "Method=", cause: "‘\(text)’ is no method", mend: "Write POST, PUT, PATCH or DELETE.")
        }
        return method
    }

    private static func template(_ source: String, _ name: String) throws(Fault) -> Template {
        do { return try Template(source: source, name: name) } catch {
            throw Fault("read", "\(name):\(error.line)", cause: error.cause, mend: error.mend)
        }
    }

    private static func filled(_ template: Template, _ values: Value) throws(Fault) -> String {
        do { return try template.render(values) } catch { throw Fault("fill in", template.name, cause: error.cause, mend: error.mend) }
    }

    /// The post as templates know it: each text as it is, under `json` as a JSON string with its quotes, under `url` percent-encoded.
    private static func values(_ post: IntranetPost?, remote: String?) -> Value {
        let texts: [String: String?] = [
            "event": post?.event.rawValue, "identifier": post?.identifier, "key": post?.key ?? "key", "remote": remote,
            "title": post?.title,
            "summary": post?.summary, "text": post?.text, "html": post?.html, "category": post?.category, "source": post?.source,
            "address": post?.url, "picture": post?.picture?.url, "alt": post?.picture?.alternativeText,
            "released": post?.released.description, "visibleUntil": post?.visibleUntil?.description, "language": post?.language.rawValue,
        ]
        var values = texts.mapValues { Value($0) }
        values["json"] = .map(texts.mapValues { .text(String(decoding: ($0.map(JSONValue.text) ?? .null).bytes, as: UTF8.self)) })
        values["url"] = .map(texts.mapValues { .text(percentEncoded($0 ?? "")) })
        for event in ["published", "corrected", "withdrawn"] { values[event] = .bool(post?.event.rawValue == event) }
        return .map(values)
    }
}
