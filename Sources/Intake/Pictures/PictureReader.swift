import Core
import Crypto

/// Bytes of a picture file to the picture that may be published: told apart by content, measured from its header, without the
/// metadata that tells where, when and by whom it was taken. The image data is not decoded and not changed.
package enum PictureReader {
    /// Bytes of one picture.
    package static let sizeLimit = 20 << 20
    /// Width times height.
    package static let pixelLimit = 60_000_000

    /// A picture without its privacy-relevant parts, before it is measured against the limits.
    struct Stripped {
        var format: Picture.Format
        var width: Int
        var height: Int
        var bytes: [UInt8]
    }

    /// Throws a ``Refusal``: `pictureTooLarge` (bytes or pixels), `unfinished` for what is cut short or
    /// damaged, or `pictureDamaged` for what is no JPEG or PNG.
    package static func read(_ file: NamedBytes) throws(Refusal) -> Picture {
        guard file.bytes.count <= sizeLimit else { throw Refusal(.pictureTooLarge, value: file.name) }
        let read = JPEGStripper.isJPEG(file.bytes) ? JPEGStripper.strip(file.bytes) : PNGStripper.strip(file.bytes)
        guard let picture = read, picture.width > 0, picture.height > 0 else {
            let isCutShort = JPEGStripper.isJPEG(file.bytes) || PNGStripper.isPNG(file.bytes)
            throw Refusal(isCutShort ? .unfinished : .pictureDamaged, value: file.name)
        }
        guard picture.width * picture.height <= pixelLimit else { throw Refusal(.pictureTooLarge, value: file.name) }
        guard let digest = PictureDigest(SHA256.hexadecimalDigest(picture.bytes)) else { throw Refusal(.pictureDamaged, value: file.name) }
        return Picture(digest: digest, format: picture.format, width: picture.width, height: picture.height, bytes: picture.bytes)
    }
}
