import Core
import Crypto
import Curl
import Press

/// How one kind of intranet is told of a post. One small type a kind; each passes the conformance suite in `Tests/PushIntranetTests`.
///
/// A connector holds its secret and no state of the posts: what the receiver calls a post comes from the ledger and goes back to it.
package protocol Connector: Sendable {
    /// What every request has in common.
    var rules: EndpointRules { get }
    /// The shortest time between two posts; zero for a receiver that sets no rate.
    var pace: Span { get }
    /// Makes the post, or corrects it when `remote` says under what name the receiver has it. A second call with the same post makes
    /// no second one, as far as the receiver offers a way to know it: by identifier, by a name of our choosing, or by asking first.
    func publish(_ post: IntranetPost, at remote: String?, over line: EndpointLine) throws(PostSetback) -> Told
    /// Removes the post, or says that it no longer holds. What is not there any more is no setback.
    func withdraw(_ post: IntranetPost, at remote: String?, over line: EndpointLine) throws(PostSetback) -> Told
    /// Whether ``prepare(_:over:)`` does anything.
    var takesPicturesAhead: Bool { get }
    /// Has a picture of a coming post there already, so that its release need not wait for it; the post then finds it.
    func prepare(_ picture: IntranetPost.Attachment, over line: EndpointLine) throws(PostSetback)
    /// Tries whether posts could be made, without making one: what works, in a few words.
    func probe(over line: EndpointLine) throws(PostSetback) -> String
}

extension Connector {
    package var pace: Span { .milliseconds(0) }
    package var takesPicturesAhead: Bool { false }
    package func prepare(_ picture: IntranetPost.Attachment, over line: EndpointLine) throws(PostSetback) {}
}

/// What a receiver has taken.
package struct Told: Hashable, Sendable {
    /// What it calls the post; `nil` when it gives no name or has it no more.
    package var remote: String?
    /// What a person has to do there, because the receiver cannot be told.
    package var byHand: String?

    package init(remote: String? = nil, byHand: String? = nil) {
        self.remote = remote
        self.byHand = byHand
    }
}

extension Endpoint {
    /// The connector of this endpoint's kind. `folder` is what relative files are relative to; `timeLimit` the time for one answer.
    /// Throws a ``Fault`` when the address, the secret or a template is not usable.
    package func connector(relativeTo folder: String, timeLimit: Span = .seconds(20)) throws(Fault) -> any Connector {
        let context = ConnectorContext(endpoint: self, folder: folder, timeLimit: timeLimit)
        return switch kind {
        case .webhook: try WebhookConnector(context)
        case .generic: try GenericConnector(context)
        case .wordpress: try WordPressConnector(context)
        case .drupal: try DrupalConnector(context)
        case .sharepoint: try SharePointConnector(context)
        case .teams: try TeamsConnector(context)
        case .mattermost: try MattermostConnector(context)
        case .slack: try SlackConnector(context)
        case .os2display: try OS2DisplayConnector(context)
        case .websub: try WebSubConnector(context)
        }
    }
}

/// What a connector is made of.
struct ConnectorContext {
    let endpoint: Endpoint
    let folder: String
    let timeLimit: Span

    /// The endpoint's address as it is written.
    func exactURL() throws(Fault) -> String {
        guard let url = endpoint.url else {
            throw Fault("read", "[Endpoint \(endpoint.name)]", cause: "it has no URL=", mend: "Add it.")
        }
        return url
    }

    /// The endpoint's address without a slash at its end, for paths below it.
    func url() throws(Fault) -> String {
        let url = try exactURL()
        return url.hasSuffix("/") ? String(url.dropLast()) : url
    }

    func option(_ key: String) throws(Fault) -> String {
        guard let value = endpoint.options[key] else {
            throw Fault("read", "[Endpoint \(endpoint.name)]", cause: "it has no \(key)=", mend: "Add it.")
        }
        return value
    }

    func secretBytes() throws(Fault) -> Secret {
        guard let file = endpoint.secretFile else {
            throw Fault("read", "[Endpoint \(endpoint.name)]", cause: "it has no SecretFile=", mend: "Add it.")
        }
        return try Secret(file: file, relativeTo: folder)
    }

    /// The secret as one line of text. Throws when it has several, or is not UTF-8.
    func secret() throws(Fault) -> String {
        let bytes = try secretBytes().bytes
        guard let text = String(validating: bytes, as: UTF8.self), !text.contains(where: \.isNewline) else {
            throw Fault(
                "read the secret", endpoint.secretFile ?? "", cause: "it is not one line of text",
                mend: "Write the secret alone into the file.")
        }
        return text
    }

    /// The address that a chat's service gave, which is the secret itself.
    func secretAddress() throws(Fault) -> String {
        let address = try secret()
        _ = try HTTPAddress(address)
        return address
    }

    /// A secret address, and what stands in it behind the host: a receiver may repeat either.
    static func parts(of address: String) throws(Fault) -> [String] {
        let path = String(address.dropFirst(try HTTPAddress(address).origin.count))
        return [address, path] + path.split { "/?&=".contains($0) }.map(String.init).filter { $0.count >= 6 }
    }

    /// The rules for requests to these addresses, with what no reply may repeat.
    func rules(_ addresses: [String], hiding hidden: [String], headers: [(String, String)] = []) throws(Fault) -> EndpointRules {
        var rules = try EndpointRules(endpoint, addresses: addresses, timeLimit: timeLimit)
        rules.hidden = hidden
        rules.headers = headers + (try ownHeaders())
        return rules
    }

    /// `Header=Name: value` lines. Throws when one is none.
    private func ownHeaders() throws(Fault) -> [(String, String)] {
        var headers: [(String, String)] = []
        for line in endpoint.headers {
            let parts = line.split(separator: ":", maxSplits: 1).map { $0.trimming { $0 == " " } }
            guard parts.count == 2, HTTPHeader(parts[0], parts[1]) != nil else {
                throw Fault(
                    "read", "Header=", cause: "‘\(line.prefix { $0 != ":" })’ is not followed by a colon and a value",
                    mend: "Write Header=Name: value")
            }
            headers.append((parts[0], parts[1]))
        }
        return headers
    }

    /// `Authorization` for a user and a password (RFC 7617), and the forms in which the password must not be repeated.
    static func basic(_ user: String, _ password: String) -> (header: (String, String), hidden: [String]) {
        let code = base64(Array("\(user):\(password)".utf8))
        return (("Authorization", "Basic " + code), [password, code])
    }
}

extension StringProtocol {
    fileprivate func trimming(_ isSpace: (Character) -> Bool) -> String {
        String(drop(while: isSpace).reversed().drop(while: isSpace).reversed())
    }
}
