import Core

/// The section of the store that feeds, pictures and web editions are published to.
extension SettingsReader {
    mutating func store(_ section: inout SectionReader) {
        let endpoint = section.required("Endpoint", "https://s3.eu-north-1.amazonaws.com")
        let bucket = section.required("Bucket", "koege-nyt")
        let keyID = section.required("KeyID", "AKIAIOSFODNN7EXAMPLE")
        let secretFile = section.required("SecretFile", "store.secret")
        let address = section.value("Endpoint", "https://host or https://host:port", Self.origin)
        let name = section.value("Bucket", "the bucket's name: lower-case letters, digits, dots and hyphens") { Self.isName($0) ? $0 : nil }
        let key = section.value("KeyID", "an access key's name, without spaces, commas and slashes") { Self.isKey($0) ? $0 : nil }
        guard endpoint != nil, bucket != nil, keyID != nil, let secretFile, let address, let name, let key else { return }
        var store = ObjectStore(endpoint: address, bucket: name, keyID: key, secretFile: settings.path(secretFile))
        store.region =
            section.value("Region", "a region such as eu-north-1") { Self.isName($0) ? $0 : nil } ?? ObjectStore.usualRegion
        store.prefix = section.value("Prefix", "a path such as nyt, without .. and without // in it", Self.prefix) ?? ""
        store.style = section.choice("Style") ?? .path
        store.allowPrivate = section.boolean("AllowPrivate") ?? false
        store.caFile = section.text("CAFile").map(settings.path)
        settings.store = store
    }

    /// A scheme, a host and perhaps a port: the bucket, the prefix and the key make the rest of an address.
    private static func origin(_ text: String) -> String? {
        let bare = text.hasSuffix("/") ? String(text.dropLast()) : text
        guard let address = LinkTarget(bare)?.address, address.hasPrefix("https://") || address.hasPrefix("http://") else { return nil }
        let authority = bare.drop { $0 != ":" }.dropFirst(3)
        return authority.isEmpty || authority.contains { "/?#@".contains($0) } ? nil : bare
    }

    private static func isName(_ text: String) -> Bool {
        !text.isEmpty && text.count <= 63
            && text.utf8.allSatisfy { (0x61...0x7A).contains($0) || (0x30...0x39).contains($0) || $0 == 0x2D || $0 == 0x2E }
    }

    /// It stands in a header between commas and slashes.
    private static func isKey(_ text: String) -> Bool {
        text.utf8.allSatisfy { (0x21...0x7E).contains($0) && $0 != 0x2C && $0 != 0x2F && $0 != 0x3A }
    }

    private static func prefix(_ text: String) -> String? {
        var inner = text[...]
        if inner.hasPrefix("/") { inner.removeFirst() }
        if inner.hasSuffix("/") { inner.removeLast() }
        let parts = inner.split(separator: "/", omittingEmptySubsequences: false)
        guard parts.allSatisfy({ !$0.isEmpty && $0 != "." && $0 != ".." && !$0.unicodeScalars.contains { $0.value < 0x20 } }) else {
            return nil
        }
        return inner.isEmpty ? "" : inner + "/"
    }
}
