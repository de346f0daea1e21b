import Core

/// The conditional requests of RFC 9110, section 13, as far as a server of whole representations needs them.
package enum Precondition {
    /// Whether a GET or HEAD is answered 304: `If-None-Match` decides alone when it is there (section 13.2.2), by weak comparison
    /// (section 13.1.2); else `If-Modified-Since`, which is ignored when it is no date of HTTP (section 13.1.3).
    package static func isNotModified(_ request: Request, entityTag: String, lastModified: Instant) -> Bool {
        guard request.method != .post else { return false }
        if let list = request.headers["If-None-Match"] { return matches(list, entityTag) }
        guard let since = request.headers["If-Modified-Since"].flatMap(HTTPDate.instant) else { return false }
        return lastModified.seconds <= since.seconds
    }

    /// Whether a list of entity tags, or `*`, has this one. Tags are opaque between their quotes: a comma there is part of the tag.
    static func matches(_ list: String, _ entityTag: String) -> Bool {
        // What a screen sends with every poll: the one tag that it was given.
        if list == entityTag { return true }
        // By bytes, not by characters.
        let quote = UInt8(ascii: "\"")
        let wanted = opaque(entityTag.utf8)
        var rest = Substring(list).utf8.drop { $0 == 0x20 || $0 == 0x09 }
        if rest.first == UInt8(ascii: "*") { return rest.dropFirst().allSatisfy { $0 == 0x20 || $0 == 0x09 } }
        while let start = rest.firstIndex(of: quote) {
            let inner = rest[rest.index(after: start)...]
            guard let end = inner.firstIndex(of: quote) else { return false }
            if inner[..<end].elementsEqual(wanted) { return true }
            rest = inner[inner.index(after: end)...]
        }
        return false
    }

    /// `abc` of `"abc"` and of `W/"abc"`.
    private static func opaque(_ tag: String.UTF8View) -> Substring.UTF8View {
        tag.drop { $0 != UInt8(ascii: "\"") }.dropFirst().dropLast()
    }
}
