import Foundation

/// A form with files, posted as `multipart/form-data` (RFC 7578): the parts of a body that is in memory already and bounded by ``Limits``.
///
/// Strict: what no browser sends is not a form. The names of fields and files are what the sender wrote; whoever uses one as a file's name
/// makes it safe first. The bytes are searched once, so the time is linear in the body's length.
package struct MultipartForm: Sendable {
    package struct Part: Sendable {
        package let name: String
        /// `nil` for a field; empty for a file that was not chosen.
        package let fileName: String?
        package let bytes: ArraySlice<UInt8>
    }

    package let parts: [Part]

    /// More parts, or longer headers of one, than any form of ours has.
    private static let partLimit = 64
    private static let headerLimit = 4_096
    /// RFC 2046, section 5.1.1.
    private static let boundaryLimit = 70

    /// `nil` when the request's body is not one whole form.
    package init?(_ request: Request) {
        guard let boundary = Self.boundary(request.headers["Content-Type"] ?? "") else { return nil }
        let body = request.body
        let dashes = Array(("--" + boundary).utf8)
        let delimiter = [0x0D, 0x0A] + dashes
        guard body.starts(with: dashes) else { return nil }
        var parts: [Part] = []
        var place = dashes.count
        while true {
            if body[place...].starts(with: Array("--".utf8)) { break }
            guard parts.count < Self.partLimit, body[place...].starts(with: [0x0D, 0x0A]) else { return nil }
            let window = body[place..<min(body.count, place + Self.headerLimit)]
            guard let headerEnd = Self.find([0x0D, 0x0A, 0x0D, 0x0A], in: window),
                let end = Self.find(delimiter, in: body[(headerEnd + 4)...]),
                let part = Self.part(header: window[..<headerEnd], bytes: body[(headerEnd + 4)..<end])
            else { return nil }
            parts.append(part)
            place = end + delimiter.count
        }
        self.parts = parts
    }

    /// Whether a request says that its body is such a form.
    package static func isMeant(_ request: Request) -> Bool { boundary(request.headers["Content-Type"] ?? "") != nil }

    private static func boundary(_ contentType: String) -> String? {
        let pieces = contentType.split(separator: ";").map { $0.trimmingCharacters(in: .whitespaces) }
        guard pieces.first?.lowercased() == "multipart/form-data",
            let parameter = pieces.dropFirst().first(where: { $0.lowercased().hasPrefix("boundary=") })
        else { return nil }
        var boundary = String(parameter.dropFirst("boundary=".count))
        if boundary.hasPrefix("\""), boundary.hasSuffix("\""), boundary.count >= 2 { boundary = String(boundary.dropFirst().dropLast()) }
        return (1...boundaryLimit).contains(boundary.utf8.count) ? boundary : nil
    }

    private static func part(header: ArraySlice<UInt8>, bytes: ArraySlice<UInt8>) -> Part? {
        guard let text = String(validating: header, as: UTF8.self) else { return nil }
        let lines = text.components(separatedBy: "\r\n")
        guard let disposition = lines.first(where: { $0.lowercased().hasPrefix("content-disposition:") }),
            disposition.dropFirst("content-disposition:".count).trimmingCharacters(in: .whitespaces).lowercased().hasPrefix("form-data"),
            let name = value("name", of: disposition), !name.isEmpty
        else { return nil }
        return Part(name: name, fileName: value("filename", of: disposition), bytes: bytes)
    }

    /// A parameter's value. Browsers write a quotation mark in it as `%22` and line breaks as `%0D` and `%0A` (the HTML standard, section
    /// 4.10.21.8), and everything else as it is.
    private static func value(_ name: String, of disposition: String) -> String? {
        guard let start = disposition.range(of: "; \(name)=\""),
            let end = disposition[start.upperBound...].firstIndex(of: "\"")
        else { return nil }
        return String(disposition[start.upperBound..<end]).replacingOccurrences(of: "%22", with: "\"")
            .replacingOccurrences(of: "%0D", with: " ").replacingOccurrences(of: "%0A", with: " ")
    }

    /// From one first byte to the next: files hold few of them.
    private static func find(_ wanted: [UInt8], in bytes: ArraySlice<UInt8>) -> Int? {
        bytes.withUnsafeBytes { area -> Int? in
            guard let base = area.baseAddress, area.count >= wanted.count else { return nil }
            var start = 0
            while start <= area.count - wanted.count,
                let found = memchr(base + start, Int32(wanted[0]), area.count - wanted.count - start + 1)
            {
                let place = UnsafeRawPointer(found) - base
                if memcmp(found, wanted, wanted.count) == 0 { return bytes.startIndex + place }
                start = place + 1
            }
            return nil
        }
    }
}
