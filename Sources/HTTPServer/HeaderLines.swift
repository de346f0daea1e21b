import Foundation

/// The header lines of one request as they stand in the library's buffer.
///
/// libmicrohttpd 0.9.75 takes a bare LF or CR for the end of a line, unfolds obs-fold lines and cuts a value at a NUL, all without a word;
/// a proxy in front may have read the same bytes another way, which is how requests are smuggled (RFC 9112, sections 2.2 and 5.2). It
/// parses in place, though, with a NUL for each byte of a line's end: so a line that ended in CR LF is followed by two NULs and then the next
/// line, and anything else shows by its place.
struct HeaderLines {
    private(set) var headers = Headers()
    /// Whether every line so far was one line that ended in CR LF.
    private(set) var isPlain = true
    private var expected: UnsafePointer<CChar>?

    /// `version` is the last word of the request line.
    init(after version: UnsafePointer<CChar>?) { expect(after: version) }

    mutating func add(_ name: UnsafePointer<CChar>?, _ value: UnsafePointer<CChar>?) {
        guard let name, let value else {
            isPlain = false
            return
        }
        if name != expected { isPlain = false }
        var start = name + strlen(name) + 1
        while start < value, start.pointee == 0x20 || start.pointee == 0x09 { start += 1 }
        // A value that was unfolded stands elsewhere; one that is empty may stand anywhere up to its line's end.
        if start != value { isPlain = false }
        // No control character but a tab (RFC 9110, section 5.5), a bare CR least of all.
        var byte = value
        while byte.pointee != 0 {
            let code = UInt8(bitPattern: byte.pointee)
            if code < 0x20 && code != 0x09 || code == 0x7F { isPlain = false }
            byte += 1
        }
        headers.add(String(cString: name), String(cString: value))
        expect(after: value)
    }

    private mutating func expect(after word: UnsafePointer<CChar>?) {
        guard let word else {
            isPlain = false
            return
        }
        let end = word + strlen(word)
        if end[1] != 0 { isPlain = false }
        expected = end + 2
    }
}
