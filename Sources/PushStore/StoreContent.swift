import Core

/// A page or a feed that everybody may read, as it is to lie in the store.
package struct StoreObject: Sendable {
    /// The path of the web server without the slash before it: `feeds/infoskaerm.rss`.
    package var key: String
    /// Another text whenever bytes or headers are others.
    package var version: String
    package var headers: StoreHeaders
    /// `nil` when there is nothing any more. Asked for when the store has another version.
    package var bytes: @Sendable () throws(Fault) -> [UInt8]?

    package init(
        key: String, content: String, headers: StoreHeaders, bytes: @escaping @Sendable () throws(Fault) -> [UInt8]?
    ) {
        self.key = key
        version = "\(content) \(headers.contentType) \(headers.cacheControl)"
        self.headers = headers
        self.bytes = bytes
    }
}

/// What the store says of an object when it is fetched: the same as the web server.
package struct StoreHeaders: Hashable, Sendable {
    package var contentType: String
    package var cacheControl: String

    package init(contentType: String, cacheControl: String) {
        self.contentType = contentType
        self.cacheControl = cacheControl
    }
}

/// What is to be in the store. The wiring hands in what the web server would answer to somebody whom it does not know, and nothing else.
package struct StoreContent: Sendable {
    package struct Pages: Sendable {
        /// In the order of their haste.
        package var objects: [StoreObject]
        /// Keys that stay as they are, because what they should be cannot be told now.
        package var kept: Set<String>

        package init(objects: [StoreObject], kept: Set<String>) {
            self.objects = objects
            self.kept = kept
        }
    }

    package var pages: @Sendable () throws(Fault) -> Pages
    package var picture: @Sendable (PictureDigest) throws(Fault) -> Picture?
    package var pictureCacheControl: String

    package init(
        pages: @escaping @Sendable () throws(Fault) -> Pages, picture: @escaping @Sendable (PictureDigest) throws(Fault) -> Picture?,
        pictureCacheControl: String
    ) {
        self.pages = pages
        self.picture = picture
        self.pictureCacheControl = pictureCacheControl
    }
}

/// The pictures that a page or a feed shows: found in its bytes, so that the store has those that somebody can see, and no other.
enum StorePictures {
    static let folder = "pictures/"

    /// Keys such as `pictures/<digest>.jpg`, each once, in the order of the page.
    static func keys(in bytes: [UInt8]) -> [String] {
        let mark = Array("/\(folder)".utf8)
        var found: [String] = []
        var index = 0
        while index + mark.count < bytes.count {
            guard bytes[index] == mark[0], bytes[index..<(index + mark.count)].elementsEqual(mark) else {
                index += 1
                continue
            }
            index += mark.count
            let name = bytes[index...].prefix(68)
            guard name.count == 68, digest(of: folder + String(decoding: name, as: UTF8.self)) != nil else { continue }
            let key = folder + String(decoding: name, as: UTF8.self)
            if !found.contains(key) { found.append(key) }
        }
        return found
    }

    /// `nil` for what is no picture's key.
    static func digest(of key: String) -> PictureDigest? {
        let name = key.dropFirst(folder.count)
        guard key.hasPrefix(folder), name.hasSuffix(".jpg") || name.hasSuffix(".png") else { return nil }
        return PictureDigest(String(name.dropLast(4)))
    }
}
