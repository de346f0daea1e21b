import Core
import Curl
import Push

/// Opens sessions with one relay, with the login that is good now.
///
/// A token that the relay refuses is asked for anew, once; the second refusal is the ``Fault``. No secret is in any fault.
struct RelayDoor {
    private let endpoint: SMTPEndpoint
    private let token: AccessToken?
    private let limits: SMTPLimits

    init(_ endpoint: SMTPEndpoint, token: AccessToken?, _ limits: SMTPLimits) {
        self.endpoint = endpoint
        self.token = token
        self.limits = limits
    }

    func open(_ interruption: Interruption) throws(Fault) -> SMTPSession {
        guard let token else { return SMTPSession(try SMTPConnection(endpoint, interruption), limits: limits) }
        let first = try token.current()
        do throws(Fault) {
            return try open(first, interruption)
        } catch {
            guard error.isRefusedLogin else { throw error }
            token.refuse(first)
            let second = try token.current()
            guard second != first else { throw error }
            return try open(second, interruption)
        }
    }

    private func open(_ token: String, _ interruption: Interruption) throws(Fault) -> SMTPSession {
        var endpoint = endpoint
        endpoint.token = token
        return SMTPSession(try SMTPConnection(endpoint, interruption), limits: limits)
    }
}
