import Core
import Crypto
import Foundation

/// Slides of OS2display (api-service 2): one for each post, in a playlist where the settings name one.
///
/// Logged in as a user with a password; the token is kept for a quarter of an hour, and thrown away when it is refused. The service knows a
/// slide by its own number alone, so the post's key stands in the slide's description, where one whose answer was lost is found again;
/// a picture is found by its title, which is made of its digest.
struct OS2DisplayConnector: Connector {
    let rules: EndpointRules
    private let root: String
    private let login: JSONValue
    private let template: String
    private let theme: String?
    private let playlist: String?
    private let duration: Int
    private let token = BearerToken()

    private static let type = "application/ld+json"

    init(_ context: ConnectorContext) throws(Fault) {
        let url = try context.url()
        root = url
        let options = context.endpoint.options
        let secret = try context.secret()
        login = ["providerId": .text(try context.option("User")), "password": .text(secret)]
        template = "/v2/templates/\(try Self.identifier(try context.option("Template"), "Template="))"
        theme = try options["Theme"].map { text throws(Fault) in "/v2/themes/\(try Self.identifier(text, "Theme="))" }
        playlist = try options["Playlist"].map { text throws(Fault) in try Self.identifier(text, "Playlist=") }
        let seconds = options["Seconds"].map { Int($0) } ?? 15
        guard let seconds, (1...3600).contains(seconds) else {
            throw Fault("read", "Seconds=", cause: "it is no number of seconds from 1 to 3600", mend: "Write Seconds=15.")
        }
        duration = seconds * 1000
        let tenant = options["Tenant"].map { [("Authorization-Tenant-Key", $0)] } ?? []
        rules = try context.rules([url], hiding: [secret], headers: tenant + [("Accept", Self.type)])
    }

    func publish(_ post: IntranetPost, at remote: String?, over line: EndpointLine) throws(PostSetback) -> Told {
        try authorised(line) { (header) throws(PostSetback) in
            var known = remote
            if known == nil, post.isUncertain { known = try find(post, header, line) }
            let media = try post.picture.map { (picture) throws(PostSetback) in try upload(picture, header, line) }
            let slide = slide(post, media)
            if let id = known {
                do throws(PostSetback) {
                    _ = try line.send(.put, path("slides/\(percentEncoded(id))"), headers: [header], json: slide, type: Self.type)
                    if remote == nil { try place(id, header, line) }
                    return Told(remote: id)
                } catch {
                    // Somebody has removed it there.
                    guard error.status == 404 else { throw error }
                }
            }
            let answer = try line.send(.post, path("slides"), headers: [header], json: slide, type: Self.type)
            guard let id = Self.number(JSONValue(reading: answer.body)["@id"].text) else { throw line.strange("no @id of a slide", answer) }
            try place(id, header, line)
            return Told(remote: id)
        }
    }

    func withdraw(_ post: IntranetPost, at remote: String?, over line: EndpointLine) throws(PostSetback) -> Told {
        try authorised(line) { (header) throws(PostSetback) in
            var known = remote
            if known == nil { known = try find(post, header, line) }
            guard let id = known else { return Told() }
            do throws(PostSetback) { _ = try line.send(.delete, path("slides/\(percentEncoded(id))"), headers: [header]) } catch {
                guard error.status == 404 else { throw error }
            }
            return Told()
        }
    }

    let takesPicturesAhead = true
    func prepare(_ picture: IntranetPost.Attachment, over line: EndpointLine) throws(PostSetback) {
        try authorised(line) { (header) throws(PostSetback) in _ = try upload(picture, header, line) }
    }

    func probe(over line: EndpointLine) throws(PostSetback) -> String {
        try authorised(line) { (header) throws(PostSetback) in
            do throws(PostSetback) { _ = try line.send(.get, root + template, headers: [header]) } catch {
                guard error.status == 404 else { throw error }
                throw .strange(reply: "the user is known, but there is no such Template=")
            }
            guard let playlist else {
                return "the user is known and the template is there; without Playlist= somebody has to place the slides"
            }
            do throws(PostSetback) { _ = try line.send(.get, path("playlists/\(playlist)"), headers: [header]) } catch {
                guard error.status == 404 else { throw error }
                throw .strange(reply: "the user is known and the template is there, but there is no such Playlist=")
            }
            return "the user is known, and the template and the playlist are there"
        }
    }

    private func path(_ what: String) -> String { "\(root)/v2/\(what)" }

    /// The last part of an `@id`, such as `/v2/slides/01G…`.
    private static func number(_ address: String?) -> String? {
        guard let last = address?.split(separator: "/").last, (try? identifier(String(last), "")) != nil else { return nil }
        return String(last)
    }

