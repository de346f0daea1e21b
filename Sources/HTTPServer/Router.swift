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
            case literal(Substring)
            case place(String)
        }

        let segments: [Segment]

        init(_ text: String) {
            segments = Self.split(text).map { part in
                part.hasPrefix("{") && part.hasSuffix("}") ? .place(String(part.dropFirst().dropLast())) : .literal(part)
            }
        }

        /// At `/`, by bytes: a slash is never part of a longer character's encoding.
        static func split(_ path: String) -> [Substring] {
            path.utf8.split(separator: UInt8(ascii: "/"), omittingEmptySubsequences: false).map { Substring($0) }
        }

        func captures(_ parts: [Substring]) -> [String: String]? {
            guard parts.count == segments.count else { return nil }
            var captures: [String: String] = [:]
            for (segment, part) in zip(segments, parts) {
                switch segment {
                case .literal(let text): guard part == text else { return nil }
                case .place(let name):
                    guard !part.isEmpty else { return nil }
                    captures[name] = String(part)
                }
            }
            return captures
        }
    }

    private struct Route: Sendable {
        let text: String
        let pattern: Pattern
        var handlers: [Method: Handler]

        var allow: String {
            ((handlers[.get] == nil ? [] : ["GET", "HEAD"]) + (handlers[.post] == nil ? [] : ["POST"])).joined(separator: ", ")
        }
    }

    private var literal: [String: Route] = [:]
    private var patterns: [Route] = []

    package init() {}

    package mutating func get(_ pattern: String, _ handler: @escaping Handler) { add(.get, pattern, handler) }
    package mutating func post(_ pattern: String, _ handler: @escaping Handler) { add(.post, pattern, handler) }

    private mutating func add(_ method: Method, _ text: String, _ handler: @escaping Handler) {
        let fresh = Route(text: text, pattern: Pattern(text), handlers: [:])
        if !text.contains("{") {
            literal[text, default: fresh].handlers[method] = handler
        } else if let index = patterns.firstIndex(where: { $0.text == text }) {
            patterns[index].handlers[method] = handler
        } else {
            patterns.append(fresh)
            patterns[patterns.count - 1].handlers[method] = handler
        }
    }

    /// The answer of the route that matches, or 404, or 405.
    package func response(to request: Request) -> Response {
        if let route = literal[request.path] { return Self.answer(request, route) }
        let parts = Pattern.split(request.path)
        for route in patterns {
            guard let captures = route.pattern.captures(parts) else { continue }
            var request = request
            request.captures = captures
            return Self.answer(request, route)
        }
        return .refusal(404)
    }

    private static func answer(_ request: Request, _ route: Route) -> Response {
        guard let handler = route.handlers[request.method == .head ? .get : request.method] else {
            return .refusal(405, headers: ["Allow": route.allow])
        }
        return handler(request)
    }
}
