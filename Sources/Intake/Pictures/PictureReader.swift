import Core
import Crypto
import Synchronization

/// Bytes of a picture file to the renditions that may be published: told apart by content, measured before anything decodes them, without
/// the metadata that tells where, when and by whom it was taken.
///
/// Comes in: a JPEG, PNG, WebP or HEIC. Goes out: ``PictureRenditions`` in JPEG or PNG, by vipsthumbnail. Without that program a JPEG or PNG
/// loses its metadata alone, byte for byte, and serves in its own size for all; WebP and HEIC have to wait. On failure: a ``Refusal``.
/// A reader remembers what it made, because an item's pictures may be asked for several times while its files are gathered.
package final class PictureReader: Sendable {
    /// Bytes of one picture.
    package static let sizeLimit = 20 << 20
    /// Width times height.
    package static let pixelLimit = 60_000_000

    /// Widths and heights. The heights keep a narrow, endless picture from becoming an endless mail.
    private static let mail = VipsThumbnail.Box(width: 1200, height: 2400)
    private static let screen = VipsThumbnail.Box(width: 1920, height: 1080)
    private static let thumbnail = VipsThumbnail.Box(width: 480, height: 960)

    /// A picture without its privacy-relevant parts, before it is measured against the limits.
    struct Stripped {
        var format: Picture.Format
        var width: Int
        var height: Int
        var bytes: [UInt8]
    }

    private let program: VipsThumbnail
    private let known = Mutex<[String: PictureRenditions]>([:])

    package init(_ program: VipsThumbnail) { self.program = program }

    /// Throws a ``Refusal``: `pictureTooLarge` (bytes or pixels), `unfinished` for what is cut short or damaged, `pictureDamaged` for what is no
    /// picture or cannot be decoded, `pictureTooHeavy` past the limits of decoding, `readerMissing` for what waits for vipsthumbnail.
    package func read(_ file: NamedBytes) throws(Refusal) -> PictureRenditions {
        let header = try Self.header(file)
        let key = SHA256.hexadecimalDigest(file.bytes)
        if let made = known.withLock({ $0[key] }) { return made }
        let made: PictureRenditions
        if program.isInstalled {
            made = try renditions(file, header)
        } else if header.format == .jpeg || header.format == .png {
            made = PictureRenditions(one: try Self.picture(file.bytes, file.name))
        } else {
            throw Refusal(.readerMissing, value: OptionalProgram.vipsthumbnail.name)
        }
        known.withLock { $0[key] = made }
        return made
    }

    /// A JPEG or PNG in its own size, such as a logo that an administrator has chosen. Throws a ``Refusal`` as ``read(_:)`` does.
    package static func stripped(_ file: NamedBytes) throws(Refusal) -> Picture {
        _ = try header(file)
        return try picture(file.bytes, file.name)
    }

    private static func header(_ file: NamedBytes) throws(Refusal) -> PictureHeader {
        guard file.bytes.count <= sizeLimit else { throw Refusal(.pictureTooLarge, value: file.name) }
        switch PictureHeader.read(file.bytes) {
        case .unknown: throw Refusal(.pictureDamaged, value: file.name)
        case .broken: throw Refusal(.unfinished, value: file.name)
        case .header(let header):
            guard header.width > 0, header.height > 0 else { throw Refusal(.unfinished, value: file.name) }
            // Each side by itself first: the product of two lies need not fit a number.
            guard max(header.width, header.height) <= pixelLimit, header.width * header.height <= pixelLimit else {
                throw Refusal(.pictureTooLarge, value: file.name)
            }
            return header
        }
    }

    private func renditions(_ file: NamedBytes, _ header: PictureHeader) throws(Refusal) -> PictureRenditions {
        let mail = try mailRendition(file, header)
        return PictureRenditions(
            mail: mail, screen: try rendition(file, Self.screen, mail.format), thumbnail: try rendition(file, Self.thumbnail, mail.format))
    }

    /// Transparency needs a PNG. So does a drawing or a screenshot, whose few colours a JPEG blurs: a PNG of one is small, while that of a
    /// photograph is many times the JPEG.
    private func mailRendition(_ file: NamedBytes, _ header: PictureHeader) throws(Refusal) -> Picture {
        if header.mayBeTransparent { return try rendition(file, Self.mail, .png) }
        let photograph = try rendition(file, Self.mail, .jpeg)
        guard header.format == .png else { return photograph }
        let drawing = try rendition(file, Self.mail, .png)
        return drawing.bytes.count <= 2 * photograph.bytes.count ? drawing : photograph
    }

    /// Read again by the strippers, so that what leaves this room is whole and without metadata whatever the program did.
    private func rendition(_ file: NamedBytes, _ box: VipsThumbnail.Box, _ format: Picture.Format) throws(Refusal) -> Picture {
        let bytes: [UInt8]
        do throws(Refusal) { bytes = try program.rendition(file.bytes, within: box, as: format) } catch {
            throw error.reason == .pictureTooHeavy ? Refusal(.pictureTooHeavy, value: file.name) : error
        }
        return try Self.picture(bytes, file.name)
    }

    private static func picture(_ bytes: [UInt8], _ name: String) throws(Refusal) -> Picture {
        guard let picture = JPEGStripper.isJPEG(bytes) ? JPEGStripper.strip(bytes) : PNGStripper.strip(bytes),
            let digest = PictureDigest(SHA256.hexadecimalDigest(picture.bytes))
        else { throw Refusal(.pictureDamaged, value: name) }
        return Picture(digest: digest, format: picture.format, width: picture.width, height: picture.height, bytes: picture.bytes)
    }
}
