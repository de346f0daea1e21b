/// What the `{name}` places of a route matched. A route has few of them, and every request of a feed looks them up: an array, no table.
package struct Captures: Sendable, ExpressibleByDictionaryLiteral {
    private var found: [(name: String, value: String)] = []

    package init(dictionaryLiteral elements: (String, String)...) { for (name, value) in elements { add(name, value) } }

    /// `nil` for a name that the route has not.
    package subscript(name: String) -> String? { found.first { $0.name == name }?.value }

    mutating func add(_ name: String, _ value: String) { found.append((name, value)) }
}
