import Core
import Synchronization

/// Bytes that are served to many: content type, a strong entity tag and the time of the last change, all fixed at creation.
///
/// Each form of it (as it is, and in gzip where that saves anything, when the first client asks for it) is made once and shared by all
/// requests, as are the two responses of each (200 and 304). HEAD gives the headers of GET. A client that does not ask for gzip gets the bytes as they are.
package final class Resource: Sendable {
    package let bytes: Bytes
    package let contentType: String
    /// Of the bytes as they are, with its quotes: `"5f0c…"`.
    package let entityTag: String
    package let lastModified: Instant
    package let cacheControl: String
    private let plain: Form
    private let compressed: Mutex<Compressed>

    /// One content coding with its own entity tag (RFC 9110, section 8.8.3.3).
    private final class Form: Sendable {
        let entityTag: String
        let whole: Response
        let notModified: Response

        init(entityTag: String, whole: Response, notModified: Response) {
            self.entityTag = entityTag
            self.whole = whole
            self.notModified = notModified
        }
    }

    private enum Compressed: Sendable {
        case notYet(@Sendable () -> Form?)
        case made(Form?)
    }

    /// `digest` names the bytes: equal digests must mean equal bytes; it is put between quotes and may hold hexadecimal or base64
    /// characters.
    package init(
        _ bytes: Bytes, contentType: String, digest: String, lastModified: Instant, cacheControl: String, headers extra: Headers = Headers()
    ) {
        self.bytes = bytes
        self.contentType = contentType
        self.lastModified = lastModified
        self.cacheControl = cacheControl
        let name = digest.filter { $0.isASCII && ($0.isLetter || $0.isNumber || "+/=-_".contains($0)) }
        entityTag = "\"\(name)\""
        let mayBeCompressed = Gzip.isWorthwhile(bytes, contentType: contentType)
        @Sendable func form(_ bytes: Bytes, _ tag: String, _ coding: Headers) -> Form {
            // What a 304 repeats of the 200 (RFC 9110, section 15.4.5).
            var validators: Headers = ["ETag": tag, "Last-Modified": HTTPDate.text(lastModified), "Cache-Control": cacheControl]
            if mayBeCompressed { validators.add("Vary", "Accept-Encoding") }
            let headers = Headers([.init("Content-Type", contentType)] + coding.fields + validators.fields + extra.fields)
            // libmicrohttpd 0.9.75 puts a Content-Length into every 304 and cannot be told not to. The length of the 200, which RFC 9110,
            // section 8.6, permits, makes clients on http_parser (wrk among them) wait for bytes that never come; 0, which it does not, none.
            return Form(
                entityTag: tag, whole: Response(status: 200, headers: headers, body: bytes, shelf: PreparedShelf()),
                notModified: Response(status: 304, headers: validators, body: .empty, shelf: PreparedShelf()))
        }
        plain = form(bytes, entityTag, Headers())
        compressed = Mutex(
            mayBeCompressed
                ? .notYet { Gzip.compressed(bytes).map { form($0, "\"\(name)-gzip\"", ["Content-Encoding": "gzip"]) } } : .made(nil))
    }

    /// The answer to a GET or HEAD: 304 when the client has these bytes, else all of them.
    package func response(to request: Request) -> Response {
        let chosen = (Gzip.isAccepted(request.headers["Accept-Encoding"]) ? inGzip() : nil) ?? plain
        return Precondition.isNotModified(request, entityTag: chosen.entityTag, lastModified: lastModified)
            ? chosen.notModified : chosen.whole
    }

    private func inGzip() -> Form? {
        compressed.withLock { compressed in
            guard case .notYet(let make) = compressed else {
                if case .made(let form) = compressed { return form }
                return nil
            }
            let form = make()
            compressed = .made(form)
            return form
        }
    }
}

/// Where a response that is sent many times keeps what the library made of it, for the server that sends it.
final class PreparedShelf: Sendable {
    private let made = Mutex<(response: PreparedResponse, policy: SecurityPolicy)?>(nil)

    init() {}

    /// `nil` when memory has run out.
    func prepared(_ response: Response, _ policy: SecurityPolicy) -> PreparedResponse? {
        made.withLock { made in
            if let made, made.policy === policy { return made.response }
            guard let fresh = PreparedResponse(response, policy) else { return nil }
            made = (fresh, policy)
            return fresh
        }
    }
}
