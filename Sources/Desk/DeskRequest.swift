import Core
import Crypto
import Foundation
import HTTPServer
import Ledger
import Press

/// One request to the desk with everything that its page is made from.
struct DeskRequest: Sendable {
    let site: DeskSite
    let house: DeskHouse
    let request: Request
    let now: Instant
    /// Set once it is known who asks.
    private(set) var known: Visitor?

    init(site: DeskSite, house: DeskHouse, request: Request, now: Instant) {
        self.site = site
        self.house = house
        self.request = request
        self.now = now
    }

    func with(_ visitor: Visitor) -> DeskRequest {
        var copy = self
        copy.known = visitor
        return copy
    }

    var ledger: Ledger { house.ledger }
    var signIn: SignIn { SignIn(house: house, now: now) }
    /// Nobody may do anything.
    var visitor: Visitor { known ?? Visitor(name: "", address: nil, roles: [], holder: "", hasSession: false) }

    func text(_ key: String, _ places: [String: String] = [:]) -> String { house.text(key, places) }

    /// Whether the browser says that the form stands on a page of this host. A browser that says nothing is let through: the form's token
    /// decides then.
    var isSameSite: Bool {
        if let site = request.headers["Sec-Fetch-Site"] { return site == "same-origin" || site == "none" }
        guard let origin = request.headers["Origin"] else { return true }
        return origin == house.publicURL || origin.hasSuffix("://" + (request.headers["Host"] ?? "?"))
    }

    /// A path of the desk; the front page for anything else, so that a login leads nowhere else.
    static func ownPath(_ path: String?) -> String {
        guard let path, path.hasPrefix("/desk/"), path.utf8.allSatisfy({ $0 > 0x20 && $0 < 0x7F && $0 != 0x5C }) else { return "/desk/" }
        return path
    }

    // MARK: Answers

    enum Refusal { case noLogin, stale, forbidden }

    /// Refuses an act, and writes it down.
    func refuse(_ act: String, _ why: Phrase, _ kind: Refusal) throws(Fault) -> Response {
        let actor = known?.name ?? "desk"
        let path = String(request.path.prefix(200))
        let said = why.written(["act": act])
        site.log.notice("refused \(path): \(said)", ["ADDRESS": request.remoteAddress])
        if site.refusals.permits(request.remoteAddress, at: now) {
            try ledger.recordRefusal(by: actor, of: String(act.prefix(40)), path, why, at: now)
        }
        switch kind {
        case .noLogin:
            return try message(
                text("desk.noLoginTitle"), text("desk.noLoginText"), to: "/desk/login", label: text("desk.toLogin"), status: 403)
        case .stale: return try message(text("desk.staleTitle"), text("desk.staleText"), status: 403)
        case .forbidden: return try message(text("desk.forbiddenTitle"), text("desk.forbiddenText"), status: 403)
        }
    }

    func forbid(_ act: String) throws(Fault) -> Response { try refuse(act, .roleMayNot, .forbidden) }

    /// For who asks when the ledger or a template fails.
    static func trouble(_ house: DeskHouse) throws(Fault) -> Response {
        let html = try house.press.deskPage(
            .message, language: house.language,
            [
                "title": .text(house.text("desk.troubleTitle")), "text": .text(house.text("desk.troubleText")), "address": "/desk/",
                "label": .text(house.text("desk.back")),
            ])
        return Response(
            status: 503,
            headers: [
                "Content-Type": "text/html; charset=utf-8", "Cache-Control": "no-store", "Content-Security-Policy": policy,
                "Retry-After": "30",
            ], body: Bytes(html))
    }

    func notFound() throws(Fault) -> Response { try message(text("desk.missingTitle"), text("desk.missingText"), status: 404) }

    private func message(
        _ title: String, _ words: String, to address: String = "/desk/", label: String? = nil, status: Int
    ) throws(Fault) -> Response {
        try page(
            .message, title,
            ["text": .text(words), "address": .text(address), "label": .text(label ?? text("desk.back"))], status: status)
    }

