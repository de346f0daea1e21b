import Foundation

/// One part of a bucket's list, as `ListObjectsV2` answers it with `encoding-type=url`.
///
/// Machines write this XML, without attributes that matter, comments or CDATA, and keys are percent-encoded in it: so elements are
/// looked for by their tags, and what is not understood is no list.
struct StoreListing: Equatable {
    struct Object: Equatable {
        var key: String
        var entityTag: String
    }

    var objects: [Object] = []
    /// Names the next part; `nil` after the last.
    var next: String?

    /// `nil` for what is no list.
    init?(_ xml: String) {
        guard xml.contains("<ListBucketResult") else { return nil }
        for part in Self.elements("Contents", in: xml) {
            guard let key = Self.elements("Key", in: part).first.flatMap(Self.decoded), let tag = Self.elements("ETag", in: part).first
            else { return nil }
            objects.append(.init(key: key, entityTag: Self.plain(tag)))
        }
        guard Self.elements("IsTruncated", in: xml).first == "true" else { return }
        guard let token = Self.elements("NextContinuationToken", in: xml).first else { return nil }
        next = Self.plain(token)
    }

    /// S3's word for why a request was refused: letters alone.
    static func errorCode(_ xml: String) -> String? {
        guard let code = elements("Code", in: xml).first, !code.isEmpty, code.count <= 64,
            code.utf8.allSatisfy({ (0x41...0x5A).contains($0) || (0x61...0x7A).contains($0) || (0x30...0x39).contains($0) })
        else { return nil }
        return String(code)
    }

    private static func elements(_ name: String, in xml: some StringProtocol) -> [Substring] {
        var found: [Substring] = []
        var rest = Substring(xml)
        while let start = rest.range(of: "<\(name)>"), let end = rest[start.upperBound...].range(of: "</\(name)>") {
            found.append(rest[start.upperBound..<end.lowerBound])
            rest = rest[end.upperBound...]
        }
        return found
    }

    /// The encoding is a form's: a space may be a plus.
    private static func decoded(_ text: Substring) -> String? {
        plain(text).replacing("+", with: " ").removingPercentEncoding
    }

    private static func plain(_ text: Substring) -> String {
        String(text).replacing("&quot;", with: "\"").replacing("&lt;", with: "<").replacing("&gt;", with: ">").replacing("&amp;", with: "&")
    }
}
