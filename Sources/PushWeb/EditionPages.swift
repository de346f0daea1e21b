import Core
import Crypto
import HTTPServer
import Ledger
import Synchronization

/// The web edition and its archive: `/editions/` and `/editions/<slug>`.
///
/// Comes in: a request. Goes out: the page as it was rendered at release, which never changes, or the archive. On failure (the ledger
/// cannot be read, a template is broken) 503 with `Retry-After`, and the log says why; a page once served stays in memory and is served on.
package final class EditionPages: Sendable {
    private struct Archive {
        let editions: [EditionRecord]
        let resource: Resource
    }

    private struct Key: Hashable {
        let edition: EditionID
        /// Of the ledger's texts.
        let revision: Int
    }

    /// Pages kept in memory, at about 100 KB each.
    private static let kept = 64
    /// More than a century of weekly editions of several publications.
    private static let archived = 10_000

    private let ledger: Ledger
    private let language: Language
    private let render: WebPage.Render
    private let log: Log
    private let pages = Mutex(RecentlyUsed<Key, Resource>(limit: kept) { _ in 1 })
    private let archive = Mutex<Archive?>(nil)

    package init(ledger: Ledger, language: Language, render: @escaping WebPage.Render, log: Log = Log("web")) {
        self.ledger = ledger
        self.language = language
        self.render = render
        self.log = log
    }

    package func addRoutes(to router: inout Router) {
        router.get("/") { _ in .found("/editions/") }
        router.get("/editions") { _ in .found("/editions/") }
        router.get("/editions/") { [self] in archivePage($0) }
        router.get("/editions/{slug}") { [self] in editionPage($0) }
    }

    /// Takes the archive's page out of memory: after the templates or the settings have changed.
    package func forget() { archive.withLock { $0 = nil } }

    private func editionPage(_ request: Request) -> Response {
        answer { () throws(Fault) in
            guard let edition = try ledger.edition(slug: request.captures["slug"] ?? ""), edition.web, edition.released != nil else {
                return try page(.notFound, status: 404)
            }
            // Gone, not unknown: a search engine is to forget it (RFC 9110, section 15.5.11).
            guard edition.state == .released else { return try page(.notFound, status: 410) }
            let key = Key(edition: edition.id, revision: ledger.textRevision)
            if let known = pages.withLock({ $0[key] }) { return known.response(to: request) }
            guard let rendering = try ledger.rendering(of: edition.id, in: language) else { return try page(.notFound, status: 404) }
            let resource = Self.resource(rendering.web, changed: edition.released ?? edition.release)
            pages.withLock { $0[key] = resource }
            return resource.response(to: request)
        }
    }

    private func archivePage(_ request: Request) -> Response {
        answer { () throws(Fault) in
            let editions = try ledger.editions([.released], limit: Self.archived).filter(\.web)
            if let known = archive.withLock({ $0 }), known.editions == editions { return known.resource.response(to: request) }
            let changed = editions.compactMap(\.released).max() ?? Instant(seconds: 0)
            let resource = Self.resource(try render(.archive(editions), language), changed: changed)
            archive.withLock { $0 = Archive(editions: editions, resource: resource) }
            return resource.response(to: request)
        }
    }

    private func page(_ page: WebPage, status: Int) throws(Fault) -> Response { .html(try render(page, language), status: status) }

    private func answer(_ make: () throws(Fault) -> Response) -> Response {
        do throws(Fault) {
            return try make()
        } catch {
            log.error("\(error)")
            return .refusal(503, headers: ["Retry-After": "30"])
        }
    }

    private static func resource(_ page: String, changed: Instant) -> Resource {
        let bytes = Bytes(page)
        return Resource(
            bytes, contentType: "text/html; charset=utf-8", digest: SHA256.hexadecimalDigest(bytes.array), lastModified: changed,
            cacheControl: CacheControl.edition)
    }
}
