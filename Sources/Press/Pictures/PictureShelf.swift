import Core
import Foundation

/// What a page needs to know of a picture to leave room for it: its format, and its width and height in pixels.
package struct PictureDimensions: Hashable, Codable, Sendable {
    package var format: Picture.Format
    package var width: Int
    package var height: Int

    package init(format: Picture.Format, width: Int, height: Int) {
        self.format = format
        self.width = width
        self.height = height
    }

    package init(_ picture: Picture) { self.init(format: picture.format, width: picture.width, height: picture.height) }
}

/// Where a page finds its pictures.
struct PictureShelf: Sendable {
    enum Place: Sendable {
        /// The mail carries them, under a Content-ID.
        case attached
        /// `<base>/pictures/<digest>.<ext>`.
        case web(base: String)
        /// The page itself holds them (RFC 2397): a file on a share has nothing else to rely on.
        case embedded([PictureDigest: Picture])
    }

    let place: Place
    let dimensions: [PictureDigest: PictureDimensions]
    /// The widest that the page shows one, in CSS pixels.
    let widest: Int

    /// The picture as an element's address, width and height; `nil` for one that is not on the shelf.
    func source(_ digest: PictureDigest, highest: Int = .max) -> (address: String, width: Int, height: Int)? {
        guard let size = dimensions[digest], size.width > 0, size.height > 0, let address = address(digest, size.format) else { return nil }
        let scale = min(1, Double(widest) / Double(size.width), Double(highest) / Double(size.height))
        return (address, max(1, Int(Double(size.width) * scale)), max(1, Int((Double(size.height) * scale).rounded())))
    }

    /// RFC 2392: the `cid` address of a picture in the same mail.
    static func contentID(_ digest: PictureDigest) -> String { "\(digest.hexadecimal.prefix(32))@budstikke" }

    private func address(_ digest: PictureDigest, _ format: Picture.Format) -> String? {
        switch place {
        case .attached: "cid:" + Self.contentID(digest)
        case .web(let base): "\(base)/pictures/\(digest).\(format.fileExtension)"
        case .embedded(let pictures):
            pictures[digest].map { "data:\($0.format.mediaType);base64,\(Data($0.bytes).base64EncodedString())" }
        }
    }
}
