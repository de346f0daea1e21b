import CCurl
import Core

extension HTTPRequest {
    /// The `User-Agent` of every request.
    package static let userAgent = "Budstikke"

    /// What became of a request.
    package enum Outcome: Sendable {
        case answered(HTTPResponse)
        /// The request went out whole and no whole answer came: the receiver may have acted on it.
        case unanswered(Fault)
        /// The receiver has not got the whole request.
        case unsent(Fault)
    }

    /// Carries the request out, on the calling thread. An answer of any status is no fault.
    ///
    /// Throws a ``Fault`` when there is no whole answer: the name unknown, the peer refused by ``reach``, no connection, a bad
    /// certificate, a bound met. It names the origin only, never a path, a header's value or a body.
    package func send() throws(Fault) -> HTTPResponse {
        switch try attempt() {
        case .answered(let response): return response
        case .unanswered(let fault), .unsent(let fault): throw fault
        }
    }

    /// As ``send()``, for who must know whether the receiver may have got the request. Throws only when libcurl cannot start.
    /// With `line` a connection that a former request has left open is used again.
    package func attempt(over line: HTTPLine? = nil) throws(Fault) -> Outcome {
        let handle: EasyHandle
        if let line { handle = try line.ready(for: reach) } else { handle = try EasyHandle() }
        let inbox = ResponseInbox(limit: responseLimit, reach: reach)
        configure(handle)
        let context = Unmanaged.passUnretained(inbox).toOpaque()
        handle.set(CURLOPT_WRITEFUNCTION, callback: receiveBody)
        handle.set(CURLOPT_WRITEDATA, context: context)
        handle.set(CURLOPT_HEADERFUNCTION, callback: receiveHeader)
        handle.set(CURLOPT_HEADERDATA, context: context)
        _ = budstikke_set_open_socket(handle.pointer, openSocket)
        handle.set(CURLOPT_OPENSOCKETDATA, context: context)
        if let interruption { handle.interrupt(by: interruption) }
        let code = withExtendedLifetime((inbox, interruption)) { curl_easy_perform(handle.pointer) }
        if code == CURLE_OK || inbox.excess == .body && longResponse == .isCut {
            return .answered(
                HTTPResponse(
                    status: handle.long(CURLINFO_RESPONSE_CODE), headers: inbox.headers, body: inbox.body, isCut: inbox.excess == .body))
        }
        let fault = HTTPFailure.fault(code, self, inbox)
        let wentOut = handle.long(CURLINFO_REQUEST_SIZE) > 0 && handle.offset(CURLINFO_SIZE_UPLOAD_T) >= Int64(body?.count ?? 0)
        return wentOut ? .unanswered(fault) : .unsent(fault)
    }

    private func configure(_ handle: EasyHandle) {
        handle.set(CURLOPT_URL, address.text)
        handle.set(CURLOPT_PROTOCOLS_STR, "http,https")
        handle.set(CURLOPT_FOLLOWLOCATION, 0)
        // An empty proxy is "none, and do not look at http_proxy and its kin".
        handle.set(CURLOPT_PROXY, "")
        handle.set(CURLOPT_USERAGENT, Self.userAgent)
        handle.set(CURLOPT_TIMEOUT_MS, Int(timeLimit.milliseconds))
        handle.set(CURLOPT_CONNECTTIMEOUT_MS, Int(connectLimit.milliseconds))
        handle.set(CURLOPT_SSL_VERIFYPEER, 1)
        handle.set(CURLOPT_SSL_VERIFYHOST, 2)
        handle.set(CURLOPT_SSLVERSION, CURL_SSLVERSION_TLSv1_2)
        if let caFile { handle.set(CURLOPT_CAINFO, caFile) }
        if case .unixSocket(let path) = reach { handle.set(CURLOPT_UNIX_SOCKET_PATH, path) }
        configureMethod(handle)
        signature?.configure(handle)
        handle.set(CURLOPT_HTTPHEADER, list: headerLines)
    }

    private func configureMethod(_ handle: EasyHandle) {
        if method == .head { handle.set(CURLOPT_NOBODY, 1) }
        if let body {
            // The size first: the copy is made by it, so a NUL in the body does not end it.
            handle.set(CURLOPT_POSTFIELDSIZE_LARGE, offset: Int64(body.count))
            (body.isEmpty ? [0] : body).withUnsafeBytes {
                handle.set(CURLOPT_COPYPOSTFIELDS, context: UnsafeMutableRawPointer(mutating: $0.baseAddress))
            }
        }
        handle.set(CURLOPT_CUSTOMREQUEST, method.rawValue)
    }

    /// `Expect: 100-continue` is not sent: many receivers never answer it. A body without a stated type gets none invented.
    ///
    /// Not so with a signature: libcurl 7.88 signs every line of this list, also one that takes a header away, which the receiver never
    /// sees. Stores know `Expect`, and a body for them has a type.
    private var headerLines: [String] {
        let given = headers.map { $0.value.isEmpty ? "\($0.name);" : "\($0.name): \($0.value)" }
        if let signature { return given + ["\(StoreSignature.digestHeader): \(signature.payloadDigest)"] }
        let hasType = headers.contains { $0.name.lowercased() == "content-type" }
        return given + ["Expect:"] + (hasType ? [] : ["Content-Type:"])
    }
}