    /// A ULID: 26 letters and digits.
    private static func identifier(_ text: String, _ key: String) throws(Fault) -> String {
        guard text.utf8.count == 26, text.allSatisfy({ $0.isASCII && ($0.isLetter || $0.isNumber) }) else {
            throw Fault(
                "read", key, cause: "‘\(text)’ is no number of 26 letters and digits", mend: "Copy it from the address in the admin.")
        }
        return text
    }

    // MARK: Slide

    /// The fields of the template "Billede og tekst"; the service keeps `published` to the millisecond.
    private func slide(_ post: IntranetPost, _ media: String?) -> JSONValue {
        let body = post.summary.isEmpty ? post.text : post.summary
        var content: [String: JSONValue] = [
            "title": .text(post.title), "text": .text("<p>\(Self.escaped(body.cut(to: 600)))</p>"), "duration": .number(duration),
        ]
        if let media { content["image"] = [.text(media)] }
        var slide: [String: JSONValue] = [
            "title": .text(post.title.cut(to: 255)), "description": .text(post.key),
            "templateInfo": ["@id": .text(template), "options": []], "duration": .number(duration),
            "published": ["from": .text(post.released.exact), "to": post.visibleUntil.map { .text($0.exact) } ?? .null],
            "media": .list(media.map { [.text($0)] } ?? []), "content": .map(content),
        ]
        if let theme { slide["theme"] = .text(theme) }
        return .map(slide)
    }

    private static func escaped(_ text: String) -> String {
        text.replacing("&", with: "&amp;").replacing("<", with: "&lt;").replacing(">", with: "&gt;").replacing("\n", with: "<br>")
    }

    /// Puts a new slide into the playlist. Where somebody has moved it since is theirs to say.
    private func place(_ id: String, _ header: (String, String), _ line: EndpointLine) throws(PostSetback) {
        guard let playlist else { return }
        _ = try line.send(
            .put, path("slides/\(percentEncoded(id))/playlists"), headers: [header], json: [["playlist": .text(playlist)]], type: Self.type)
    }

    private func find(_ post: IntranetPost, _ header: (String, String), _ line: EndpointLine) throws(PostSetback) -> String? {
        let answer = try line.send(.get, path("slides?description=\(percentEncoded(post.key))&itemsPerPage=30"), headers: [header])
        // The filter finds parts of words too.
        let found = JSONValue(reading: answer.body)["hydra:member"].list.first { $0["description"].text == post.key }
        return Self.number(found?["@id"].text)
    }

    // MARK: Media

    private func upload(
        _ picture: IntranetPost.Attachment, _ header: (String, String), _ line: EndpointLine
    ) throws(PostSetback) -> String {
        let found = try line.send(.get, path("media?title=\(percentEncoded(picture.fileName))&itemsPerPage=30"), headers: [header])
        let known = JSONValue(reading: found.body)["hydra:member"].list.first { $0["title"].text == picture.fileName }?["@id"].text
        if let known { return known }
        let boundary = "budstikke-" + SHA256.hexadecimalDigest(picture.bytes).prefix(32)
        var body: [UInt8] = []
        for (name, value) in [
            ("title", picture.fileName), ("description", picture.alternativeText.isEmpty ? picture.fileName : picture.alternativeText),
            ("license", "–"),
        ] {
            body += "--\(boundary)\r\nContent-Disposition: form-data; name=\"\(name)\"\r\n\r\n\(value)\r\n".utf8
        }
        body += "--\(boundary)\r\nContent-Disposition: form-data; name=\"file\"; filename=\"\(picture.fileName)\"\r\n".utf8
        body += "Content-Type: \(picture.mediaType)\r\n\r\n".utf8
        body += picture.bytes
        body += "\r\n--\(boundary)--\r\n".utf8
        let answer = try line.send(
            .post, path("media"), headers: [header, ("Content-Type", "multipart/form-data; boundary=\(boundary)")], body: body)
        guard let id = JSONValue(reading: answer.body)["@id"].text else { throw line.strange("no @id of a picture", answer) }
        return id
    }

    // MARK: Login

    private func authorised<Outcome>(
        _ line: EndpointLine, _ requests: ((String, String)) throws(PostSetback) -> Outcome
    ) throws(PostSetback) -> Outcome {
        try token.authorise({ () throws(PostSetback) in try logIn(line) }, requests)
    }

    private func logIn(_ line: EndpointLine) throws(PostSetback) -> BearerToken.Login {
        let answer = try line.send(
            .post, path("authentication/token"), headers: [("Content-Type", "application/json")], body: login.bytes, changesNothing: true)
        guard let text = JSONValue(reading: answer.body)["token"].text else { throw line.strange("no token", answer) }
        return (text, .seconds(15 * 60))
    }
}
