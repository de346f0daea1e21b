import CQREncode
import Core

/// A text as a QR code (ISO/IEC 18004), by libqrencode.
///
/// ```swift
/// let code = try QRCode("https://koege.example/cykelsti")
/// // <svg viewBox="0 0 \(code.side) \(code.side)"><path d="\(code.path)" stroke="#000"/></svg>
/// ```
package struct QRCode: Hashable, Codable, Sendable {
    /// Width and height in modules, with the quiet zone of four modules on each side that a reader needs.
    package let side: Int
    /// The dark modules as an SVG path of horizontal strokes, one module wide, through the middle of each row.
    package let path: String

    private static let quietZone = 4

    /// Takes the smallest code that holds the text at error correction level M (15 %): enough for a screen, which is not torn or dirty.
    /// Throws a ``Fault`` when the text is empty, is longer than the largest code holds (2,331 bytes), or is not ASCII: readers guess the
    /// character set of anything else, and some take UTF-8 for Shift-JIS.
    package init(_ text: String) throws(Fault) {
        guard !text.isEmpty, text.utf8.allSatisfy({ (0x20...0x7E).contains($0) }), let code = QRcode_encodeString8bit(text, 0, QR_ECLEVEL_M)
        else {
            throw Fault(
                "make", "a QR code", cause: "the address is empty, longer than a code can hold, or not ASCII",
                mend: "Give the item a shorter Link.")
        }
        defer { QRcode_free(code) }
        let width = Int(code.pointee.width)
        side = width + 2 * Self.quietZone
        path = Self.path(UnsafeBufferPointer(start: code.pointee.data, count: width * width), width)
    }

    /// The least significant bit of a module says that it is dark.
    private static func path(_ modules: UnsafeBufferPointer<UInt8>, _ width: Int) -> String {
        var path = ""
        for row in 0..<width {
            var column = 0
            while column < width {
                let start = column
                while column < width, modules[row * width + column] & 1 == 1 { column += 1 }
                if column > start { path += "M\(start + quietZone) \(row + quietZone).5h\(column - start)" } else { column += 1 }
            }
        }
        return path
    }
}