    func loginPage(next: String?, name: String, problem: String?, status: Int = 200) throws(Fault) -> Response {
        var values: [String: Value] = ["next": .text(Self.ownPath(next)), "name": .text(String(name.prefix(64)))]
        if let problem { values["notices"] = [["text": .text(problem), "isProblem": true]] }
        return try page(.login, text("desk.logIn"), values, status: status)
    }

    func logOut() throws(Fault) -> Response {
        if visitor.hasSession { try ledger.endSession(visitor.holder, at: now) }
        return .seeOther("/desk/login", headers: ["Set-Cookie": signIn.cookieHeader(nil, request)])
    }

    /// Runs an act and tells on the next page how it ended.
    func done(_ back: String, _ success: String, _ work: () throws(Fault) -> Void) -> Response {
        do throws(Fault) {
            try work()
            tell(success)
        } catch {
            tell(failure(error), isProblem: true)
        }
        return .seeOther(back)
    }

    func failure(_ fault: Fault) -> String {
        site.log.warning("\(visitor.name): \(fault)")
        return text("desk.failed", ["cause": "\(fault.operation) \(fault.object): \(fault.cause)"])
    }

    func tell(_ words: String, isProblem: Bool = false) {
        site.notices.add(.init(text: words, isProblem: isProblem), for: visitor.holder)
    }

    /// A page in the desk's frame.
    func page(_ template: DeskTemplate, _ title: String, _ values: [String: Value], status: Int = 200) throws(Fault) -> Response {
        var all = values
        all["title"] = .text(title)
        if let known {
            all["user"] = .text(known.name)
            all["canLogOut"] = .bool(known.hasSession)
            all["token"] = .text(token)
            let menu = menu
            all["menu"] = .list(menu)
            all["hasMenu"] = .bool(!menu.isEmpty)
            all["notices"] = .list(
                site.notices.take(known.holder).map { ["text": .text($0.text), "isProblem": .bool($0.isProblem)] })
        }
        let html = try house.press.deskPage(template, language: house.language, all)
        return Response(
            status: status,
            headers: [
                "Content-Type": "text/html; charset=utf-8", "Cache-Control": "no-store", "Content-Security-Policy": Self.policy,
                // The server's own would have forms say that they come from nowhere.
                "Referrer-Policy": "same-origin",
            ], body: Bytes(html))
    }

    /// One script and one sheet of our own, none in the page itself; pictures, frames and events from here alone; nobody shows the desk
    /// within their page.
    private static let policy =
        "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; frame-src 'self'; connect-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
    /// For what a frame of the desk holds: mails and pages as readers get them, with their own styles, without script or form.
    private static let previewPolicy =
        "default-src 'none'; style-src 'unsafe-inline'; img-src 'self' data:; base-uri 'none'; form-action 'none'; sandbox; frame-ancestors 'self'"

    var token: String { FormToken.text(for: visitor.holder, key: house.key) }

    private var menu: [Value] {
        var entries = [("/desk/", text("desk.today")), ("/desk/items", text("desk.items"))]
        if visitor.submitsAny, house.dropFolder != nil { entries.append(("/desk/submit", text("desk.submit"))) }
        if visitor.seesEditions { entries.append(("/desk/editions", text("desk.editions"))) }
        if visitor.seesEditions { entries.append(("/desk/calendar", text("desk.calendar"))) }
        if visitor.seesRecipients { entries.append(("/desk/recipients", text("desk.recipients"))) }
        if visitor.seesChannels { entries.append(("/desk/channels", text("desk.channels"))) }
        if visitor.canAlert { entries.append(("/desk/alert", text("desk.alert"))) }
        if visitor.seesLog { entries.append(("/desk/log", text("desk.log"))) }
        return entries.map { address, label in
            let isCurrent = address == "/desk/" ? request.path == address : request.path.hasPrefix(address)
            return ["address": .text(address), "label": .text(label), "isCurrent": .bool(isCurrent)]
        }
    }

