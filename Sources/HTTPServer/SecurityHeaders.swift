/// What every response says to a browser, so that no page has to remember it.
package enum SecurityHeaders {
    /// For pages: no script at all, styles of our own, pictures from here or inline, forms to here. Styles stand in the pages themselves, in
    /// colours that the organisation chooses, hence `unsafe-inline` for them alone.
    package static let contentSecurityPolicy =
        "default-src 'none'; style-src 'self' 'unsafe-inline'; img-src 'self' data:; manifest-src 'self'; form-action 'self'; base-uri 'none'"
    /// What no page of ours asks for.
    package static let permissionsPolicy = "camera=(), geolocation=(), microphone=(), payment=(), usb=()"
}

/// The security headers of one server: as ``SecurityHeaders``, with what its configuration adds.
package final class SecurityPolicy: Sendable {
    /// The values of [Web] `FrameAncestors=`: origins that may show a page within theirs, beside this one.
    private let frameAncestors: String
    /// Only with TLS of our own: behind a proxy that is the proxy's to promise (RFC 6797, section 7.2).
    private let isTLS: Bool

    package init(frameAncestors: [String] = [], isTLS: Bool = false) {
        self.frameAncestors = (["'self'"] + frameAncestors).joined(separator: " ")
        self.isTLS = isTLS
    }

    /// Adds what is missing; a handler that set a field itself keeps its value, but who may frame a page is never a page's to say.
    func applied(to given: Headers) -> Headers {
        var headers = given
        headers.setDefault("X-Content-Type-Options", "nosniff")
        if isTLS { headers.setDefault("Strict-Transport-Security", "max-age=31536000") }
        guard headers["Content-Type"]?.hasPrefix("text/html") == true else { return headers }
        headers.setDefault("Content-Security-Policy", SecurityHeaders.contentSecurityPolicy)
        if let policy = headers["Content-Security-Policy"], !policy.contains("frame-ancestors") {
            headers.set("Content-Security-Policy", policy + "; frame-ancestors " + frameAncestors)
        }
        headers.setDefault("Referrer-Policy", "no-referrer")
        headers.setDefault("Permissions-Policy", SecurityHeaders.permissionsPolicy)
        return headers
    }
}
