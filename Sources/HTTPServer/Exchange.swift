import CMicroHTTPD

/// One request while it is being received, and the decision what becomes of it.
///
/// The library calls three times and more: once when the headers are in (here only a request whose framing cannot be trusted is
/// answered, because an answer at that point closes the connection), once for each piece of the body, and once at the end.
final class Exchange {
    /// What the library is to do next.
    enum Step {
        case goOn
        case answer(Response)
        /// Without an answer: the client would send for ever.
        case cut
    }

    private let rawTarget: String
    private let limits: Limits
    private(set) var isBegun = false
    private(set) var method: Method?
    /// As ``Request/remoteAddress``, once the handler was asked.
    private(set) var client = ""
    private var target: RequestTarget?
    private var headers = Headers()
    private var body: [UInt8] = []
    private var received = 0
    private var bodyLimit: Int
    /// Whether it was permitted a body beyond ``Limits/body``.
    private(set) var isLarge = false

    init(rawTarget: String, limits: Limits) {
        self.rawTarget = rawTarget
        self.limits = limits
        bodyLimit = limits.body
    }

    /// The headers are in. `targetLength` is what the target took on the wire, in bytes: the library hands it over as a C string, which a
    /// NUL would cut, and what is cut is not what a proxy in front has checked.
    ///
    /// `isPlain`: every header line ended in CR LF and was one line. `permitsLarge` is asked for a body that is larger than usual.
    func begin(
        method: String, version: String, headers: Headers, targetLength: Int, isPlain: Bool, permitsLarge: (Exchange) -> Bool
    ) -> Step {
        isBegun = true
        guard rawTarget.utf8.count == targetLength, isPlain else { return .answer(Self.closing(400)) }
        self.method = Method(rawValue: method)
        self.headers = headers
        target = RequestTarget(rawTarget)
        switch MessageFraming(headers, version: version) {
        case .refused: return .answer(Self.closing(400))
        case .length(let length) where length > limits.body && length <= limits.largeBody && target != nil && permitsLarge(self):
            isLarge = true
            bodyLimit = length
            return .goOn
        case .length(let length) where length > limits.discarded: return .answer(Self.closing(413))
        // The client waits before it sends the body: it need not send it at all (RFC 9110, section 10.1.1).
        case .length(let length) where length > limits.body && headers.contains("Expect"): return .answer(Self.closing(413))
        // The library takes a bare LF for the end of a chunk's line (RFC 9112, section 7.1, has none), and who counts a body in another way than
        // the proxy in front can be led astray. No form of ours and no proxy's request comes in chunks, so a length is asked for (section 6.3).
        case .chunked: return .answer(Self.closing(411))
        case .length, .noBody: return target == nil ? .answer(Self.closing(400)) : .goOn
        }
    }

    /// A piece of the body. What is over the limit is counted and thrown away.
    func receive(_ piece: UnsafeRawBufferPointer) -> Step {
        received += piece.count
        guard received <= bodyLimit else {
            body = []
            return received > limits.discarded ? .cut : .goOn
        }
        body.append(contentsOf: piece)
        return .goOn
    }

    /// The whole message is in.
    func finish(from connection: Connection?, _ proxies: TrustedProxies, isTLS: Bool, handler: Router.Handler) -> Response {
        guard received <= bodyLimit else { return Self.closing(413) }
        guard target != nil else { return Self.closing(400) }
        guard let request = request(from: connection, proxies, isTLS: isTLS) else { return .refusal(501) }
        client = request.remoteAddress
        return handler(request)
    }

    /// As far as it is in; `nil` for a method or target that no handler sees.
    func request(from connection: Connection?, _ proxies: TrustedProxies, isTLS: Bool) -> Request? {
        guard let target, let method else { return nil }
        let peer = connection?.peer
        let client = proxies.client(peer, headers)
        let address = (client == peer ? connection?.peerText : client?.text) ?? ""
        var request = Request(method, target, headers: headers, body: body, remoteAddress: address)
        request.isSecure = isTLS || proxies.isSecure(peer, headers)
        request.isFromTrustedProxy = proxies.contains(peer)
        return request
    }

    private static func closing(_ status: Int) -> Response { .refusal(status, headers: ["Connection": "close"]) }
}