    // MARK: Previews

    /// One channel's form of a rendering, with its pictures from here.
    func preview(_ rendering: EditionRendering, _ view: String) throws(Fault) -> Response {
        var html: String
        switch view {
        case "mail.html":
            html = PersonalCopy(rendering, name: "", preferencesURL: house.publicURL + "/editions/").html
            for picture in rendering.pictures {
                guard let address = try pictureAddress(picture.digest) else { continue }
                html = html.replacing("cid:" + picture.contentID, with: address)
            }
        case "mail.txt":
            return framed(PersonalCopy(rendering, name: "", preferencesURL: house.publicURL + "/editions/").text, type: "text/plain")
        case "web.html": html = rendering.web
        default: return try notFound()
        }
        // The readers' address may be another host's.
        html = html.replacing("\"\(house.publicURL)/pictures/", with: "\"/pictures/")
        return framed(html)
    }

    /// A page for one of the desk's frames, closed to scripts and forms.
    func framed(_ page: String, type: String = "text/html") -> Response {
        Response(
            status: 200,
            headers: [
                "Content-Type": "\(type); charset=utf-8", "Cache-Control": "no-store", "Content-Security-Policy": Self.previewPolicy,
            ], body: Bytes(page))
    }

    /// Where a picture is shown: the logo is the Press's, all others are the ledger's.
    func pictureAddress(_ digest: PictureDigest) throws(Fault) -> String? {
        if let logo = house.press.identity.logo, logo.digest == digest { return "/pictures/" + logo.fileName }
        return try ledger.pictureFacts(digest).map { "/pictures/" + $0.fileName }
    }

    // MARK: Words

    func stateLabel(_ state: ItemState) -> String {
        switch state {
        case .accepted: text("desk.stateAccepted")
        case .approved: text("desk.stateApproved")
        case .held: text("desk.stateHeld")
        case .withdrawn: text("desk.stateWithdrawn")
        case .superseded: text("desk.stateSuperseded")
        }
    }

    func stateLabel(_ state: EditionState) -> String {
        switch state {
        case .open: text("desk.stateOpen")
        case .closed: text("desk.stateClosed")
        case .held: text("desk.stateHeld")
        case .released: text("desk.stateReleased")
        case .skipped: text("desk.stateSkipped")
        case .recalled: text("desk.stateRecalled")
        }
    }

    func row(_ item: ItemLine) -> [String: Value] {
        [
            "address": .text("/desk/items/\(item.id)"), "title": .text(item.title), "state": .text(item.state.rawValue),
            "stateLabel": .text(stateLabel(item.state)),
            "facts": .text(text("desk.received", ["source": shown(item.source), "moment": house.moment(item.revised)])),
        ]
    }

    /// A source as people call it: of a crisis message without the folder, when anybody's name is left then.
    func shown(_ source: String) -> String {
        let name = AlertSource.shown(source)
        return name.isEmpty ? text("desk.alert") : name
    }

    /// What people call a feed: its publication's title when it is one's, else the name that it was given.
    func title(ofFeed name: String) -> String { house.publications.first { $0.name == name }?.title ?? name }

    /// When an edition goes out or went; for one that waits for somebody or was left out, when it should have. There is none yet of one that is only planned.
    func release(_ edition: EditionRecord?, planned: Instant) -> String {
        if let released = edition?.released { return text("desk.wentOut", ["moment": house.moment(released)]) }
        let moment = ["moment": house.moment(edition?.release ?? planned)]
        return edition?.state == .held || edition?.state == .skipped ? text("desk.wasToGoOut", moment) : text("desk.goesOut", moment)
    }

    func row(_ edition: EditionRecord) -> Value {
        [
            "address": .text("/desk/editions/\(edition.slug)"), "title": .text(edition.title), "state": .text(edition.state.rawValue),
            "stateLabel": .text(stateLabel(edition.state)), "facts": .text(release(edition, planned: edition.release)),
        ]
    }
}
