/// What every response says to a browser, so that no page has to remember it.
package enum SecurityHeaders {
    /// For pages: no script at all, styles of our own, pictures from here or inline, forms to here; a kiosk of the same origin may frame it.
    package static let contentSecurityPolicy =
        "default-src 'none'; style-src 'self' 'unsafe-inline'; img-src 'self' data:; form-action 'self'; base-uri 'none'; frame-ancestors 'self'"

    /// Adds what is missing; a handler that set a field itself keeps its value.
    static func apply(to headers: inout Headers) {
        headers.setDefault("X-Content-Type-Options", "nosniff")
        guard headers["Content-Type"]?.hasPrefix("text/html") == true else { return }
        headers.setDefault("Content-Security-Policy", contentSecurityPolicy)
        headers.setDefault("Referrer-Policy", "no-referrer")
    }
}
