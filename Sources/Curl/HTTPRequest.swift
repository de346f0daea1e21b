import Core

/// One HTTP request with the bounds it is carried out under. ``send()`` blocks until there is an answer or a bound is met.
///
/// No redirect is followed, no proxy is read from the environment, no cookie or `.netrc` is known, TLS is always verified.
package struct HTTPRequest: Sendable {
    package enum Method: String, CaseIterable, Sendable {
        case get = "GET"
        case head = "HEAD"
        case post = "POST"
        case put = "PUT"
        case patch = "PATCH"
        case delete = "DELETE"
    }

    /// Which peers may be reached. It is judged on the address that the name was resolved to, before a connection is made, so a
    /// name that points inwards (or is rebound to do so) gets no byte.
    package enum Reach: Hashable, Sendable {
        /// Only addresses of the public Internet: see ``NetworkAddress/isPublic``.
        case publicOnly
        case anywhere
        /// The Unix socket at this path, whatever host the address names.
        case unixSocket(String)
    }

    /// What happens when the answer's body is longer than ``responseLimit``.
    package enum LongResponse: Sendable {
        /// The request fails.
        case fails
        /// The body is cut, the rest is not read: for who needs the status alone.
        case isCut
    }

    package var method: Method
    package var address: HTTPAddress
    package var headers: [HTTPHeader]
    /// What is sent; `nil` for a request without a body.
    package var body: [UInt8]?
    /// Cutting it ends the request from another thread, within about a second.
    package var interruption: Interruption?
    package var reach = Reach.publicOnly
    /// Certificates to trust in place of the system's: a PEM file.
    package var caFile: String?
    /// From the start to the last byte of the answer.
    package var timeLimit = Span.seconds(20)
    package var connectLimit = Span.seconds(10)
    /// Bytes of the answer's body.
    package var responseLimit = 1 << 20
    package var longResponse = LongResponse.fails
    /// Proves who asks, to a store that speaks Amazon's S3.
    package var signature: StoreSignature?

    package init(_ method: Method, _ address: HTTPAddress, headers: [HTTPHeader] = [], body: [UInt8]? = nil) {
        self.method = method
        self.address = address
        self.headers = headers
        self.body = body
    }
}

/// A header line that may go on the wire: the name is a token (RFC 9110, section 5.6.2), the value has no control character.
package struct HTTPHeader: Hashable, Sendable {
    package let name: String
    package let value: String

    /// `nil` when name or value could break out of the line.
    package init?(_ name: String, _ value: String) {
        guard !name.isEmpty,
            name.utf8.allSatisfy({ byte in
                (0x30...0x39).contains(byte) || (0x41...0x5A).contains(byte) || (0x61...0x7A).contains(byte)
                    || "!#$%&'*+-.^_`|~".utf8.contains(byte)
            }),
            value.utf8.allSatisfy({ $0 >= 0x20 && $0 != 0x7F })
        else { return nil }
        self.name = name
        self.value = value
    }
}

/// What a server answered.
package struct HTTPResponse: Sendable {
    package var status: Int
    /// In the order they came; names in lower case.
    package var headers: [(name: String, value: String)]
    package var body: [UInt8]
    /// Whether the body was longer than the request's limit and was cut.
    package var isCut: Bool

    /// The first header of a name, in any case.
    package func header(_ name: String) -> String? { headers.first { $0.name == name.lowercased() }?.value }
}
