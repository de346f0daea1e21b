import CCurl
import Core

/// How a request to an S3-compatible store is signed: AWS Signature Version 4, which libcurl makes (`CURLOPT_AWS_SIGV4`).
///
/// libcurl 7.88 signs path and query as they stand, without bringing them into the canonical form that the receiver signs (curl #13754,
/// #11794): so both have to be percent-encoded as the standard says, once, and the query's names sorted. It takes the body's digest from
/// the header that S3 asks for, and does not make that header itself (curl #8810, #9804). See also `headerLines` of ``HTTPRequest``.
package struct StoreSignature: Sendable {
    package var keyID: String
    package var secret: String
    package var region: String
    /// SHA-256 of the request's body, in hexadecimal; of no bytes when there is none.
    package var payloadDigest: String

    package static let digestHeader = "x-amz-content-sha256"

    /// `region` has no colon in it.
    package init(keyID: String, secret: String, region: String, payloadDigest: String) {
        self.keyID = keyID
        self.secret = secret
        self.region = region
        self.payloadDigest = payloadDigest
    }

    func configure(_ handle: EasyHandle) {
        handle.set(CURLOPT_AWS_SIGV4, "aws:amz:\(region):s3")
        handle.set(CURLOPT_USERNAME, keyID)
        handle.set(CURLOPT_PASSWORD, secret)
    }
}
