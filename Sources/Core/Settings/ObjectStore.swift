/// A bucket of an S3-compatible store that a content delivery network reads: the `[Store]` section.
package struct ObjectStore: Hashable, Sendable {
    /// Where the bucket's name stands in an address.
    package enum Style: String, CaseIterable, Hashable, Sendable {
        /// `https://s3.koege.example/bucket/key`
        case path
        /// `https://bucket.s3.koege.example/key`
        case host
    }

    /// `https://host` or `https://host:port`, without a slash at its end.
    package var endpoint: String
    package var bucket: String
    package var region = ObjectStore.usualRegion
    /// Stands before every key; empty, or with a slash at its end and none at its beginning.
    package var prefix = ""
    package var keyID: String
    /// The file with the secret access key, readable by the service alone.
    package var secretFile: String
    package var style = Style.path
    /// Whether the endpoint may have a private or loopback address.
    package var allowPrivate = false
    /// Certificates to trust in place of the system's: a PEM file.
    package var caFile: String?

    /// What stores that have no regions call theirs.
    package static let usualRegion = "us-east-1"

    package init(endpoint: String, bucket: String, keyID: String, secretFile: String) {
        self.endpoint = endpoint
        self.bucket = bucket
        self.keyID = keyID
        self.secretFile = secretFile
    }

    /// What distinguishes one place for objects from another, for the ledger and for people.
    package var name: String { "\(endpoint)/\(bucket)/\(prefix)" }
}
