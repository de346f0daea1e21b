/// Who receives a publication: recipients all of whose named attributes have one of the named values.
package struct Audience: Hashable, Codable, Sendable {
    package struct Condition: Hashable, Codable, Sendable {
        /// A column of the directory: `department`, `location`, `role`, `language`, `groups`, or one of the organisation's own.
        package var attribute: String
        /// Compared without regard to case; for `groups` one of the person's groups must be among them.
        package var values: [String]

        package init(attribute: String, values: [String]) {
            self.attribute = attribute
            self.values = values
        }
    }

    package var name: String
    package var conditions: [Condition]

    /// Everybody in the directory; always defined.
    package static let everybody = Audience(name: "alle", conditions: [])

    package init(name: String, conditions: [Condition]) {
        self.name = name
        self.conditions = conditions
    }

    package func contains(_ person: Person) -> Bool {
        conditions.allSatisfy { condition in
            let have = person.values(of: condition.attribute).map { $0.lowercased() }
            return condition.values.contains { have.contains($0.lowercased()) }
        }
    }
}

/// An employee as the directory names them; a recipient is a person with a row in the ledger.
package struct Person: Hashable, Codable, Sendable {
    package var address: EmailAddress
    package var name: String
    package var department: String
    package var location: String
    package var role: String
    package var language: Language?
    package var groups: [String]
    /// Columns of the directory that the project gives no meaning of its own, by lower-case name.
    package var attributes: [String: String]

    package init(
        address: EmailAddress, name: String = "", department: String = "", location: String = "", role: String = "",
        language: Language? = nil, groups: [String] = [], attributes: [String: String] = [:]
    ) {
        self.address = address
        self.name = name
        self.department = department
        self.location = location
        self.role = role
        self.language = language
        self.groups = groups
        self.attributes = attributes
    }

    package func values(of attribute: String) -> [String] {
        switch attribute.lowercased() {
        case "email": [address.text]
        case "name": [name]
        case "department": [department]
        case "location": [location]
        case "role": [role]
        case "language": language.map { [$0.rawValue] } ?? []
        case "groups", "group": groups
        case let other: attributes[other].map { [$0] } ?? []
        }
    }
}
