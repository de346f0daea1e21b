import Core
import Crypto
import HTTPServer
import Ledger
import Synchronization

/// The web edition as an app, and "Få besked på telefonen": `/editions/phone`, the manifest, the service worker, the icons, and the requests by
/// which a browser switches its notifications on, changes what they are about, and ends them.
///
/// Comes in: a request. Goes out: a page, or with POST the change, on the disk before the answer. No login and no cookie: who knows
/// a subscription's address, which only its browser and its push service do, may change it. Posts are taken from pages of this origin alone,
/// are bounded in size and number, and may name no push service but those of ``PushServices``. On failure nothing has changed and 503
/// says so. The service worker lies below `/editions/`, so that the desk, the screens and the choices are out of its reach.
package final class PhonePages: Sendable {
    /// `nil` when the settings offer no phones.
    package typealias Source = @Sendable () throws(Fault) -> PhoneSite?

    /// No inline script; the page talks to this server alone.
    static let contentSecurityPolicy =
        "default-src 'none'; script-src 'self'; style-src 'self' 'unsafe-inline'; img-src 'self' data:; connect-src 'self'; "
        + "manifest-src 'self'; worker-src 'self'; form-action 'self'; base-uri 'none'"

    private let ledger: Ledger
    private let clock: any WallClock
    private let site: Source
    private let log: Log
    private let budget = RequestBudget()
    private let resources = Mutex<[String: Resource]>([:])

    package init(ledger: Ledger, clock: any WallClock, log: Log = Log("web"), site: @escaping Source) {
        self.ledger = ledger
        self.clock = clock
        self.log = log
        self.site = site
    }

    package func addRoutes(to router: inout Router) {
        router.get("/editions/phone") { [self] request in
            answer { site throws(Fault) in
                let language = request.query("language").flatMap(Language.init(rawValue:)) ?? site.language
                return resource("phone \(language)", Array(try site.page(language).utf8), "text/html; charset=utf-8").response(to: request)
            }
        }
        router.get("/editions/offline") { [self] request in
            answer { site throws(Fault) in
                resource("offline", Array(try site.offline().utf8), "text/html; charset=utf-8").response(to: request)
            }
        }
        router.get("/editions/app.webmanifest") { [self] request in
            answer { site throws(Fault) in
                resource("manifest", Array(site.manifest.utf8), "application/manifest+json").response(to: request)
            }
        }
        for name in PhoneSite.fileNames {
            let type = name.hasSuffix(".png") ? "image/png" : "text/javascript; charset=utf-8"
            router.get("/editions/\(name)") { [self] request in
                answer { site throws(Fault) in
                    guard let bytes = site.files[name] else { return .refusal(404) }
                    return resource(name, bytes, type).response(to: request)
                }
            }
        }
        router.post("/editions/phone/choice") { [self] in change($0, choose) }
        router.post("/editions/phone/state") { [self] in change($0, state) }
        router.post("/editions/phone/end") { [self] in change($0, end) }
        router.post("/editions/phone/renewal") { [self] in change($0, renew) }
    }

    private func answer(_ make: (PhoneSite) throws(Fault) -> Response) -> Response {
        do throws(Fault) {
            guard let site = try site() else { return .refusal(404) }
            return try make(site)
        } catch {
            log.error("\(error)")
            return .refusal(503, headers: ["Retry-After": "30"])
        }
    }

    /// The same object for as long as the bytes are the same.
    private func resource(_ name: String, _ bytes: [UInt8], _ type: String) -> Resource {
        let bytes = Bytes(bytes)
        return resources.withLock { resources in
            if let former = resources[name], former.bytes == bytes { return former }
            let fresh = Resource(
                bytes, contentType: type, digest: SHA256.hexadecimalDigest(bytes.array), lastModified: clock.now(),
                cacheControl: CacheControl.revalidated, headers: ["Content-Security-Policy": Self.contentSecurityPolicy])
            resources[name] = fresh
            return fresh
        }
    }

    // MARK: Requests of a browser about its own subscription

    private func change(_ request: Request, _ act: (PhoneForm, PhoneSite) throws(Fault) -> Response) -> Response {
        answer { site throws(Fault) in
            let now = clock.now()
            guard Self.isOwnPage(request, site) else { return Self.refusal(403, "origin") }
            guard budget.permits(request.remoteAddress, at: now) else {
                return Self.refusal(429, "busy", headers: ["Retry-After": String(RequestBudget.rest(at: now))])
            }
            guard request.body.count <= PhoneForm.limit else { return Self.refusal(413, "size") }
            let type = request.headers["Content-Type"]?.prefix { $0 != ";" } ?? ""
            guard type.lowercased().filter({ $0 != " " }) == "application/json" else { return Self.refusal(415, "type") }
            guard let form = PhoneForm(request.body) else { return Self.refusal(400, "form") }
            return try act(form, site)
        }
    }

    /// Browsers name the page's origin with every POST.
    private static func isOwnPage(_ request: Request, _ site: PhoneSite) -> Bool {
        if let from = request.headers["Sec-Fetch-Site"] { return from == "same-origin" }
        guard let origin = request.headers["Origin"] else { return false }
        return origin == site.publicURL || origin.hasSuffix("://" + (request.headers["Host"] ?? "?"))
    }

    private func choose(_ form: PhoneForm, _ site: PhoneSite) throws(Fault) -> Response {
        guard let subscription = form.subscription, let publications = form.publications, publications.count <= 1_000 else {
            return Self.refusal(400, "form")
        }
        guard let address = site.services.address(subscription.endpoint) else { return Self.refusal(422, "service") }
        guard let phone = subscription.phone(at: address.origin, form.language ?? site.language) else { return Self.refusal(400, "key") }
        // Only what is offered may be stored: the form is in the hands of who sends it.
        let chosen = Set(publications).intersection(site.publications)
        switch try ledger.choosePhone(phone, chosen, limit: PhoneSite.limit, at: clock.now()) {
        case .kept: return Self.json(["publications": chosen.sorted()])
        case .full: return Self.refusal(503, "full", headers: ["Retry-After": "86400"])
        }
    }

    private func state(_ form: PhoneForm, _ site: PhoneSite) throws(Fault) -> Response {
        guard let endpoint = form.endpoint else { return Self.refusal(400, "form") }
        guard let chosen = try ledger.phoneChoice(endpoint) else { return Self.refusal(404, "unknown") }
        return Self.json(["publications": chosen.intersection(site.publications).sorted()])
    }

    private func end(_ form: PhoneForm, _ site: PhoneSite) throws(Fault) -> Response {
        guard let endpoint = form.endpoint else { return Self.refusal(400, "form") }
        // One that is not known is ended already.
        _ = try ledger.endPhone(endpoint, at: clock.now())
        return Self.json(["publications": [String]()])
    }

    private func renew(_ form: PhoneForm, _ site: PhoneSite) throws(Fault) -> Response {
        guard let former = form.former, let subscription = form.subscription else { return Self.refusal(400, "form") }
        guard let address = site.services.address(subscription.endpoint) else { return Self.refusal(422, "service") }
        guard let phone = subscription.phone(at: address.origin, site.language) else { return Self.refusal(400, "key") }
        guard try ledger.renewPhone(former, phone, at: clock.now()) else { return Self.refusal(404, "unknown") }
        return try state(form.asking(subscription.endpoint), site)
    }

    private static func json(_ value: [String: [String]], status: Int = 200) -> Response {
        let fields = value.map { name, texts in "\"\(name)\":[" + texts.map { "\"\($0)\"" }.joined(separator: ",") + "]" }
        return Response(
            status: status, headers: ["Content-Type": "application/json", "Cache-Control": CacheControl.never],
            body: Bytes("{" + fields.joined(separator: ",") + "}"))
    }

    private static func refusal(_ status: Int, _ problem: String, headers: Headers = Headers()) -> Response {
        var all = headers
        all.add("Content-Type", "application/json")
        all.add("Cache-Control", CacheControl.never)
        return Response(status: status, headers: all, body: Bytes("{\"problem\":\"\(problem)\"}"))
    }
}

extension PhoneForm {
    fileprivate func asking(_ endpoint: String) -> PhoneForm {
        var form = self
        form.endpoint = endpoint
        return form
    }
}
