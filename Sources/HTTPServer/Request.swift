/// What the server can do with a resource; any other method is answered 501 (RFC 9110, section 15.6.2) before a handler sees it.
package enum Method: String, Hashable, Sendable, CaseIterable {
    case get = "GET"
    case head = "HEAD"
    case post = "POST"
}

/// One whole request, as a handler sees it.
package struct Request: Sendable {
    package let method: Method
    package let target: RequestTarget
    package let headers: Headers
    package let body: [UInt8]
    /// The client's address without port, or empty on a Unix socket; behind a trusted proxy the one that it names.
    package let remoteAddress: String
    /// Whether the client came by TLS, to us or to a trusted proxy.
    package internal(set) var isSecure = false
    /// Whether a trusted proxy handed it on, so that what it says of the person is to be believed.
    package internal(set) var isFromTrustedProxy = false
    /// What the route's `{name}` places matched; filled by the ``Router``.
    package internal(set) var captures: Captures = [:]

    package init(_ method: Method, _ target: RequestTarget, headers: Headers = Headers(), body: [UInt8] = [], remoteAddress: String = "") {
        self.method = method
        self.target = target
        self.headers = headers
        self.body = body
        self.remoteAddress = remoteAddress
    }

    package var path: String { target.path }

    /// The first value of a name in the query, decoded; `nil` when it is not there.
    package func query(_ name: String) -> String? { PercentEncoding.form(target.rawQuery).first { $0.name == name }?.value }

    /// The fields of a form that was posted as `application/x-www-form-urlencoded`; empty for any other body.
    package var form: [(name: String, value: String)] {
        let type = headers["Content-Type"]?.prefix { $0 != ";" } ?? ""
        guard type.lowercased().filter({ $0 != " " }) == "application/x-www-form-urlencoded",
            let text = String(validating: body, as: UTF8.self)
        else { return [] }
        return PercentEncoding.form(text)
    }

    package func formValue(_ name: String) -> String? { form.first { $0.name == name }?.value }
}
