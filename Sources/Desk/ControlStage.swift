import Core
import Foundation
import HTTPServer

/// Serves the control socket: an operator's ``Operation`` in, its ``Answer`` or its fault out. A request that cannot be read is
/// answered with 400 and changes nothing.
package final class ControlStage: Stage {
    package let name = "control"
    private let server: Server

    /// `perform` does the operation; it runs on the socket's own thread, one operation at a time.
    package init(folder: String, perform: @escaping @Sendable (Operation, String) throws(Fault) -> Answer) {
        var router = Router()
        router.post(ControlSocket.path) { request in
            guard let asked = try? JSONDecoder().decode(ControlSocket.Request.self, from: Data(request.body)) else {
                return .text("This is not an operation.\n", status: 400)
            }
            let reply: ControlSocket.Reply
            do throws(Fault) {
                reply = .answer(try perform(asked.operation, asked.actor))
            } catch {
                reply = .fault(operation: error.operation, object: error.object, cause: error.cause, mend: error.mend)
            }
            guard let body = try? JSONEncoder().encode(reply) else { return .text("The answer cannot be written.\n", status: 500) }
            return Response(status: 200, headers: ["Content-Type": "application/json"], body: Bytes(Array(body)))
        }
        server = Server(.unix(folder + "/" + ControlSocket.fileName), router: router)
    }

    package func start() throws(Fault) { try server.start() }
    package func stop() { server.stop() }
}
