/// Where a request goes: a decoded path that is safe to look up, and the raw query.
package struct RequestTarget: Hashable, Sendable {
    /// Begins with `/`; holds no control character, no backslash and no `..`.
    package let path: String
    /// What follows the `?`, still encoded; empty when there is nothing.
    package let rawQuery: String

    /// Reads an origin-form or absolute-form target (RFC 9112, section 3.2). `nil` when it is another form, is not valid
    /// percent-encoded UTF-8, or decodes to a NUL, another control character, a backslash or `..`: none of our paths has one, and
    /// each is how a path is smuggled past a check.
    package init?(_ raw: String) {
        guard let origin = Self.originForm(raw[...]) else { return nil }
        let mark = origin.utf8.firstIndex(of: UInt8(ascii: "?")) ?? origin.endIndex
        guard let path = PercentEncoding.decoded(origin[..<mark]), Self.isSafe(path) else { return nil }
        self.path = path
        rawQuery = mark == origin.endIndex ? "" : String(origin[mark...].dropFirst())
    }

    private static func originForm(_ raw: Substring) -> Substring? {
        if raw.utf8.first == UInt8(ascii: "/") { return raw }
        for scheme in ["http://", "https://"] where raw.count > scheme.count && Headers.equal(String(raw.prefix(scheme.count)), scheme) {
            let authority = raw.dropFirst(scheme.count)
            return authority.firstIndex(of: "/").map { authority[$0...] } ?? "/"
        }
        return nil
    }

    private static func isSafe(_ path: String) -> Bool {
        var previous: UInt8 = 0
        for byte in path.utf8 {
            if byte < 0x20 || byte == 0x7F || byte == UInt8(ascii: "\\") { return false }
            if byte == UInt8(ascii: "."), previous == byte { return false }
            previous = byte
        }
        return true
    }
}
