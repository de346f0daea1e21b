/// Header fields in the order they came; names are compared without case (RFC 9110, section 5.1).
package struct Headers: Hashable, Sendable {
    package struct Field: Hashable, Sendable {
        package var name: String
        package var value: String

        package init(_ name: String, _ value: String) {
            self.name = name
            self.value = value
        }
    }

    package private(set) var fields: [Field]

    package init(_ fields: [Field] = []) { self.fields = fields }

    /// All lines of a field as one list, as a recipient may combine them (RFC 9110, section 5.3); `nil` when there is none.
    package subscript(name: String) -> String? {
        var joined: String?
        for field in fields where Self.equal(field.name, name) { joined = joined.map { $0 + ", " + field.value } ?? field.value }
        return joined
    }

    package func values(_ name: String) -> [String] { fields.filter { Self.equal($0.name, name) }.map(\.value) }
    func count(_ name: String) -> Int { fields.reduce(0) { $0 + (Self.equal($1.name, name) ? 1 : 0) } }
    package func contains(_ name: String) -> Bool { fields.contains { Self.equal($0.name, name) } }

    package mutating func add(_ name: String, _ value: String) { fields.append(Field(name, value)) }

    /// Replaces every line of a field by one.
    package mutating func set(_ name: String, _ value: String) {
        fields.removeAll { Self.equal($0.name, name) }
        add(name, value)
    }

    /// Adds the field unless it is there.
    package mutating func setDefault(_ name: String, _ value: String) {
        if !contains(name) { add(name, value) }
    }

    /// ASCII letters are equal in either case; nothing else is folded.
    static func equal(_ a: String, _ b: String) -> Bool {
        let (a, b) = (a.utf8, b.utf8)
        guard a.count == b.count else { return false }
        var others = b.makeIterator()
        for byte in a where lowercased(byte) != others.next().map(lowercased) { return false }
        return true
    }

    static func lowercased(_ byte: UInt8) -> UInt8 { (0x41...0x5A).contains(byte) ? byte | 0x20 : byte }
}

extension Headers: ExpressibleByDictionaryLiteral {
    package init(dictionaryLiteral elements: (String, String)...) { self.init(elements.map { Field($0.0, $0.1) }) }
}
