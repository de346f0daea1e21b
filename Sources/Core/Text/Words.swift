import Foundation

extension String {
    /// The words as they are compared: runs of letters and digits, without regard to case; `aa` is `å`, as Danish names are written both
    /// ways. Hyphens part words; soft hyphens and characters without width do not, so that nothing hides behind them.
    package var comparableWords: [String] {
        var words: [String] = []
        var word = String.UnicodeScalarView()
        func end() {
            guard !word.isEmpty else { return }
            words.append(String(word).lowercased().replacing("aa", with: "å"))
            word.removeAll(keepingCapacity: true)
        }
        for scalar in composed.unicodeScalars {
            switch scalar.value {
            case 0xAD, 0x200B...0x200D, 0x2060, 0xFEFF: continue
            case 0x30...0x39, 0x41...0x5A, 0x61...0x7A: word.append(scalar)
            case ..<0x80: end()
            default:
                if scalar.properties.isAlphabetic || scalar.properties.numericType != nil { word.append(scalar) } else { end() }
            }
        }
        end()
        return words
    }
}

extension String {
    /// In NFC: a text from a Mac may hold its å as two characters.
    fileprivate var composed: String { utf8.allSatisfy { $0 < 0x80 } ? self : precomposedStringWithCanonicalMapping }
}
