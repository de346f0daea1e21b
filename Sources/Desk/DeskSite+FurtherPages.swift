import Core
import Crypto
import HTTPServer

extension DeskSite {
    /// Pages about time, people, deliveries, channels and crises. A path of an edition here goes before its previews'.
    func addFurtherRoutes(to router: inout Router) {
        router.get("/desk/live.js") { request in
            guarded { house throws(Fault) in
                let bytes = Bytes(try house.press.deskScript())
                return Resource(
                    bytes, contentType: "text/javascript; charset=utf-8", digest: SHA256.hexadecimalDigest(bytes.array),
                    lastModified: Instant(seconds: 0), cacheControl: "no-cache"
                ).response(to: request)
            }
        }
        stream("/desk/arriving", &router) { desk throws(Fault) in try desk.arrivals() }
        page("/desk/calendar", &router) { desk throws(Fault) in try desk.calendar() }
        page("/desk/recipients", &router) { desk throws(Fault) in try desk.recipients() }
        act("/desk/recipients", &router) { desk, form throws(Fault) in try desk.actOnRecipients(form) }
        page("/desk/editions/{slug}/deliveries", &router) { desk throws(Fault) in try desk.deliveries() }
        page("/desk/editions/{slug}/deliveries.csv", &router) { desk throws(Fault) in try desk.deliveriesTable() }
        stream("/desk/editions/{slug}/progress", &router) { desk throws(Fault) in try desk.deliveryProgress() }
        act("/desk/editions/{slug}/deliveries", &router) { desk, form throws(Fault) in try desk.actOnDeliveries(form) }
        page("/desk/channels", &router) { desk throws(Fault) in try desk.channels() }
        act("/desk/channels", &router) { desk, form throws(Fault) in try desk.actOnChannels(form) }
        page("/desk/alert", &router) { desk throws(Fault) in try desk.alert() }
        page("/desk/alert/{id}/{view}", &router) { desk throws(Fault) in try desk.alertPreview() }
        act("/desk/alert", &router) { desk, form throws(Fault) in try desk.actOnAlert(form) }
    }

    /// What a page that is open listens to. Who is not logged in any more is told to stop asking (the HTML standard, section 9.2.3).
    private func stream(_ pattern: String, _ router: inout Router, _ make: @escaping @Sendable (DeskRequest) throws(Fault) -> Response) {
        router.get(pattern) { request in
            guarded { house throws(Fault) in
                let desk = DeskRequest(site: self, house: house, request: request, now: clock.now())
                guard case .visitor(let visitor) = try desk.signIn.finding(request, isActivity: false) else {
                    return Response(status: 204, headers: ["Cache-Control": "no-store"])
                }
                return try make(desk.with(visitor))
            }
        }
    }
}
