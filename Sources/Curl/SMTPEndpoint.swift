import Core

/// A mail relay and how to talk to it safely.
package struct SMTPEndpoint: Sendable {
    /// `smtp://host:port` or `smtps://host:port`, nothing behind it.
    package let url: String
    package var startTLS: Relay.StartTLS
    /// A file of certificates (PEM) that are trusted in place of the system's.
    package var caFile: String?
    package var user: String?
    package var password: String?
    /// An OAuth 2 access token, in place of the password: the login is XOAUTH2 or OAUTHBEARER (RFC 7628), nothing else.
    package var token: String?
    /// What EHLO says; `nil` for this machine's name.
    package var helloName: String?
    /// For all of it: name, connection, TLS, EHLO and login.
    package var openingLimit: Span

    /// Throws a ``Fault`` when the address is not one of a relay.
    package init(
        url: String, startTLS: Relay.StartTLS, caFile: String? = nil, user: String? = nil, password: String? = nil,
        helloName: String? = nil, openingLimit: Span = .seconds(30)
    ) throws(Fault) {
        let schemes = ["smtp://", "smtps://"]
        guard let scheme = schemes.first(where: url.hasPrefix), Self.isAuthority(url.dropFirst(scheme.count)) else {
            throw Fault(
                "use the relay", "URL", cause: "it is not smtp://host:port or smtps://host:port",
                mend: "Write the address so; user and password have keys of their own.")
        }
        self.url = url.hasSuffix("/") ? String(url.dropLast()) : url
        self.startTLS = startTLS
        self.caFile = caFile
        self.user = user
        self.password = password
        self.helloName = helloName
        self.openingLimit = openingLimit
    }

    /// With a login `preferred` is `required`: who takes the offer of STARTTLS out on the way must not get the password for it.
    package var effectiveStartTLS: Relay.StartTLS { user != nil && startTLS == .preferred ? .required : startTLS }

    /// A host, a port or both: no user, path or query.
    private static func isAuthority(_ text: Substring) -> Bool {
        let authority = text.hasSuffix("/") ? text.dropLast() : text
        return !authority.isEmpty
            && authority.utf8.allSatisfy { byte in
                switch byte {
                case 0x30...0x39, 0x41...0x5A, 0x61...0x7A: true
                default: ".-:[]_".utf8.contains(byte)
                }
            }
    }
}
