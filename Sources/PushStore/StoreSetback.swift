import Core

/// Why an attempt at the store did not end in what was wanted.
package enum StoreSetback: Error, Sendable {
    /// The store answered, and not with 2xx. `code` is S3's own word for the reason; a HEAD has none.
    case answered(status: Int, code: String?, retryAfter: String?)
    /// There was no answer.
    case unanswered(Fault)
    /// On our own side: the ledger, a page that cannot be made.
    case own(Fault)

    /// For the log, the ledger and people: without a key, an address beyond the origin, or the store's own prose.
    package var reason: String {
        switch self {
        case .answered(let status, let code, _):
            "HTTP \(status)" + (code.map { " \($0)" } ?? "") + (Self.meanings[code ?? ""].map { ": \($0)" } ?? "")
        case .unanswered(let fault): fault.cause
        case .own(let fault): "\(fault)"
        }
    }

    /// Whether it is about the one object: others may still be taken.
    var isAboutObject: Bool {
        switch self {
        case .answered(let status, let code, _):
            [400, 405, 409, 411, 412, 413, 414, 415].contains(status) && Self.meanings[code ?? ""] == nil
        case .own: true
        case .unanswered: false
        }
    }

    private static let region = "the bucket is in another region; set Region=, and Endpoint= to that region's"
    private static let meanings = [
        "SignatureDoesNotMatch": "the secret in SecretFile= is not that of KeyID=",
        "InvalidAccessKeyId": "the store does not know KeyID=",
        "NoSuchBucket": "there is no such bucket",
        "AccessDenied": "the key has no right to it; it needs s3:ListBucket, s3:GetObject, s3:PutObject and s3:DeleteObject",
        "AllAccessDisabled": "the account is closed",
        "AuthorizationHeaderMalformed": region,
        "PermanentRedirect": region,
        "TemporaryRedirect": region,
        "RequestTimeTooSkewed": "this machine's clock is wrong",
        "SlowDown": "the store asks for fewer requests",
    ]
}

/// Runs a step of our own among those at the store.
func own<Value>(_ body: () throws(Fault) -> Value) throws(StoreSetback) -> Value {
    do throws(Fault) { return try body() } catch { throw .own(error) }
}
