/// A personal place in a rendering that is otherwise equal for all recipients.
package enum Slot: String, CaseIterable, Hashable, Codable, Sendable {
    /// The recipient's name, or an empty text.
    case name
    /// The recipient's department, or an empty text.
    case department
    /// The https address at which this recipient unsubscribes or narrows what comes.
    case preferencesURL
}

/// A text that was rendered once for everybody, with slots for what differs per recipient.
///
/// A template names a slot as a Mustache variable that is bound to ``marker(_:)``: two private-use characters around the slot's
/// name, which no item can contain because ``Slot/marker(_:)`` characters are removed by Intake.
package struct SlottedText: Hashable, Codable, Sendable {
    package enum Piece: Hashable, Codable, Sendable {
        case fixed(String)
        case slot(Slot)
    }

    package let pieces: [Piece]

    package static let open: Character = "\u{F8F0}"
    package static let close: Character = "\u{F8F1}"

    package static func marker(_ slot: Slot) -> String { "\(open)\(slot.rawValue)\(close)" }

    package init(marked text: String) {
        var pieces: [Piece] = []
        var rest = Substring(text)
        // By scalars: ten times as fast as by characters, and a combining mark behind a marker cannot hide it.
        while let open = rest.unicodeScalars.firstIndex(of: "\u{F8F0}"),
            let close = rest.unicodeScalars[open...].firstIndex(of: "\u{F8F1}")
        {
            if open > rest.startIndex { pieces.append(.fixed(String(rest[..<open]))) }
            let name = rest.unicodeScalars[rest.unicodeScalars.index(after: open)..<close]
            if let slot = Slot(rawValue: String(name)) { pieces.append(.slot(slot)) }
            rest = rest[rest.unicodeScalars.index(after: close)...]
        }
        if !rest.isEmpty { pieces.append(.fixed(String(rest))) }
        self.pieces = pieces
    }

    /// The text with each slot filled by `value`.
    package func filled(_ value: (Slot) -> String) -> String {
        pieces.reduce(into: "") { text, piece in
            switch piece {
            case .fixed(let run): text += run
            case .slot(let slot): text += value(slot)
            }
        }
    }
}
