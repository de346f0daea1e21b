/// Danish personal numbers (CPR): DDMMYY-XXXX with or without a hyphen or a space, a real date by the century rule of the
/// seventh digit. Modulus 11 is not asked for: it no longer holds for everybody (the CPR office, since 2007).
///
/// What only looks like one is left alone: more digits on either side (account numbers, EAN), or a plus before it (telephones).
package enum PersonalNumber {
    package static func isIn(_ text: String) -> Bool { firstRange(Array(text.utf8), from: 0) != nil }

    /// The line of the first one, from 1.
    package static func line(in text: String) -> Int? {
        let bytes = Array(text.utf8)
        return firstRange(bytes, from: 0).map { range in bytes[..<range.lowerBound].count { $0 == 0x0A } + 1 }
    }

    /// The text with the digits of every personal number replaced by `x`.
    package static func masked(_ text: String) -> String {
        var bytes = Array(text.utf8)
        var start = 0
        while let range = firstRange(bytes, from: start) {
            for index in range where isDigit(bytes[index]) { bytes[index] = UInt8(ascii: "x") }
            start = range.upperBound
        }
        return String(decoding: bytes, as: UTF8.self)
    }

    private static func isDigit(_ byte: UInt8) -> Bool { (0x30...0x39).contains(byte) }

    private static func firstRange(_ bytes: [UInt8], from: Int) -> Range<Int>? {
        var index = from
        while index < bytes.count {
            guard isDigit(bytes[index]) else {
                index += 1
                continue
            }
            let run = bytes[index...].prefix(while: isDigit).count
            if let end = end(bytes, index, run) { return index..<end }
            index += run
        }
        return nil
    }

    /// Where the number that begins at `start` ends, when there is one.
    private static func end(_ bytes: [UInt8], _ start: Int, _ run: Int) -> Int? {
        if start > 0, bytes[start - 1] == UInt8(ascii: "+") { return nil }
        if run == 10 { return isDate(bytes[start..<start + 10]) ? start + 10 : nil }
        guard run == 6 else { return nil }
        let second = afterSeparator(bytes, start + 6)
        guard second > start + 6, bytes[second...].prefix(while: isDigit).count == 4 else { return nil }
        return isDate(bytes[start..<start + 6] + bytes[second..<second + 4]) ? second + 4 : nil
    }

    /// Skips what word processors put between the halves: spaces (also no-break ones), at most one kind of hyphen or dash.
    private static func afterSeparator(_ bytes: [UInt8], _ start: Int) -> Int {
        let separators: [[UInt8]] = [
            " ", "\t", "-", "\\-", "\u{A0}", "\u{202F}", "\u{2010}", "\u{2011}", "\u{2012}", "\u{2013}", "\u{2212}", "\u{AD}",
        ]
        .map { Array($0.utf8) }
        var index = start
        while index - start < 9, let separator = separators.first(where: { bytes[index...].starts(with: $0) }) { index += separator.count }
        return index
    }

    private static func isDate(_ digits: ArraySlice<UInt8>) -> Bool {
        let d = digits.map { Int($0) - 0x30 }
        let (day, month, short, seventh) = (d[0] * 10 + d[1], d[2] * 10 + d[3], d[4] * 10 + d[5], d[6])
        let century =
            switch (seventh, short) {
            case (0...3, _), (4, 37...), (9, 37...): 1900
            case (4, _), (9, _), (5...8, ...57): 2000
            default: 1800
            }
        return CivilDate(year: century + short, month: month, day: day) != nil
    }
}
