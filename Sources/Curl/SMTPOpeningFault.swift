import CCurl
import Core

/// Why a relay could not be reached or is not safe to talk to, for the operator.
enum SMTPOpeningFault {
    /// Whether the relay refused the login itself: with a token, a new one may do.
    static func isRefusedLogin(_ fault: Fault) -> Bool { fault.cause == known[CURLE_LOGIN_DENIED.rawValue]?.cause }

    static func fault(_ code: CURLcode, _ endpoint: SMTPEndpoint, lastReply: String?) -> Fault {
        if let (cause, mend) = known[code.rawValue] { return Fault("connect to", endpoint.url, cause: cause, mend: mend) }
        var cause = String(cString: curl_easy_strerror(code))
        // The last reply is the refusal; it is the relay's text and holds nothing of ours but its view of our name.
        if let lastReply, lastReply.hasPrefix("4") || lastReply.hasPrefix("5") { cause += ": " + told(lastReply, endpoint) }
        return Fault("connect to", endpoint.url, cause: cause, mend: "See the relay's own log.")
    }

    /// A relay may repeat what it was sent.
    private static func told(_ reply: String, _ endpoint: SMTPEndpoint) -> String {
        for secret in [endpoint.password, endpoint.token] where secret.map(reply.contains) ?? false { return String(reply.prefix(3)) }
        return String(reply.prefix(200))
    }

    private static let known: [UInt32: (cause: String, mend: String)] = [
        CURLE_COULDNT_RESOLVE_HOST.rawValue: ("the host's name is not known", "Check URL and the machine's DNS."),
        CURLE_COULDNT_CONNECT.rawValue: ("nobody answers there", "Check URL, the relay and the firewalls between."),
        CURLE_OPERATION_TIMEDOUT.rawValue: ("it did not answer in time", "Check the relay's load and the firewalls between."),
        CURLE_USE_SSL_FAILED.rawValue: (
            "it does not offer STARTTLS, or somebody on the way has removed the offer; nothing was sent",
            "Enable STARTTLS on the relay. StartTLS=none sends in clear."
        ),
        CURLE_PEER_FAILED_VERIFICATION.rawValue: (
            "its certificate is not valid for this name; nothing was sent",
            "Renew the relay's certificate, or name its authority's file in CAFile."
        ),
        CURLE_SSL_CACERT_BADFILE.rawValue: ("the file in CAFile cannot be read", "Name a file of PEM certificates."),
        CURLE_SSL_CONNECT_ERROR.rawValue: ("the TLS handshake failed", "The relay must speak TLS 1.2 or newer."),
        CURLE_ABORTED_BY_CALLBACK.rawValue: ("the service is stopping", "Nothing is to be done."),
        CURLE_LOGIN_DENIED.rawValue: ("it refused the login", "Check User, and PasswordFile or the token."),
    ]
}

extension Fault {
    /// Whether this is a relay's refusal of the login.
    package var isRefusedLogin: Bool { SMTPOpeningFault.isRefusedLogin(self) }
}
