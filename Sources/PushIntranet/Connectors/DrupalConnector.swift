import Core
import Crypto

/// Nodes of a Drupal site over JSON:API, by a user with a password (module `basic_auth`); the site must permit writes.
///
/// The node's UUID is ours, made of the post's key: a second POST of the same is refused with 409 and becomes a correction.
struct DrupalConnector: Connector {
    let rules: EndpointRules
    private let root: String
    private let bundle: String
    private let format: String
    private let pictureField: String?

    private static let type = "application/vnd.api+json"

    init(_ context: ConnectorContext) throws(Fault) {
        root = try context.url()
        let options = context.endpoint.options
        bundle = options["ContentType"] ?? "article"
        format = options["TextFormat"] ?? "basic_html"
        pictureField = options["PictureField"] ?? "field_image"
        let login = ConnectorContext.basic(try context.option("User"), try context.secret())
        rules = try context.rules([root], hiding: login.hidden, headers: [login.header, ("Accept", Self.type)])
    }

    func publish(_ post: IntranetPost, at remote: String?, over line: EndpointLine) throws(PostSetback) -> Told {
        let id = remote ?? Self.uuid(post.key)
        var node: [String: JSONValue] = [
            "type": .text("node--\(bundle)"), "id": .text(id),
            "attributes": [
                // Drupal's title has 255 characters.
                "title": .text(post.title.cut(to: 255)), "status": true,
                "body": ["value": .text(post.html), "summary": .text(post.summary), "format": .text(format)],
            ],
        ]
        if let pictureField, let picture = post.picture {
            let file = try upload(picture, to: pictureField, line)
            // An image's alternative text has 512.
            let alternative = JSONValue.text(picture.alternativeText.cut(to: 512))
            node["relationships"] = .map([pictureField: ["data": ["type": "file--file", "id": .text(file), "meta": ["alt": alternative]]]])
        }
        if remote != nil {
            do throws(PostSetback) { return try correct(id, node, line) } catch { guard error.status == 404 else { throw error } }
        }
        do throws(PostSetback) {
            _ = try line.send(.post, nodes, json: ["data": .map(node)], type: Self.type)
            return Told(remote: id)
        } catch {
            guard error.status == 409 else { throw error }
            return try correct(id, node, line)
        }
    }

    func withdraw(_ post: IntranetPost, at remote: String?, over line: EndpointLine) throws(PostSetback) -> Told {
        do throws(PostSetback) { _ = try line.send(.delete, "\(nodes)/\(percentEncoded(remote ?? Self.uuid(post.key)))") } catch {
            guard error.status == 404 else { throw error }
        }
        return Told()
    }

    func probe(over line: EndpointLine) throws(PostSetback) -> String {
        let answer = try line.send(.get, "\(root)/jsonapi")
        let links = JSONValue(reading: answer.body)
        guard links["links"]["node--\(bundle)"] != .null else { throw line.strange("it has no content type \(bundle)", answer) }
        guard links["meta"]["links"]["me"] != .null else {
            throw .strange(
                reply: "it answers, but does not know the user; switch the module basic_auth on, and check User= and SecretFile=")
        }
        return "the user is known and there is the content type \(bundle); whether writes are permitted is seen when a post is made"
    }

    private var nodes: String { "\(root)/jsonapi/node/\(percentEncoded(bundle))" }

    private func correct(_ id: String, _ node: [String: JSONValue], _ line: EndpointLine) throws(PostSetback) -> Told {
        _ = try line.send(.patch, "\(nodes)/\(percentEncoded(id))", json: ["data": .map(node)], type: Self.type)
        return Told(remote: id)
    }

    /// Returns the file's UUID. A file that no node comes to use is removed by Drupal's own cron.
    private func upload(_ picture: IntranetPost.Attachment, to field: String, _ line: EndpointLine) throws(PostSetback) -> String {
        let answer = try line.send(
            .post, "\(nodes)/\(percentEncoded(field))",
            headers: [("Content-Type", "application/octet-stream"), ("Content-Disposition", "file; filename=\"\(picture.fileName)\"")],
            body: picture.bytes)
        guard let id = JSONValue(reading: answer.body)["data"]["id"].text else { throw line.strange("no id of a file", answer) }
        return id
    }

    /// Version 8 of RFC 9562: made by us, of a digest.
    static func uuid(_ key: String) -> String {
        var bytes = Array(SHA256.digest("budstikke:\(key)".utf8).prefix(16))
        bytes[6] = bytes[6] & 0x0F | 0x80
        bytes[8] = bytes[8] & 0x3F | 0x80
        let digits = hexadecimal(bytes)
        var parts: [Substring] = []
        var rest = digits[...]
        for length in [8, 4, 4, 4, 12] {
            parts.append(rest.prefix(length))
            rest = rest.dropFirst(length)
        }
        return parts.joined(separator: "-")
    }
}
