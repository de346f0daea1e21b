import Core
import HTTPServer
import Ledger

/// "Was this useful?": `/useful/<slug>`.
///
/// Comes in: one of two links of a mail or a web edition. Goes out: with GET a page with two buttons, and nothing changes, because
/// mail scanners follow links; with POST one more answer is counted. The address is the same for everybody, nothing is read or
/// set of who asks: an answer has no person behind it, and may be given twice. On failure nothing is counted and 503 says so.
package struct UsefulnessPages: Sendable {
    private let ledger: Ledger
    private let language: Language
    private let render: WebPage.Render
    private let log: Log

    package init(ledger: Ledger, language: Language, render: @escaping WebPage.Render, log: Log = Log("web")) {
        self.ledger = ledger
        self.language = language
        self.render = render
        self.log = log
    }

    package func addRoutes(to router: inout Router) {
        router.get("/useful/{slug}") { request in
            answer(request) { edition throws(Fault) in
                .useful(action: "/useful/\(edition.slug)", title: edition.title, isYes: request.query("answer") != "no")
            }
        }
        router.post("/useful/{slug}") { request in
            answer(request) { edition throws(Fault) in
                let given = request.formValue("answer")
                guard given == "yes" || given == "no" else {
                    return .useful(action: "/useful/\(edition.slug)", title: edition.title, isYes: true)
                }
                try ledger.countUsefulness(edition.id, useful: given == "yes")
                return .usefulThanks
            }
        }
    }

    private func answer(_ request: Request, _ make: (EditionRecord) throws(Fault) -> WebPage) -> Response {
        do throws(Fault) {
            guard let edition = try ledger.edition(slug: request.captures["slug"] ?? ""), edition.released != nil else {
                return .html(try render(.notFound, language), status: 404)
            }
            return .html(try render(try make(edition), language))
        } catch {
            log.error("\(error)")
            return .refusal(503, headers: ["Retry-After": "30"])
        }
    }
}
