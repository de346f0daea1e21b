import Core

/// Tells a file's encoding by its content: UTF-8 with or without a byte order mark, else Windows-1252, which is what Danish
/// Excel writes for "CSV".
enum CharacterEncoding {
    /// Why a file is no text in either.
    struct Refusal: Error, Equatable {
        var cause: String
        var mend = "Save it again as “CSV UTF-8”."
    }

    private static let mark: [UInt8] = [0xEF, 0xBB, 0xBF]

    /// The file's text as UTF-8 without a mark.
    static func utf8(_ bytes: [UInt8]) -> Result<[UInt8], Refusal> {
        if bytes.starts(with: [0xFF, 0xFE]) || bytes.starts(with: [0xFE, 0xFF]) {
            return .failure(Refusal(cause: "the file is UTF-16 (Excel's “Unicode text”)"))
        }
        guard !bytes.contains(0) else { return .failure(Refusal(cause: "the file is not a text: it has a NUL byte")) }
        let isMarked = bytes.starts(with: mark)
        let text = isMarked ? bytes[3...] : bytes[...]
        let found = sequences(text)
        if found.invalid == 0 { return .success(isMarked ? Array(text) : bytes) }
        // Æ, ø and å of Windows-1252 never stand so that they look like a character of UTF-8: a file with both is a UTF-8 one
        // that was cut or pasted together, and would show wrong names to everybody.
        guard !isMarked, found.valid == 0 else {
            return .failure(Refusal(cause: "the file is UTF-8 in one place and not in another"))
        }
        return windows1252(text)
    }

    /// How many characters of more than one byte are well-formed UTF-8 (Unicode, table 3-7), and how many bytes belong to none.
    private static func sequences(_ bytes: ArraySlice<UInt8>) -> (valid: Int, invalid: Int) {
        var (valid, invalid) = (0, 0)
        var decoder = UTF8()
        // The decoder gives each maximal ill-formed part one error, and the well-formed characters between them.
        var iterator = bytes.makeIterator()
        while true {
            switch decoder.decode(&iterator) {
            case .scalarValue(let scalar): valid += scalar.isASCII ? 0 : 1
            case .error: invalid += 1
            case .emptyInput: return (valid, invalid)
            }
        }
    }

    private static func windows1252(_ bytes: ArraySlice<UInt8>) -> Result<[UInt8], Refusal> {
        var text = String.UnicodeScalarView()
        for byte in bytes {
            guard let scalar = scalar(byte) else { return .failure(Refusal(cause: "the file is neither UTF-8 nor Windows-1252")) }
            text.append(scalar)
        }
        return .success(Array(String(text).utf8))
    }

    /// 0x80 to 0x9F; 0 for the five bytes that Windows-1252 leaves undefined. The others are those of ISO 8859-1.
    private static let high: [UInt16] = [
        0x20AC, 0, 0x201A, 0x0192, 0x201E, 0x2026, 0x2020, 0x2021, 0x02C6, 0x2030, 0x0160, 0x2039, 0x0152, 0, 0x017D, 0,
        0, 0x2018, 0x2019, 0x201C, 0x201D, 0x2022, 0x2013, 0x2014, 0x02DC, 0x2122, 0x0161, 0x203A, 0x0153, 0, 0x017E, 0x0178,
    ]

    private static func scalar(_ byte: UInt8) -> Unicode.Scalar? {
        guard (0x80...0x9F).contains(byte) else { return Unicode.Scalar(byte) }
        let code = high[Int(byte) - 0x80]
        return code == 0 ? nil : Unicode.Scalar(code)
    }
}
