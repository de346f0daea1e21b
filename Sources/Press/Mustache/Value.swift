/// What a template is rendered with: the data model of JSON, with numbers kept as text so that they appear as they were written.
package indirect enum Value: Hashable, Sendable {
    case null
    case bool(Bool)
    /// In decimal notation, as it is to be shown.
    case number(String)
    case text(String)
    case list([Value])
    case map([String: Value])

    /// `null` for no text: a template's section over it is then left out.
    package init(_ text: String?) { self = text.map(Value.text) ?? .null }

    /// Whether a section over the value is rendered. The specification leaves this to the language (`!!data`); here `null`,
    /// `false`, an empty text, zero and an empty list are false, as in JavaScript, where most template writers learnt it.
    var isTruthy: Bool {
        switch self {
        case .null: false
        case .bool(let value): value
        case .number(let digits): digits != "0"
        case .text(let text): !text.isEmpty
        case .list(let values): !values.isEmpty
        case .map: true
        }
    }
}

extension Value: ExpressibleByStringLiteral, ExpressibleByBooleanLiteral, ExpressibleByArrayLiteral, ExpressibleByDictionaryLiteral,
    ExpressibleByIntegerLiteral
{
    package init(stringLiteral value: String) { self = .text(value) }
    package init(booleanLiteral value: Bool) { self = .bool(value) }
    package init(integerLiteral value: Int) { self = .number(String(value)) }
    package init(arrayLiteral elements: Value...) { self = .list(elements) }
    package init(dictionaryLiteral elements: (String, Value)...) { self = .map(Dictionary(elements) { _, last in last }) }
}
