import Core
import Foundation

/// Posts of a WordPress site over its REST API, by a user with an application password.
///
/// A post has a slug of our choosing and a picture a file name made of its digest, so what was made by a request whose answer was
/// lost is found again and not made twice.
struct WordPressConnector: Connector {
    let rules: EndpointRules
    /// The API's root: `https://intranet.koege.example/wp-json`, or `https://…/?rest_route=` on a site without readable addresses.
    private let root: String

    init(_ context: ConnectorContext) throws(Fault) {
        root = try context.url()
        let login = ConnectorContext.basic(try context.option("User"), try context.secret())
        rules = try context.rules([root], hiding: login.hidden, headers: [login.header])
    }

    func publish(_ post: IntranetPost, at remote: String?, over line: EndpointLine) throws(PostSetback) -> Told {
        var fields: [String: JSONValue] = [
            "title": .text(post.title), "content": .text(post.html), "excerpt": .text(post.summary), "status": "publish",
            "slug": .text(post.key),
        ]
        if let picture = post.picture { fields["featured_media"] = .number(try media(picture, line)) } else { fields["featured_media"] = 0 }
        if let name = post.category { fields["categories"] = [.number(try category(name, line))] }
        var known = remote
        if known == nil, post.isUncertain { known = try find(post, line) }
        if let id = known {
            do throws(PostSetback) {
                _ = try line.send(.post, path("posts/\(percentEncoded(id))"), json: .map(fields))
                return Told(remote: id)
            } catch {
                // Somebody has removed it there.
                guard error.status == 404 else { throw error }
            }
        }
        fields["date_gmt"] = .text(String(post.released.description.dropLast()))
        let answer = try line.send(.post, path("posts"), json: .map(fields))
        guard let id = JSONValue(reading: answer.body)["id"].text else { throw line.strange("no id of a post", answer) }
        return Told(remote: id)
    }

    func withdraw(_ post: IntranetPost, at remote: String?, over line: EndpointLine) throws(PostSetback) -> Told {
        var known = remote
        if known == nil { known = try find(post, line) }
        guard let id = known else { return Told() }
        do throws(PostSetback) { _ = try line.send(.delete, path("posts/\(percentEncoded(id))", "force=true")) } catch {
            guard let status = error.status, [404, 410].contains(status) else { throw error }
        }
        return Told()
    }

    let takesPicturesAhead = true
    func prepare(_ picture: IntranetPost.Attachment, over line: EndpointLine) throws(PostSetback) { _ = try media(picture, line) }

    func probe(over line: EndpointLine) throws(PostSetback) -> String {
        let answer = try line.send(.get, path("users/me", "context=edit&_fields=name,capabilities"))
        let user = JSONValue(reading: answer.body)
        guard user["name"].text != nil else { throw line.strange("not WordPress' REST API", answer) }
        let missing = ["publish_posts", "upload_files", "delete_published_posts"].filter { user["capabilities"][$0] != true }
        guard missing.isEmpty else {
            throw .strange(
                reply: "the user is known but may not \(missing.joined(separator: ", ")); give it the role of an author or editor")
        }
        return "the user may publish, correct and remove posts, and upload pictures"
    }

    private func path(_ what: String, _ query: String? = nil) -> String {
        let url = "\(root)/wp/v2/\(what)"
        return query.map { url + (root.contains("?") ? "&" : "?") + $0 } ?? url
    }

    private func find(_ post: IntranetPost, _ line: EndpointLine) throws(PostSetback) -> String? {
        let answer = try line.send(.get, path("posts", "slug=\(percentEncoded(post.key))&status=any&context=edit&_fields=id"))
        return JSONValue(reading: answer.body).first["id"].text
    }

    private func media(_ picture: IntranetPost.Attachment, _ line: EndpointLine) throws(PostSetback) -> Int {
        let slug = String(picture.fileName.prefix { $0 != "." })
        let found = try line.send(.get, path("media", "slug=\(slug)&_fields=id"))
        if let id = JSONValue(reading: found.body).first["id"].number { return id }
        let answer = try line.send(
            .post, path("media", "alt_text=\(percentEncoded(picture.alternativeText))"),
            headers: [
                ("Content-Type", picture.mediaType), ("Content-Disposition", "attachment; filename=\"\(picture.fileName)\""),
            ], body: picture.bytes)
        guard let id = JSONValue(reading: answer.body)["id"].number else { throw line.strange("no id of a picture", answer) }
        return id
    }

    /// The category of a name, made when there is none. Names are compared as WordPress does, without regard to case.
    private func category(_ name: String, _ line: EndpointLine) throws(PostSetback) -> Int {
        do throws(PostSetback) {
            let answer = try line.send(.post, path("categories"), json: ["name": .text(name)])
            guard let id = JSONValue(reading: answer.body)["id"].number else { throw line.strange("no id of a category", answer) }
            return id
        } catch {
            guard case .answered(let response, _) = error else { throw error }
            let problem = JSONValue(reading: response.body)
            if problem["code"].text == "term_exists", let id = problem["data"]["term_id"].number { return id }
            // An author may not make categories: then it has to be there.
            guard [401, 403].contains(response.status) else { throw error }
            let found = try line.send(.get, path("categories", "per_page=100&search=\(percentEncoded(name))&_fields=id,name"))
            let match = JSONValue(reading: found.body).list.first { $0["name"].text?.lowercased() == name.lowercased() }
            guard let id = match?["id"].number else { throw error }
            return id
        }
    }
}
