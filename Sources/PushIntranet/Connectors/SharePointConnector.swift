import Core
import Foundation

/// News pages of a SharePoint site over Microsoft Graph, by an application with a client secret (OAuth 2.0, RFC 6749, section 4.4).
///
/// A page is made and then published; its name is of our choosing, so one whose answer was lost is found again. The token is kept
/// until a minute before it expires, and thrown away when it is refused.
struct SharePointConnector: Connector {
    let rules: EndpointRules
    private let root: String
    private let pages: String
    private let login: String
    private let form: String
    private let token = BearerToken()

    init(_ context: ConnectorContext) throws(Fault) {
        root = try context.endpoint.url == nil ? "https://graph.microsoft.com/v1.0" : context.url()
        let options = context.endpoint.options
        let tenant = percentEncoded(try context.option("Tenant"))
        login = (options["LoginURL"] ?? "https://login.microsoftonline.com") + "/\(tenant)/oauth2/v2.0/token"
        pages = "\(root)/sites/\(try context.option("Site"))/pages"
        let secret = try context.secret()
        let scope = root.split(separator: "/").prefix(2).joined(separator: "//") + "/.default"
        form =
            "grant_type=client_credentials&client_id=\(percentEncoded(try context.option("Client")))"
            + "&client_secret=\(percentEncoded(secret))&scope=\(percentEncoded(scope))"
        rules = try context.rules([root, login], hiding: [secret, percentEncoded(secret)])
    }

    func publish(_ post: IntranetPost, at remote: String?, over line: EndpointLine) throws(PostSetback) -> Told {
        try authorised(line) { (header) throws(PostSetback) in
            var known = remote
            if known == nil, post.isUncertain { known = try find(post, header, line) }
            if let id = known {
                do throws(PostSetback) {
                    _ = try line.send(.patch, page(id, typed: true), headers: [header], json: Self.page(post, isNew: false))
                    return try show(id, header, line)
                } catch { guard error.status == 404 else { throw error } }
            }
            let answer = try line.send(.post, pages, headers: [header], json: Self.page(post, isNew: true))
            guard let id = JSONValue(reading: answer.body)["id"].text else { throw line.strange("no id of a page", answer) }
            return try show(id, header, line)
        }
    }

    func withdraw(_ post: IntranetPost, at remote: String?, over line: EndpointLine) throws(PostSetback) -> Told {
        try authorised(line) { (header) throws(PostSetback) in
            var known = remote
            if known == nil { known = try find(post, header, line) }
            guard let id = known else { return Told() }
            do throws(PostSetback) { _ = try line.send(.delete, page(id), headers: [header]) } catch {
                guard error.status == 404 else { throw error }
            }
            return Told()
        }
    }

    func probe(over line: EndpointLine) throws(PostSetback) -> String {
        try authorised(line) { (header) throws(PostSetback) in
            _ = try line.send(.get, "\(pages)?$top=1&$select=id", headers: [header])
            return "the application may read the site's pages; whether it may write them is seen when a post is made"
        }
    }

    private func page(_ id: String, typed: Bool = false) -> String {
        "\(pages)/\(percentEncoded(id))" + (typed ? "/microsoft.graph.sitePage" : "")
    }

    /// Makes the page's latest version the one that readers see.
    private func show(_ id: String, _ header: (String, String), _ line: EndpointLine) throws(PostSetback) -> Told {
        _ = try line.send(.post, page(id, typed: true) + "/publish", headers: [header], body: [])
        return Told(remote: id)
    }

    private func find(_ post: IntranetPost, _ header: (String, String), _ line: EndpointLine) throws(PostSetback) -> String? {
        let filter = percentEncoded("name eq '\(post.key).aspx'")
        let answer = try line.send(.get, "\(pages)/microsoft.graph.sitePage?$filter=\(filter)&$select=id", headers: [header])
        return JSONValue(reading: answer.body)["value"].first["id"].text
    }

    /// The name and the kind of page are set once.
    private static func page(_ post: IntranetPost, isNew: Bool) -> JSONValue {
        var page: [String: JSONValue] = [
            "@odata.type": "#microsoft.graph.sitePage", "title": .text(post.title), "description": .text(post.summary.cut(to: 500)),
            "canvasLayout": [
                "horizontalSections": [
                    [
                        "layout": "oneColumn", "id": "1", "emphasis": "none",
                        "columns": [
                            [
                                "id": "1", "width": 12,
                                "webparts": [["@odata.type": "#microsoft.graph.textWebPart", "innerHtml": .text(post.html)]],
                            ]
                        ],
                    ]
                ]
            ],
        ]
        if isNew {
            page["name"] = .text("\(post.key).aspx")
            page["pageLayout"] = "article"
            page["promotionKind"] = "newsPost"
        }
        return .map(page)
    }

    private func authorised<Outcome>(
        _ line: EndpointLine, _ requests: ((String, String)) throws(PostSetback) -> Outcome
    ) throws(PostSetback) -> Outcome {
        try token.authorise({ () throws(PostSetback) in try logIn(line) }, requests)
    }

    private func logIn(_ line: EndpointLine) throws(PostSetback) -> BearerToken.Login {
        let answer = try line.send(
            .post, login, headers: [("Content-Type", "application/x-www-form-urlencoded")], body: Array(form.utf8), changesNothing: true)
        let said = JSONValue(reading: answer.body)
        guard let text = said["access_token"].text else { throw line.strange("no access token", answer) }
        return (text, .seconds(max(0, (said["expires_in"].number ?? 300) - 60)))
    }
}
