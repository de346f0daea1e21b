import CLinux
import Foundation

extension String {
    /// The text as it is searched: composed (NFC), in small letters, each run of white space one space, without soft hyphens and without
    /// spaces at the ends. What somebody types is looked for in the same form, byte by byte.
    package var searchText: String {
        let composed = isPlainLatin ? self : precomposedStringWithCanonicalMapping
        var bytes: [UInt8] = []
        bytes.reserveCapacity(composed.utf8.count)
        var isAfterSpace = false
        for scalar in composed.unicodeScalars where scalar != "\u{AD}" {
            guard !scalar.isSpace else {
                isAfterSpace = !bytes.isEmpty
                continue
            }
            if isAfterSpace { bytes.append(0x20) }
            isAfterSpace = false
            scalar.appendLowercase(to: &bytes)
        }
        return String(decoding: bytes, as: UTF8.self)
    }
}

/// Bytes within bytes.
package enum ByteSearch {
    /// Whether `words` stand somewhere in `text`; no bytes stand in any text.
    package static func holds(_ text: UnsafeRawBufferPointer, _ words: UnsafeRawBufferPointer) -> Bool {
        guard let wordsStart = words.baseAddress, !words.isEmpty else { return true }
        guard let textStart = text.baseAddress else { return false }
        return budstikke_holds(textStart, text.count, wordsStart, words.count) != 0
    }
}
