import Core

/// What a picture file says of itself, read by its content before anything decodes it: format, size, transparency.
///
/// Pure, and never reads beyond the bytes. A picture of several images (a HEIC of tiles, an animated WebP) has the size of its largest one, so
/// that a small first image cannot hide a large second.
struct PictureHeader: Equatable {
    enum Format: Equatable { case jpeg, png, webp, heic }

    enum Reading: Equatable {
        case header(PictureHeader)
        /// One of the formats, but cut short or damaged.
        case broken
        case unknown
    }

    var format: Format
    /// In pixels, before an orientation is applied.
    var width: Int
    var height: Int
    /// Whether some of it may be see-through.
    var mayBeTransparent = false

    static func read(_ bytes: [UInt8]) -> Reading {
        if JPEGStripper.isJPEG(bytes) {
            return JPEGStripper.strip(bytes).map { .header(PictureHeader(format: .jpeg, width: $0.width, height: $0.height)) } ?? .broken
        }
        if PNGStripper.isPNG(bytes) {
            return PNGStripper.strip(bytes).map {
                .header(
                    PictureHeader(
                        format: .png, width: $0.width, height: $0.height, mayBeTransparent: PNGStripper.mayBeTransparent($0.bytes)))
            } ?? .broken
        }
        if WebPHeader.isWebP(bytes) { return WebPHeader.read(bytes).map { .header($0) } ?? .broken }
        if HEICHeader.isHEIC(bytes) { return HEICHeader.read(bytes).map { .header($0) } ?? .broken }
        return .unknown
    }
}
