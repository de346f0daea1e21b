import Core
import Foundation
import HTTPServer

/// The operators' way to a running daemon: one POST of an ``OperatorRequest`` as JSON on a Unix socket that only the service's user may
/// open, its ``Answer`` back. Who can open the socket may do everything; there is no other check.
package enum ControlSocket {
    /// The socket's name in the state folder.
    package static let fileName = "control.sock"
    package static let path = "/request"
    /// The largest request: an import of 100,000 recipients.
    package static let limit = 64 << 20

    /// What goes over the socket: who asks for what.
    package struct Request: Codable, Sendable {
        package var actor: String
        package var request: OperatorRequest

        package init(actor: String, request: OperatorRequest) {
            self.actor = actor
            self.request = request
        }
    }

    /// What comes back: an answer, or the fault's four parts.
    package enum Reply: Codable, Sendable {
        case answer(Answer)
        case fault(operation: String, object: String, cause: String, mend: String)

        package init(_ result: Result<Answer, Fault>) {
            self =
                switch result {
                case .success(let answer): .answer(answer)
                case .failure(let fault): .fault(operation: fault.operation, object: fault.object, cause: fault.cause, mend: fault.mend)
                }
        }

        package var result: Result<Answer, Fault> {
            switch self {
            case .answer(let answer): .success(answer)
            case .fault(let operation, let object, let cause, let mend): .failure(Fault(operation, object, cause: cause, mend: mend))
            }
        }
    }
}
