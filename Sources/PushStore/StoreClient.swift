import Core
import Crypto
import Curl

/// A bucket and the key to it. Reads the secret once; it is shown nowhere.
package struct StoreAccess: Sendable {
    package let store: ObjectStore
    fileprivate let secret: String

    /// Throws a ``Fault`` when the secret cannot be read or the endpoint is no address.
    package init(_ store: ObjectStore, relativeTo folder: String) throws(Fault) {
        let bytes = try Secret(file: store.secretFile, relativeTo: folder).bytes
        guard let text = String(validating: bytes, as: UTF8.self), !text.contains(where: { $0.isNewline || $0 == "\0" }) else {
            throw Fault(
                "read the secret", store.secretFile, cause: "it is not one line of text",
                mend: "Write the secret access key alone into the file.")
        }
        _ = try HTTPAddress(store.endpoint)
        self.store = store
        secret = text
    }
}

/// The few requests of S3 that publishing takes, each signed, over connections that stay open.
///
/// Comes in: a key and its bytes. Goes out: a request to the one endpoint, bounded in time and size, never redirected. Failure is a
/// ``StoreSetback``. Used by one thread.
package final class StoreClient {
    struct Listed: Equatable {
        var key: String
        var entityTag: String
    }

    private let access: StoreAccess
    private let interruption: Interruption?
    private let line = HTTPLine()

    /// Objects that this service has made carry it, so that it takes away nothing of others'.
    private static let mark = (name: "x-amz-meta-budstikke", value: "1")
    private static let timeLimit = Span.seconds(60)
    /// A list of a thousand keys of the longest kind, 1,024 bytes each percent-encoded.
    private static let listLimit = 4 << 20

    package init(_ access: StoreAccess, interruption: Interruption? = nil) {
        self.access = access
        self.interruption = interruption
    }

    /// Returns the entity tag that the store gave it, without quotes.
    func put(_ key: String, _ bytes: [UInt8], _ headers: StoreHeaders) throws(StoreSetback) -> String? {
        let lines = [("Content-Type", headers.contentType), ("Cache-Control", headers.cacheControl), Self.mark]
        return try send(.put, url(key), headers: lines, body: bytes).header("etag").map(Self.bare)
    }

    /// An object that is not there is no failure.
    func delete(_ key: String) throws(StoreSetback) {
        do throws(StoreSetback) { _ = try send(.delete, url(key)) } catch {
            guard case .answered(404, let code, _) = error, code != "NoSuchBucket" else { throw error }
        }
    }

    /// Whether an object carries our mark.
    func isOurs(_ key: String) throws(StoreSetback) -> Bool {
        do throws(StoreSetback) { return try send(.head, url(key)).header(Self.mark.name) == Self.mark.value } catch {
            if case .answered(404, _, _) = error { return false }
            throw error
        }
    }

    /// The objects below the prefix, keys without it. `limit` is the most of them.
    func list(limit: Int, perPart: Int = 1_000) throws(StoreSetback) -> [Listed] {
        var found: [Listed] = []
        var token: String?
        repeat {
            let page = try list(after: token, count: min(perPart, limit - found.count))
            found += page.objects.map {
                .init(key: String($0.key.dropFirst(access.store.prefix.count)), entityTag: Self.bare($0.entityTag))
            }
            token = page.next
        } while token != nil && found.count < limit
        return found
    }

    private func list(after token: String?, count: Int) throws(StoreSetback) -> StoreListing {
        // Sorted by name: libcurl signs the query as it stands.
        let query = [
            token.map { ("continuation-token", $0) }, ("encoding-type", "url"), ("list-type", "2"), ("max-keys", "\(count)"),
            ("prefix", access.store.prefix),
        ].compactMap { $0 }.map { "\($0.0)=\(Self.encoded($0.1, keeping: ""))" }.joined(separator: "&")
        let response = try send(.get, "\(bucketURL)?\(query)", limit: Self.listLimit)
        guard let listing = StoreListing(String(decoding: response.body, as: UTF8.self)) else {
            throw .answered(status: response.status, code: "with something that is no list of objects", retryAfter: nil)
        }
        return listing
    }

    /// Tries the store without changing anything in it: what works, or what does not.
    package func probe() -> Result<String, StoreSetback> {
        Result { () throws(StoreSetback) in
            _ = try list(after: nil, count: 1)
            return "the bucket \(access.store.bucket) can be listed with this key; nothing was written"
        }
    }

    /// What `Retry-After` says.
    static func instant(_ retryAfter: String, now: Instant) -> Instant? { RetryAfter.instant(retryAfter, now: now) }

    private func send(
        _ method: HTTPRequest.Method, _ url: String, headers: [(String, String)] = [], body: [UInt8]? = nil, limit: Int = 65_536
    ) throws(StoreSetback) -> HTTPResponse {
        var request = try own { () throws(Fault) in HTTPRequest(method, try HTTPAddress(url), headers: try Self.lines(headers), body: body)
        }
        request.reach = access.store.allowPrivate ? .anywhere : .publicOnly
        request.caFile = access.store.caFile
        request.timeLimit = Self.timeLimit
        request.responseLimit = limit
        request.longResponse = .isCut
        request.interruption = interruption
        request.signature = StoreSignature(
            keyID: access.store.keyID, secret: access.secret, region: access.store.region,
            payloadDigest: SHA256.hexadecimalDigest(body ?? []))
        let line = line
        switch try own({ () throws(Fault) in try request.attempt(over: line) }) {
        case .unanswered(let fault), .unsent(let fault): throw .unanswered(fault)
        case .answered(let response):
            guard (200..<300).contains(response.status) else {
                throw .answered(
                    status: response.status, code: StoreListing.errorCode(String(decoding: response.body, as: UTF8.self)),
                    retryAfter: response.header("retry-after"))
            }
            return response
        }
    }

    private static func lines(_ headers: [(String, String)]) throws(Fault) -> [HTTPHeader] {
        var lines: [HTTPHeader] = []
        for (name, value) in headers {
            guard let line = HTTPHeader(name, value) else {
                throw Fault("write the header", name, cause: "it holds a control character", mend: "Report this with the log.")
            }
            lines.append(line)
        }
        return lines
    }

    private var bucketURL: String {
        let store = access.store
        guard store.style == .host, let scheme = store.endpoint.range(of: "://") else { return "\(store.endpoint)/\(store.bucket)" }
        return "\(store.endpoint[..<scheme.upperBound])\(store.bucket).\(store.endpoint[scheme.upperBound...])/"
    }

    private func url(_ key: String) -> String {
        bucketURL + (access.store.style == .path ? "/" : "") + Self.encoded(access.store.prefix + key, keeping: "/")
    }

    /// As Signature Version 4 has it: all but the unreserved characters of RFC 3986, section 2.3, and in a path the slash.
    static func encoded(_ text: String, keeping kept: String) -> String {
        text.utf8.map { byte in
            switch byte {
            case 0x30...0x39, 0x41...0x5A, 0x61...0x7A: String(UnicodeScalar(byte))
            case _ where "-._~".utf8.contains(byte) || kept.utf8.contains(byte): String(UnicodeScalar(byte))
            default: "%" + (byte < 16 ? "0" : "") + String(byte, radix: 16, uppercase: true)
            }
        }.joined()
    }

    private static func bare(_ tag: String) -> String { tag.filter { $0 != "\"" } }
}
