import Core
import Synchronization

/// Bytes that are served to many: content type, a strong entity tag and the time of the last change, all fixed at creation.
///
/// The two responses that it can give (200 and 304) are laid down once and shared by all requests. HEAD gives the headers of GET.
package final class Resource: Sendable {
    package let bytes: Bytes
    package let contentType: String
    /// With its quotes: `"5f0c…"`.
    package let entityTag: String
    package let lastModified: Instant
    private let headers: Headers
    private let whole: Response
    private let notModified: Response

    /// `digest` names the bytes: equal digests must mean equal bytes; it is put between quotes and may hold hexadecimal or base64
    /// characters.
    package init(
        _ bytes: Bytes, contentType: String, digest: String, lastModified: Instant, cacheControl: String, headers extra: Headers = Headers()
    ) {
        self.bytes = bytes
        self.contentType = contentType
        self.lastModified = lastModified
        entityTag = "\"\(digest.filter { $0.isASCII && ($0.isLetter || $0.isNumber || "+/=-_".contains($0)) })\""
        // What a 304 repeats of the 200 (RFC 9110, section 15.4.5).
        let validators: Headers = ["ETag": entityTag, "Last-Modified": HTTPDate.text(lastModified), "Cache-Control": cacheControl]
        headers = Headers([.init("Content-Type", contentType)] + validators.fields + extra.fields)
        whole = Self.prepared(200, headers, bytes)
        // libmicrohttpd 0.9.75 puts a Content-Length into every 304 and cannot be told not to. The length of the 200, which RFC 9110, section
        // 8.6, permits, makes clients on http_parser (wrk among them) wait for bytes that never come; 0, which it does not, none.
        notModified = Self.prepared(304, validators, .empty)
    }

    /// The answer to a GET or HEAD: 304 when the client has these bytes, else all of them.
    package func response(to request: Request) -> Response {
        Precondition.isNotModified(request, entityTag: entityTag, lastModified: lastModified) ? notModified : whole
    }

    private static func prepared(_ status: Int, _ headers: Headers, _ body: Bytes) -> Response {
        Response(
            status: status, headers: headers, body: body, prepared: PreparedResponse(status: status, headers: headers, body: body))
    }
}
