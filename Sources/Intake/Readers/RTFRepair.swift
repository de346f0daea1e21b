import Foundation

/// RTF as pandoc 2.17 reads it without loss: its reader takes the character that stands in for a `\u229?` as the control word's end and
/// then drops the next letter ("åbner" becomes "åner"). A space after the number ends the control word by the specification
/// (RTF 1.9.1, "Control word") and means nothing else, so it is put there.
enum RTFRepair {
    static func repaired(_ bytes: [UInt8]) -> [UInt8] {
        var repaired: [UInt8] = []
        repaired.reserveCapacity(bytes.count + bytes.count / 16)
        var index = 0
        while index < bytes.count {
            guard bytes[index] == UInt8(ascii: "\\"), index + 1 < bytes.count else {
                repaired.append(bytes[index])
                index += 1
                continue
            }
            let word = control(bytes, index)
            repaired += bytes[index..<word.end]
            if word.isUnicode, word.end < bytes.count, !" \\{}\r\n".utf8.contains(bytes[word.end]) { repaired.append(0x20) }
            index = word.end
        }
        // Windows programs write bytes past ASCII in their own code page, which pandoc does not accept.
        guard String(validating: repaired, as: UTF8.self) == nil else { return repaired }
        return String(data: Data(repaired), encoding: .windowsCP1252).map { Array($0.utf8) } ?? repaired
    }

    /// The end of a control word or symbol, and whether it is `\u` with a number.
    private static func control(_ bytes: [UInt8], _ start: Int) -> (end: Int, isUnicode: Bool) {
        func isLetter(_ byte: UInt8) -> Bool { (0x61...0x7A).contains(byte | 0x20) }
        func isDigit(_ byte: UInt8) -> Bool { (0x30...0x39).contains(byte) }
        guard isLetter(bytes[start + 1]) else { return (start + 2, false) }
        let letters = bytes[(start + 1)...].prefix(while: isLetter)
        var end = letters.endIndex
        if end + 1 < bytes.count, bytes[end] == UInt8(ascii: "-"), isDigit(bytes[end + 1]) { end += 1 }
        let digits = bytes[end...].prefix(while: isDigit)
        return (digits.endIndex, letters.elementsEqual("u".utf8) && !digits.isEmpty)
    }
}
