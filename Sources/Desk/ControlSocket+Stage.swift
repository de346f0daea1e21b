import Core
import Foundation
import HTTPServer

extension ControlSocket {
    /// The stage that serves the control socket: an operator's ``OperatorRequest`` in, its ``Answer`` or its fault out. A request that
    /// cannot be read is answered with 400 and changes nothing.
    ///
    /// `perform` does the operation; it runs on the socket's own thread, one request at a time.
    package static func stage(
        folder: String, perform: @escaping @Sendable (OperatorRequest, String) throws(Fault) -> Answer
    ) -> ServerStage {
        var router = Router()
        router.post(path) { request in
            guard let asked = try? JSONDecoder().decode(Request.self, from: Data(request.body)) else {
                return .text("This is not a request.\n", status: 400)
            }
            let result = Result { () throws(Fault) in try perform(asked.request, asked.actor) }
            guard let body = try? JSONEncoder().encode(Reply(result)) else { return .text("The answer cannot be written.\n", status: 500) }
            return Response(status: 200, headers: ["Content-Type": "application/json"], body: Bytes(Array(body)))
        }
        var limits = Limits()
        limits.body = limit
        return ServerStage("control", .unix(folder + "/" + fileName), limits: limits, handler: router.response)
    }
}
