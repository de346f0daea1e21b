import Core
import Curl
import Foundation
import Push

/// Tries a relay without a mail: name, connection, EHLO, STARTTLS and login, then QUIT.
package enum RelayTrial {
    /// What works, in a few words. `folder` is what relative paths of the settings are relative to. Throws a ``Fault`` with its mend when
    /// mails could not be handed over.
    package static func attempt(_ relay: Relay, folder: String, clock: any WallClock = SystemClock()) throws(Fault) -> String {
        switch try EmailChannel.way(relay, folder) {
        case .directory(let path):
            guard access(path, W_OK | X_OK) == 0 else {
                throw Fault("write into", path, cause: errnoText(), mend: "Let the service's user write there.")
            }
            return "mails become files in \(path)"
        case .relay(let endpoint):
            let token = relay.token.map { AccessToken($0, folder: folder, clock: clock) }
            let session = try RelayDoor(endpoint, token: token, SMTPLimits()).open(Interruption())
            session.quit()
            let isSafe = endpoint.url.hasPrefix("smtps://") || endpoint.effectiveStartTLS == .required
            return "\(session.relayName) answers" + (isSafe ? ", over TLS" : "") + (endpoint.user == nil ? "" : ", and takes the login")
        }
    }
}
