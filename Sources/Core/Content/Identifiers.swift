/// A row's number in the ledger, typed by what the row is, so that an item's number cannot be used for an edition.
package struct Identifier<Subject>: Hashable, Codable, Sendable, Comparable, CustomStringConvertible {
    package let number: Int64

    package init(_ number: Int64) { self.number = number }

    package init(from decoder: Decoder) throws { number = try decoder.singleValueContainer().decode(Int64.self) }

    package func encode(to encoder: Encoder) throws {
        var container = encoder.singleValueContainer()
        try container.encode(number)
    }

    package static func < (a: Self, b: Self) -> Bool { a.number < b.number }
    package var description: String { String(number) }
}

package enum ItemSubject: Sendable {}
package enum EditionSubject: Sendable {}
package enum RecipientSubject: Sendable {}
package enum DeliverySubject: Sendable {}
package enum AlertSubject: Sendable {}
package enum NoticeSubject: Sendable {}

package typealias ItemID = Identifier<ItemSubject>
package typealias EditionID = Identifier<EditionSubject>
package typealias RecipientID = Identifier<RecipientSubject>
package typealias DeliveryID = Identifier<DeliverySubject>
package typealias AlertID = Identifier<AlertSubject>
package typealias NoticeID = Identifier<NoticeSubject>

/// SHA-256 of a picture's bytes, in lower-case hexadecimal: 64 characters.
package struct PictureDigest: Hashable, Codable, Sendable, CustomStringConvertible {
    package let hexadecimal: String

    package init?(_ text: String) {
        guard text.utf8.count == 64, text.utf8.allSatisfy({ (0x30...0x39).contains($0) || (0x61...0x66).contains($0) }) else { return nil }
        hexadecimal = text
    }

    package init(from decoder: Decoder) throws {
        let text = try decoder.singleValueContainer().decode(String.self)
        guard let digest = PictureDigest(text) else {
            throw DecodingError.dataCorrupted(.init(codingPath: decoder.codingPath, debugDescription: "not a SHA-256 digest"))
        }
        self = digest
    }

    package func encode(to encoder: Encoder) throws {
        var container = encoder.singleValueContainer()
        try container.encode(hexadecimal)
    }

    package var description: String { hexadecimal }
}
