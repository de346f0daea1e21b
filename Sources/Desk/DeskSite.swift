import Core
import Crypto
import Dispatch
import HTTPServer
import Ledger
import Press

/// The editors' pages under `/desk/`.
///
/// Comes in: requests of people who are logged in. Goes out: pages made from the ledger, and acts done by the same use cases as the command
/// line's. Every refusal (no login, an ended session, a forged header, a form of another's, a role that may not) is answered with a page
/// that says so and stands in the audit trail; nothing has changed then. When the ledger or a template fails, 503 says so.
package struct DeskSite: Sendable {
    let house: @Sendable () -> DeskHouse?
    let clock: any WallClock
    let log: Log
    let notices = Notices()
    let refusals = RefusalShare()
    /// Long acts, one after another, away from the server's thread.
    let work = DispatchQueue(label: "desk")
    let live = LiveParts()
    let audienceCounts = AudienceCounts()
    let standing = StandingEditions()
    let drafts = AlertDrafts()
    let submissions: SubmissionDesk

    /// `house` is `nil` when the settings have no desk.
    package init(clock: any WallClock, log: Log = Log("desk"), house: @escaping @Sendable () -> DeskHouse?) {
        self.clock = clock
        self.log = log
        self.house = house
        submissions = SubmissionDesk(clock: clock, log: log)
    }

    /// Whether a request whose headers are in may bring a large body: an item with its picture, from somebody who may send one.
    package func permitsLargeBody(_ request: Request) -> Bool {
        guard request.method == .post, request.path == "/desk/submit", MultipartForm.isMeant(request), let house = house(),
            house.dropFolder != nil, case .visitor(let visitor)? = try? SignIn(house: house, now: clock.now()).finding(request)
        else { return false }
        return visitor.submitsAny
    }

    package func addRoutes(to router: inout Router) {
        router.get("/desk") { _ in .seeOther("/desk/") }
        router.get("/desk/style.css") { request in
            guarded { house throws(Fault) in
                let bytes = Bytes(try house.press.deskStyle())
                return Resource(
                    bytes, contentType: "text/css; charset=utf-8", digest: SHA256.hexadecimalDigest(bytes.array),
                    lastModified: Instant(seconds: 0), cacheControl: "no-cache"
                ).response(to: request)
            }
        }
        router.get("/desk/editor.js") { request in
            guarded { house throws(Fault) in
                let bytes = Bytes(house.script)
                return Resource(
                    bytes, contentType: "text/javascript; charset=utf-8", digest: SHA256.hexadecimalDigest(bytes.array),
                    lastModified: Instant(seconds: 0), cacheControl: "no-cache"
                ).response(to: request)
            }
        }
        router.get("/desk/login") { showLogin($0) }
        router.post("/desk/login") { logIn($0) }
        act("/desk/logout", &router) { desk, _ throws(Fault) in try desk.logOut() }
        page("/desk/", &router) { desk throws(Fault) in try desk.today() }
        page("/desk/items", &router) { desk throws(Fault) in try desk.items() }
        page("/desk/items/{id}", &router) { desk throws(Fault) in try desk.item() }
        page("/desk/items/{id}/{view}", &router) { desk throws(Fault) in try desk.itemPreview() }
        act("/desk/items/{id}", &router) { desk, form throws(Fault) in try desk.actOnItem(form) }
        page("/desk/submit", &router) { desk throws(Fault) in try desk.submitPage() }
        act("/desk/submit", &router) { desk, form throws(Fault) in try desk.submit(form) }
        page("/desk/submit/{source}/{name}", &router) { desk throws(Fault) in try desk.sent() }
        page("/desk/submit/{source}/{name}/receipt.html", &router) { desk throws(Fault) in try desk.sentReceipt() }
        page("/desk/submit/{source}/{name}/events", &router) { desk throws(Fault) in try desk.sentEvents() }
        page("/desk/editions", &router) { desk throws(Fault) in try desk.editions() }
        page("/desk/editions/{slug}", &router) { desk throws(Fault) in try desk.edition() }
        addFurtherRoutes(to: &router)
        page("/desk/editions/{slug}/{view}", &router) { desk throws(Fault) in try desk.editionPreview() }
        act("/desk/editions/{slug}", &router) { desk, form throws(Fault) in try desk.actOnEdition(form) }
        page("/desk/log", &router) { desk throws(Fault) in try desk.auditTrail() }
    }

    /// A page that one must be logged in for.
    func page(_ pattern: String, _ router: inout Router, _ make: @escaping @Sendable (DeskRequest) throws(Fault) -> Response) {
        router.get(pattern) { request in
            guarded { house throws(Fault) in
                let desk = DeskRequest(site: self, house: house, request: request, now: clock.now())
                switch try desk.signIn.finding(request) {
                case .visitor(let visitor): return try make(desk.with(visitor))
                case .nobody:
                    return .seeOther(
                        "/desk/login?next="
                            + request.target.path.split(separator: "/", omittingEmptySubsequences: false)
                            .map { PercentEncoding.encoded(String($0)) }.joined(separator: "/"))
                case .forged: return try desk.refuse("open", .foreignProxy, .forbidden)
                }
            }
        }
    }

    /// What changes something: only for who is logged in, and only from a form of their own.
    func act(
        _ pattern: String, _ router: inout Router, _ make: @escaping @Sendable (DeskRequest, DeskForm) throws(Fault) -> Response
    ) {
        router.post(pattern) { request in
            guarded { house throws(Fault) in
                let desk = DeskRequest(site: self, house: house, request: request, now: clock.now())
                let form = DeskForm(request)
                let act = form["act"] ?? "act"
                switch try desk.signIn.finding(request) {
                case .visitor(let visitor):
                    let desk = desk.with(visitor)
                    guard desk.isSameSite, FormToken.isValid(form["token"] ?? "", for: visitor.holder, key: house.key) else {
                        return try desk.refuse(act, .staleForm, .stale)
                    }
                    return try make(desk, form)
                case .nobody(let ended): return try desk.refuse(act, ended ? .sessionEnded : .noLogin, .noLogin)
                case .forged: return try desk.refuse(act, .foreignProxy, .forbidden)
                }
            }
        }
    }

    private func showLogin(_ request: Request) -> Response {
        guarded { house throws(Fault) in
            let desk = DeskRequest(site: self, house: house, request: request, now: clock.now())
            if case .visitor = try desk.signIn.finding(request) { return .seeOther("/desk/") }
            return try desk.loginPage(next: request.query("next"), name: "", problem: nil)
        }
    }

    private func logIn(_ request: Request) -> Response {
        guarded { house throws(Fault) in
            let desk = DeskRequest(site: self, house: house, request: request, now: clock.now())
            let form = DeskForm(request)
            guard desk.isSameSite else { return try desk.refuse("log in", .foreignForm, .stale) }
            let name = form["name"] ?? ""
            switch try desk.signIn.attempt(name: name, password: form["password"] ?? "", request) {
            case .welcome(let cookie):
                return Response.seeOther(DeskRequest.ownPath(form["next"]), headers: ["Set-Cookie": cookie])
            case .wrong: return try desk.loginPage(next: form["next"], name: name, problem: house.text("desk.loginWrong"))
            case .wait(let until):
                let time = house.zone.civil(until + .minutes(1))
                let clock = house.text("date.clock", ["hour": String(time.hour), "minute": padded(time.minute, 2)])
                return try desk.loginPage(
                    next: form["next"], name: name, problem: house.text("desk.loginWait", ["clock": clock]), status: 429)
            }
        }
    }

    func guarded(_ make: (DeskHouse) throws(Fault) -> Response) -> Response {
        guard let house = house() else { return .refusal(404) }
        do throws(Fault) { return try make(house) } catch {
            log.error("\(error)")
            return (try? DeskRequest.trouble(house)) ?? .refusal(503, headers: ["Retry-After": "30", "Cache-Control": "no-store"])
        }
    }
}

extension Response {
    /// After an act: the browser asks for the page anew, so that a reload repeats nothing.
    static func seeOther(_ location: String, headers: Headers = Headers()) -> Response {
        var all = headers
        all.add("Location", location)
        all.add("Cache-Control", "no-store")
        return Response(status: 303, headers: all)
    }
}
