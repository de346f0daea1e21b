import Foundation

extension String {
    /// The words as they are compared: runs of letters and digits, without regard to case; `aa` is `å`, as Danish names are written both
    /// ways. Hyphens part words; soft hyphens and characters without width do not, so that nothing hides behind them.
    package var comparableWords: [String] {
        var words: [String] = []
        eachComparableWord { words.append(String(decoding: $0, as: UTF8.self)) }
        return words
    }

    /// The same words one by one, each in UTF-8 and in the same storage: no string is made.
    func eachComparableWord(_ body: ([UInt8]) -> Void) {
        var word: [UInt8] = []
        var isAfterA = false
        func end() {
            if !word.isEmpty { body(word) }
            word.removeAll(keepingCapacity: true)
            isAfterA = false
        }
        for scalar in composed.unicodeScalars {
            switch scalar.value {
            case 0xAD, 0x200B...0x200D, 0x2060, 0xFEFF: continue
            case 0x41 where isAfterA, 0x61 where isAfterA:
                word.removeLast()
                word.append(contentsOf: Self.aWithRing)
                isAfterA = false
            default:
                guard scalar.isLetter || scalar.isNumber else {
                    end()
                    continue
                }
                scalar.appendLowercase(to: &word)
                isAfterA = scalar.value | 0x20 == 0x61
            }
        }
        end()
    }

    private static let aWithRing = Array("å".utf8)
    /// In NFC: a text from a Mac may hold its å as two characters.
    private var composed: String { isPlainLatin ? self : precomposedStringWithCanonicalMapping }
}
