import Core
import Foundation
import Synchronization

/// A SCIM 2.0 service on a loopback port that answers its list of users in pages (RFC 7644, section 3.4.2.4), and may do so wrongly.
package final class ScriptedSCIMServer: Sendable {
    /// What it does wrong, from the second page on.
    package enum Fault: String, CaseIterable, Sendable { case emptyPage, otherTotal, samePage, serverError, notJSON }

    private final class Seen: Sendable { let targets = Mutex<[String]>([]) }

    private let server: ScriptedHTTPServer
    private let seen = Seen()

    package var url: String { server.url + "/scim/v2/Users" }
    /// What was asked for so far.
    package var targets: [String] { seen.targets.withLock { $0 } }

    /// `mostOfAPage` is given whatever `count` asks for beyond it.
    package init(people: Int, token: String, mostOfAPage: Int, fault: Fault? = nil) throws {
        let seen = seen
        server = try ScriptedHTTPServer(answering: { request in
            seen.targets.withLock { $0.append(request.target) }
            guard request.header("authorization") == "Bearer \(token)" else { return .status(401) }
            func number(_ name: String) -> Int {
                let found = request.target.split(whereSeparator: { "?&".contains($0) }).first { $0.hasPrefix(name + "=") }
                return found.flatMap { Int($0.dropFirst(name.count + 1)) } ?? 1
            }
            var (start, total) = (number("startIndex"), people)
            var end = min(people + 1, start + min(number("count"), mostOfAPage))
            if start > 1, let fault {
                switch fault {
                case .emptyPage: end = start
                case .otherTotal: total += 1
                case .samePage: (start, end) = (1, 1 + mostOfAPage)
                case .serverError: return .status(503)
                case .notJSON: return .status(200, body: Array("<html>".utf8))
                }
            }
            let users = (start..<max(start, end)).map { Self.user($0 - 1) }.joined(separator: ",")
            let body =
                #"{"schemas":["urn:ietf:params:scim:api:messages:2.0:ListResponse"],"totalResults":\#(total),"startIndex":\#(start),"#
                + #""itemsPerPage":\#(end - start),"Resources":[\#(users)]}"#
            return .status(200, headers: [("Content-Type", "application/scim+json")], body: Array(body.utf8))
        })
    }

    package func stop() { server.stop() }

    private static func user(_ number: Int) -> String {
        """
        {"id":"\(number)","userName":"u\(number)","active":\(number % 100 != 0),"displayName":"Søren \(number)","title":"sagsbehandler",
        "name":{"familyName":"Nr \(number)"},"preferredLanguage":"da-DK",
        "emails":[{"value":"privat\(number)@home.example"},{"value":"p\(number)@koege.example","primary":true}],
        "groups":[{"value":"1","display":"Alle"},{"value":"2","display":"Rådhuset"}],
        "urn:ietf:params:scim:schemas:extension:enterprise:2.0:User":{"department":"HR"}}
        """
    }
}
