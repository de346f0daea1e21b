import Core
import Curl
import Foundation

/// The requests of one attempt at one endpoint: only to the hosts that the configuration names, bounded in time and size, never
/// redirected, and with nothing secret in what is told of them.
///
/// Used by one thread. ``hasWritten`` says whether the receiver may hold something of this attempt.
package final class EndpointLine {
    private let rules: EndpointRules
    /// Whether a request that changes something has been answered, or may have arrived.
    package private(set) var hasWritten = false

    private let interruption: Interruption?

    package init(_ rules: EndpointRules, interruption: Interruption? = nil) {
        self.rules = rules
        self.interruption = interruption
    }

    /// Sends a request and returns its answer of 2xx. Throws a ``PostSetback`` for anything else. `changesNothing` for a POST after
    /// which the receiver has nothing more than before, such as one for a token.
    func send(
        _ method: HTTPRequest.Method, _ url: String, headers: [(String, String)] = [], body: [UInt8]? = nil, changesNothing: Bool = false
    ) throws(PostSetback) -> HTTPResponse {
        let request: HTTPRequest
        do throws(Fault) { request = try self.request(method, url, headers, body) } catch { throw .own(error) }
        let isWrite = method != .get && method != .head && !changesNothing
        let outcome: HTTPRequest.Outcome
        do throws(Fault) { outcome = try request.attempt() } catch { throw .own(error) }
        switch outcome {
        case .answered(let response):
            if isWrite { hasWritten = true }
            guard (200..<300).contains(response.status) else { throw .answered(response, reply: rules.reply(response)) }
            return response
        case .unanswered(let fault):
            if isWrite { hasWritten = true }
            throw .unanswered(fault, isWrite: isWrite)
        case .unsent(let fault): throw .unsent(fault)
        }
    }

    /// As ``send``, with JSON.
    func send(
        _ method: HTTPRequest.Method, _ url: String, headers: [(String, String)] = [], json: JSONValue, type: String = "application/json"
    ) throws(PostSetback) -> HTTPResponse {
        try send(method, url, headers: headers + [("Content-Type", type)], body: json.bytes)
    }

    /// A setback for an answer that is not what this kind of receiver says.
    func strange(_ what: String, _ response: HTTPResponse) -> PostSetback {
        .strange(reply: "\(rules.reply(response)) (\(what))")
    }

    private func request(
        _ method: HTTPRequest.Method, _ url: String, _ headers: [(String, String)], _ body: [UInt8]?
    ) throws(Fault) -> HTTPRequest {
        let address = try HTTPAddress(url)
        guard rules.origins.contains(address.origin) else {
            throw Fault(
                "post to", address.origin, cause: "it is not a host that this endpoint's section names",
                mend: "Check URL= and what the templates make of it.")
        }
        var lines: [HTTPHeader] = []
        for (name, value) in headers + rules.headers {
            guard let line = HTTPHeader(name, value) else {
                throw Fault(
                    "write the header", name, cause: "it holds a control character or is no header's name",
                    mend: "Check Header= and SecretFile=.")
            }
            lines.append(line)
        }
        var request = HTTPRequest(method, address, headers: lines, body: body)
        request.reach = rules.reach
        request.caFile = rules.caFile
        request.timeLimit = rules.timeLimit
        request.responseLimit = 262_144
        request.longResponse = .isCut
        request.interruption = interruption
        return request
    }
}

/// What holds for every request to an endpoint.
package struct EndpointRules: Sendable {
    /// Scheme, host and port of each address that the section names.
    var origins: Set<String>
    var reach: HTTPRequest.Reach
    var caFile: String?
    var timeLimit: Span
    var headers: [(String, String)] = []
    /// Texts that no reply may repeat: the secret and the forms in which it goes over the wire.
    var hidden: [String] = []

    /// Throws a ``Fault`` when an address is none.
    init(_ endpoint: Endpoint, addresses: [String], timeLimit: Span) throws(Fault) {
        var origins: Set<String> = []
        for address in addresses { origins.insert(try HTTPAddress(address).origin) }
        self.origins = origins
        reach = endpoint.allowPrivate ? .anywhere : .publicOnly
        caFile = endpoint.caFile
        self.timeLimit = timeLimit
    }

    /// The characters of an answer's body that are kept.
    private static let kept = 200

    /// The status, and the beginning of what the receiver says: one line, without anything that is secret.
    func reply(_ response: HTTPResponse) -> String {
        let status = "HTTP \(response.status)"
        if (300..<400).contains(response.status) { return status + ", a redirect, not followed" }
        var text = String(decoding: response.body.prefix(4_096), as: UTF8.self)
        for secret in hidden where !secret.isEmpty { text = text.replacing(secret, with: "‹secret›") }
        // Whatever looks like a key or a token goes too: receivers repeat headers in their errors.
        text.replace(/[A-Za-z0-9+\/=_.\-]{40,}/, with: "…")
        let line = text.split { $0.isWhitespace || $0.unicodeScalars.contains { $0.properties.generalCategory == .control } }
            .joined(separator: " ")
        guard !line.isEmpty, !(200..<300).contains(response.status) else { return status }
        return "\(status): \(line.count > Self.kept ? line.prefix(Self.kept - 1) + "…" : line)"
    }
}

/// Percent-encoding for a query's value or a path's part (RFC 3986, section 2.3: everything but unreserved characters).
func percentEncoded(_ text: String) -> String {
    var result = ""
    for byte in text.utf8 {
        let scalar = Unicode.Scalar(byte)
        if byte < 0x80, scalar.properties.isAlphabetic || (0x30...0x39).contains(byte) || "-._~".unicodeScalars.contains(scalar) {
            result.unicodeScalars.append(scalar)
        } else {
            result += "%" + (byte < 16 ? "0" : "") + String(byte, radix: 16, uppercase: true)
        }
    }
    return result
}
