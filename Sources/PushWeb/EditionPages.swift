import Core
import Crypto
import HTTPServer
import Ledger
import Synchronization

/// The web edition and its archive: `/editions/` and `/editions/<slug>`.
///
/// Comes in: a request. Goes out: the page as it was rendered at release or by the last correction, or the archive. On failure (the ledger
/// cannot be read, a template is broken) 503 with `Retry-After`, and the log says why; a page once served stays in memory and is served on.
///
/// An edition that goes ahead of another is for its readers alone, at `/editions/<slug>/<token>`, and unknown without the token. When the
/// other one is out, every link to it leads there: talking points are never for all.
package final class EditionPages: Sendable {
    private struct Archive {
        let editions: [EditionRecord]
        let resource: Resource
    }

    private static let contentType = "text/html; charset=utf-8"
    /// So many bytes of pages are kept in memory: the latest ten or more.
    private static let kept = 512 << 10
    /// More than a century of weekly editions of several publications.
    private static let archived = 10_000

    private let ledger: Ledger
    private let key: InstallationKey
    private let language: Language
    private let render: WebPage.Render
    private let log: Log
    /// A page as it stands between two corrections, and between two changes of the ledger's texts.
    private struct Page: Hashable {
        let edition: EditionID
        let corrections: Int
        let revision: Int
    }

    private let pages = Mutex(RecentlyUsed<Page, Resource>(limit: kept) { $0.bytes.count })
    private let archive = Mutex<Archive?>(nil)

    package init(ledger: Ledger, key: InstallationKey, language: Language, render: @escaping WebPage.Render, log: Log = Log("web")) {
        self.ledger = ledger
        self.key = key
        self.language = language
        self.render = render
        self.log = log
    }

    package func addRoutes(to router: inout Router) {
        router.get("/") { _ in .found("/editions/") }
        router.get("/editions") { _ in .found("/editions/") }
        router.get("/editions/") { [self] in archivePage($0) }
        router.get("/editions/{slug}") { [self] in editionPage($0) }
        router.get("/editions/{slug}/{token}") { [self] in editionPage($0) }
        // People get a page that leads on; players, scripts and robots a line.
        router.otherwise { [self] request in
            guard request.headers["Accept"]?.contains("text/html") == true else { return .refusal(404) }
            return answer { () throws(Fault) in try page(.notFound, status: 404) }
        }
    }

    /// Takes the archive's page out of memory: after the templates or the settings have changed.
    package func forget() { archive.withLock { $0 = nil } }

    private func editionPage(_ request: Request) -> Response {
        answer { () throws(Fault) in
            guard let edition = try ledger.edition(slug: request.captures["slug"] ?? ""), edition.web, edition.released != nil else {
                return try page(.notFound, status: 404)
            }
            let token = request.captures["token"]
            if let followed = edition.aheadOf {
                let main = try ledger.edition(of: followed, scheduled: edition.scheduled)
                if let main, main.released != nil, main.web { return .redirect(to: "/editions/\(main.slug)") }
                guard let token, EditionToken(slug: edition.slug, key: key).matches(token) else {
                    return try page(.notFound, status: 404)
                }
            } else if token != nil {
                return try page(.notFound, status: 404)
            }
            guard edition.state == .released else {
                // Gone, not unknown: a search engine is to forget it (RFC 9110, section 15.5.11). Readers are told why.
                guard let rendering = try ledger.rendering(of: edition.id, in: language) else { return try page(.notFound, status: 410) }
                return .html(rendering.web, status: 410)
            }
            guard let resource = try resource(edition) else { return try page(.notFound, status: 404) }
            return resource.response(to: request)
        }
    }

    /// Takes an edition's page into memory, before its first reader asks. Throws a ``Fault`` when the ledger cannot be read.
    func prepare(_ edition: EditionRecord) throws(Fault) { _ = try resource(edition) }

    private func resource(_ edition: EditionRecord) throws(Fault) -> Resource? {
        let page = Page(edition: edition.id, corrections: edition.corrections, revision: ledger.textRevision)
        if let known = pages.withLock({ $0[page] }) { return known }
        guard let rendering = try ledger.rendering(of: edition.id, in: language) else { return nil }
        let resource = Self.resource(
            rendering.web, changed: edition.corrected ?? edition.released ?? edition.release, isPrivate: edition.aheadOf != nil)
        pages.withLock { $0[page] = resource }
        return resource
    }

    private func archivePage(_ request: Request) -> Response {
        answer { () throws(Fault) in
            try archiveResource(try publicEditions()).response(to: request)
        }
    }

    /// What the archive names.
    private func publicEditions() throws(Fault) -> [EditionRecord] {
        try ledger.editions([.released, .recalled], limit: Self.archived).filter { $0.web && $0.aheadOf == nil }
    }

    private func archiveResource(_ editions: [EditionRecord]) throws(Fault) -> Resource {
        if let known = archive.withLock({ $0 }), known.editions == editions { return known.resource }
        let changed = editions.flatMap { [$0.released, $0.corrected] }.compactMap { $0 }.max() ?? Instant(seconds: 0)
        let resource = Self.resource(try render(.archive(editions), language), changed: changed)
        archive.withLock { $0 = Archive(editions: editions, resource: resource) }
        return resource
    }

    /// A page that everybody may read, whoever asks: what of the editions may lie where no question is asked.
    package struct PublicPage: Sendable {
        /// Its path without the slash before it; the archive's is `editions/index.html`, for it would else end in a slash.
        package var path: String
        /// Another text whenever the page is another.
        package var content: String
        package var contentType = EditionPages.contentType
        package var cacheControl = CacheControl.edition
        package var bytes: @Sendable () throws(Fault) -> [UInt8]?
    }

    /// The archive and each edition in it that has not been recalled, the latest first. Editions that go ahead of others are never among them.
    package func publicPages() throws(Fault) -> [PublicPage] {
        let editions = try publicEditions()
        let archive = try archiveResource(editions)
        let index = PublicPage(path: "editions/index.html", content: archive.entityTag) { () throws(Fault) in archive.bytes.array }
        return [index]
            + editions.filter { $0.state == .released }.map { edition in
                PublicPage(path: "editions/\(edition.slug)", content: "\(edition.id)+\(edition.corrections) \(language.rawValue)") {
                    [ledger, language] () throws(Fault) in
                    // Not by way of the pages in memory: those are for readers.
                    try ledger.rendering(of: edition.id, in: language).map { Array($0.web.utf8) }
                }
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

    private static func resource(_ page: String, changed: Instant, isPrivate: Bool = false) -> Resource {
        let bytes = Bytes(page)
        return Resource(
            bytes, contentType: contentType, digest: SHA256.hexadecimalDigest(bytes.array), lastModified: changed,
            cacheControl: isPrivate ? CacheControl.privateRevalidated : CacheControl.edition,
            headers: isPrivate ? ["X-Robots-Tag": "noindex"] : Headers())
    }
}

extension Response {
    /// For now: whoever has the page asks again.
    fileprivate static func redirect(to location: String) -> Response {
        Response(status: 302, headers: ["Location": location, "Cache-Control": CacheControl.never])
    }
}
