/// What a handler answers. The server adds `Date`, `Content-Length` and the ``SecurityHeaders``; to HEAD it sends no body.
package struct Response: Sendable {
    package let status: Int
    package let headers: Headers
    package let body: Bytes
    /// Keeps the same response as the library holds it, when it belongs to a ``Resource`` and is sent many times.
    let shelf: PreparedShelf?
    /// What feeds the body after the headers, in place of `body`.
    let opening: Opening?

    typealias Opening = @Sendable (EventStream) -> Void

    package init(status: Int, headers: Headers = Headers(), body: Bytes = .empty) {
        self.init(status: status, headers: headers, body: body, shelf: nil)
    }

    init(status: Int, headers: Headers, body: Bytes, shelf: PreparedShelf?, opening: Opening? = nil) {
        self.status = status
        self.headers = headers
        self.body = body
        self.shelf = shelf
        self.opening = opening
    }

    /// Server-sent events that go on until the client leaves, the stream is closed or the server stops. `open` runs on the server's thread
    /// for a GET and keeps the stream to send on it from any thread, or joins it to an ``EventTopic``. When there are already as many
    /// streams as ``Limits`` permit, the answer is 503 and `open` does not run; to HEAD the headers go alone.
    package static func eventStream(_ open: @escaping @Sendable (EventStream) -> Void) -> Response {
        Response(
            status: 200,
            // nginx buffers an answer of a server behind it unless told not to.
            headers: ["Content-Type": "text/event-stream", "Cache-Control": CacheControl.never, "X-Accel-Buffering": "no"], body: .empty,
            shelf: nil, opening: open)
    }

    package static func text(_ text: String, status: Int = 200) -> Response {
        Response(
            status: status, headers: ["Content-Type": "text/plain; charset=utf-8", "Cache-Control": CacheControl.never], body: Bytes(text))
    }

    /// A page made for this request; `no-store` unless told otherwise.
    package static func html(_ page: String, status: Int = 200, cacheControl: String = CacheControl.never) -> Response {
        Response(status: status, headers: ["Content-Type": "text/html; charset=utf-8", "Cache-Control": cacheControl], body: Bytes(page))
    }

    package static func found(_ location: String) -> Response { Response(status: 302, headers: ["Location": location]) }

    /// A short plain text for a request that cannot be served; handlers with readers answer with a page of their own.
    package static func refusal(_ status: Int, headers: Headers = Headers()) -> Response {
        var all = headers
        all.add("Content-Type", "text/plain; charset=utf-8")
        all.setDefault("Cache-Control", CacheControl.never)
        return Response(status: status, headers: all, body: Bytes("\(status) \(reasons[status] ?? "Error")\n"))
    }

    private static let reasons = [
        400: "Bad Request", 403: "Forbidden", 404: "Not Found", 405: "Method Not Allowed", 411: "Length Required", 413: "Content Too Large",
        500: "Internal Server Error", 501: "Not Implemented", 503: "Service Unavailable",
    ]
}
