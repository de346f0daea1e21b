import Foundation

/// JSON that is written to a receiver or read from its answer.
indirect enum JSONValue: Hashable, Sendable, Codable {
    case null
    case bool(Bool)
    case number(Int)
    case text(String)
    case list([JSONValue])
    case map([String: JSONValue])

    init(from decoder: Decoder) throws {
        let box = try decoder.singleValueContainer()
        if box.decodeNil() {
            self = .null
        } else if let value = try? box.decode(Bool.self) {
            self = .bool(value)
        } else if let value = try? box.decode(Int.self) {
            self = .number(value)
        } else if let value = try? box.decode(Double.self) {
            self = .text("\(value)")
        } else if let value = try? box.decode(String.self) {
            self = .text(value)
        } else if let value = try? box.decode([JSONValue].self) {
            self = .list(value)
        } else {
            self = .map(try box.decode([String: JSONValue].self))
        }
    }

    func encode(to encoder: Encoder) throws {
        var box = encoder.singleValueContainer()
        switch self {
        case .null: try box.encodeNil()
        case .bool(let value): try box.encode(value)
        case .number(let value): try box.encode(value)
        case .text(let value): try box.encode(value)
        case .list(let values): try box.encode(values)
        case .map(let values): try box.encode(values)
        }
    }

    /// An answer's body; `null` when it is not JSON.
    init(reading body: [UInt8]) { self = (try? JSONDecoder().decode(JSONValue.self, from: Data(body))) ?? .null }

    /// UTF-8 with sorted keys: the same value has the same bytes.
    var bytes: [UInt8] {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
        return (try? encoder.encode(self)).map { Array($0) } ?? []
    }

    subscript(key: String) -> JSONValue {
        if case .map(let values) = self { return values[key] ?? .null }
        return .null
    }

    var first: JSONValue {
        if case .list(let values) = self { return values.first ?? .null }
        return .null
    }

    var list: [JSONValue] {
        if case .list(let values) = self { return values }
        return []
    }

    /// A text, or a number as text; `nil` for anything else.
    var text: String? {
        switch self {
        case .text(let text): text
        case .number(let number): String(number)
        default: nil
        }
    }

    var number: Int? {
        if case .number(let number) = self { return number }
        return nil
    }
}

extension JSONValue: ExpressibleByStringLiteral, ExpressibleByBooleanLiteral, ExpressibleByIntegerLiteral, ExpressibleByArrayLiteral,
    ExpressibleByDictionaryLiteral, ExpressibleByNilLiteral
{
    init(stringLiteral value: String) { self = .text(value) }
    init(booleanLiteral value: Bool) { self = .bool(value) }
    init(integerLiteral value: Int) { self = .number(value) }
    init(arrayLiteral elements: JSONValue...) { self = .list(elements) }
    init(dictionaryLiteral elements: (String, JSONValue)...) { self = .map(Dictionary(elements) { _, last in last }) }
    init(nilLiteral: ()) { self = .null }
}
