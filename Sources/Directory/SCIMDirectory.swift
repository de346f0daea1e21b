import Core
import Crypto
import Curl
import Foundation

/// The employees as a SCIM 2.0 service has them (RFC 7643, RFC 7644).
///
/// Comes in: the ListResponse of its users, page by page (`startIndex`, `count`), with a bearer token. Goes out: a person for each user
/// that is active. On failure (another status, a page that is no ListResponse, fewer people than `totalResults`, a list that changed
/// between two pages) nobody is taken.
package struct SCIMDirectory: DirectorySource {
    private let server: DirectoryServer
    private let folder: String

    private static let most = 500_000
    private static let pageLimit = 64 << 20
    private static let enterprise = "urn:ietf:params:scim:schemas:extension:enterprise:2.0:User"

    /// Which attribute fills which column, the first that is there.
    static let usual: [String: [String]] = [
        "email": ["emails.value", "userName"], "name": ["displayName", "name.formatted"], "department": ["department"],
        "location": ["addresses.locality"], "role": ["title"], "language": ["preferredLanguage"], "groups": ["groups.display"],
    ]

    package init(_ server: DirectoryServer, folder: String) {
        self.server = server
        self.folder = folder
    }

    package var name: String { (try? HTTPAddress(server.url))?.origin ?? "the SCIM service" }

    package func people() throws(Fault) -> Result<[Person], SettingsProblems> {
        let token = try server.tokenFile.map { file throws(Fault) in
            String(decoding: try Secret(file: file, relativeTo: folder).bytes, as: UTF8.self)
        }
        var entries: [DirectoryEntry] = []
        var identifiers: Set<String> = []
        var total: Int?
        var start = 1
        repeat {
            let page = try page(from: start, token)
            guard total == nil || total == page.total else { throw changed }
            total = page.total
            for user in page.users {
                let identifier = user["id"] as? String ?? "\(start + entries.count)"
                guard identifiers.insert(identifier).inserted else { throw changed }
                if user["active"] as? Bool ?? true { entries.append(entry(user)) }
            }
            guard !page.users.isEmpty || identifiers.count >= page.total else {
                throw refused("it said that there are \(page.total) people and gave \(identifiers.count)", "Look in the service's log.")
            }
            start += page.users.count
        } while identifiers.count < total ?? 0
        guard identifiers.count == total else { throw changed }
        return DirectoryEntry.table(entries, server, source: name)
    }

    private func refused(_ cause: String, _ mend: String) -> Fault { Fault("ask", name, cause: cause, mend: mend) }

    private var changed: Fault { refused("the list changed while it was read", "It is tried again.") }

    private func page(from start: Int, _ token: String?) throws(Fault) -> (total: Int, users: [[String: Any]]) {
        var query = "startIndex=\(start)&count=\(server.pageSize)"
        if let filter = server.filter {
            query += "&filter=" + (filter.addingPercentEncoding(withAllowedCharacters: .alphanumerics) ?? "")
        }
        let address = try HTTPAddress(server.url + (server.url.contains("?") ? "&" : "?") + query)
        var headers = [HTTPHeader("Accept", "application/scim+json, application/json")].compactMap { $0 }
        if let token {
            guard let header = HTTPHeader("Authorization", "Bearer \(token)") else {
                throw refused("the token has a control character", "Write the token alone into its file.")
            }
            headers.append(header)
        }
        var request = HTTPRequest(.get, address, headers: headers)
        // A directory stands in the house's own network as a rule.
        request.reach = .anywhere
        request.caFile = server.caFile
        request.timeLimit = .minutes(2)
        request.responseLimit = Self.pageLimit
        let response = try request.send()
        guard response.status == 200 else {
            throw refused(
                "it answered \(response.status)",
                [401, 403].contains(response.status) ? "Check the token and its rights." : "Check the address, and the service's log.")
        }
        guard let list = try? JSONSerialization.jsonObject(with: Data(response.body)) as? [String: Any],
            let total = list["totalResults"] as? Int, (0...Self.most).contains(total)
        else { throw refused("its answer is no ListResponse of SCIM", "Check that URL= ends in /Users.") }
        return (total, list["Resources"] as? [[String: Any]] ?? [])
    }

    private func entry(_ user: [String: Any]) -> DirectoryEntry {
        var entry = DirectoryEntry()
        let attributes = Self.usual.merging(server.attributes.mapValues { [$0] }) { $1 }
        for (column, paths) in attributes {
            let found = paths.lazy.map { Self.values(user, $0) }.first { !$0.isEmpty } ?? []
            if column == "groups" {
                entry.cells[column] = found.map { String($0.map { ",|".contains($0) ? " " : $0 }) }.joined(separator: "|")
            } else {
                entry.cells[column] = found.first
            }
        }
        return entry
    }

    /// The texts at a path such as `name.formatted` or `emails.value`, the primary one first; what the user lacks is looked for in the
    /// enterprise extension.
    static func values(_ user: [String: Any], _ path: String) -> [String] {
        let keys = path.split(separator: ".").map(String.init)
        let own = texts(user, keys[...])
        return own.isEmpty ? (user[enterprise] as? [String: Any]).map { texts($0, keys[...]) } ?? [] : own
    }

    private static func texts(_ value: Any?, _ keys: ArraySlice<String>) -> [String] {
        if let list = value as? [Any] {
            let primary = list.filter { ($0 as? [String: Any])?["primary"] as? Bool == true }
            let others = list.filter { ($0 as? [String: Any])?["primary"] as? Bool != true }
            return (primary + others).flatMap { texts($0, keys) }
        }
        guard let key = keys.first else {
            if let text = value as? String { return text.isEmpty ? [] : [text] }
            return []
        }
        return texts((value as? [String: Any])?[key], keys.dropFirst())
    }
}
