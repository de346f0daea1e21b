/// The table of what is served: method and path pattern to handler.
///
/// A pattern is a path whose segments are either literal or a place `{name}` that matches one non-empty segment. A literal path wins over
/// a pattern, and an earlier pattern over a later one. A GET route answers HEAD (RFC 9110, section 9.3.2); an unknown path is 404, a
/// known one with another method 405 with `Allow`.
package struct Router: Sendable {
    /// Runs on the server's one thread, so it must be short: look up, render a small page, record. Never a network call.
    package typealias Handler = @Sendable (Request) -> Response

    private struct Pattern: Sendable {
        enum Segment: Hashable, Sendable {
            case literal([UInt8])
            case place(String)
        }

        let segments: [Segment]

        init(_ text: String) {
            segments = text.split(separator: "/", omittingEmptySubsequences: false).map { part in
                part.hasPrefix("{") && part.hasSuffix("}") ? .place(String(part.dropFirst().dropLast())) : .literal(Array(part.utf8))
            }
        }

        /// `nil` for a path that is another. By bytes and in place: a slash is never part of a longer character's encoding, and every
        /// request is held against some of the patterns.
        func captures(_ path: UnsafeBufferPointer<UInt8>) -> Captures? {
            var captures: Captures = [:]
            var start = 0
            for (number, segment) in segments.enumerated() {
                let end = path[start...].firstIndex(of: UInt8(ascii: "/")) ?? path.count
                let part = path[start..<end]
                switch segment {
                case .literal(let text): guard part.elementsEqual(text) else { return nil }
                case .place(let name):
                    guard !part.isEmpty else { return nil }
                    captures.add(name, String(decoding: part, as: UTF8.self))
                }
                guard (end == path.count) == (number == segments.count - 1) else { return nil }
                start = end + 1
            }
            return captures
        }
    }

    private struct Route: Sendable {
        let text: String
        let pattern: Pattern
        var get: Handler?
        var post: Handler?

        init(_ text: String) {
            self.text = text
            pattern = Pattern(text)
        }

        mutating func set(_ method: Method, _ handler: @escaping Handler) {
            if method == .post { post = handler } else { get = handler }
        }

        var allow: String { ((get == nil ? [] : ["GET", "HEAD"]) + (post == nil ? [] : ["POST"])).joined(separator: ", ") }
    }

    private var literal: [String: Route] = [:]
    private var patterns: [Route] = []
    private var missing: Handler = { _ in .refusal(404) }

    package init() {}

    /// Answers for paths that are not served; a short text unless this is called.
    package mutating func otherwise(_ handler: @escaping Handler) { missing = handler }

    package mutating func get(_ pattern: String, _ handler: @escaping Handler) { add(.get, pattern, handler) }
    package mutating func post(_ pattern: String, _ handler: @escaping Handler) { add(.post, pattern, handler) }

    private mutating func add(_ method: Method, _ text: String, _ handler: @escaping Handler) {
        let fresh = Route(text)
        if !text.contains("{") {
            literal[text, default: fresh].set(method, handler)
        } else if let index = patterns.firstIndex(where: { $0.text == text }) {
            patterns[index].set(method, handler)
        } else {
            patterns.append(fresh)
            patterns[patterns.count - 1].set(method, handler)
        }
    }

    /// The answer of the route that matches, or that of ``otherwise(_:)``, or 405.
    package func response(to request: Request) -> Response {
        if let route = literal[request.path] { return Self.answer(request, route) }
        var path = request.path
        let found = path.withUTF8 { path -> (route: Int, captures: Captures)? in
            for route in patterns.indices {
                if let captures = patterns[route].pattern.captures(path) { return (route, captures) }
            }
            return nil
        }
        guard let found else { return missing(request) }
        var request = request
        request.captures = found.captures
        return Self.answer(request, patterns[found.route])
    }

    private static func answer(_ request: Request, _ route: Route) -> Response {
        guard let handler = request.method == .post ? route.post : route.get else {
            return .refusal(405, headers: ["Allow": route.allow])
        }
        return handler(request)
    }
}
