import Core

/// What a column of the directory means, by the name in its header: Danish, Norwegian or English, in any case.
enum DirectoryColumn: Hashable {
    case email, name, department, location, role, language, groups
    /// One of the organisation's own, by its lower-case name; audiences can match it.
    case attribute(String)

    private static let names: [String: DirectoryColumn] = [
        "email": .email, "e-mail": .email, "mail": .email, "e-post": .email, "epost": .email, "e-mailadresse": .email,
        "mailadresse": .email, "email address": .email,
        "name": .name, "navn": .name, "fulde navn": .name, "full name": .name,
        "department": .department, "afdeling": .department, "avdeling": .department, "forvaltning": .department,
        "location": .location, "sted": .location, "lokation": .location, "lokasjon": .location, "arbejdssted": .location,
        "role": .role, "rolle": .role, "stilling": .role,
        "language": .language, "sprog": .language, "språk": .language,
        "groups": .groups, "grupper": .groups, "group": .groups, "gruppe": .groups,
    ]

    init(header: String) {
        let key = header.lowercased()
        self = Self.names[key] ?? .attribute(key)
    }

    /// How the contract names it.
    var title: String {
        switch self {
        case .email: "email"
        case .name: "name"
        case .department: "department"
        case .location: "location"
        case .role: "role"
        case .language: "language"
        case .groups: "groups"
        case .attribute(let name): name
        }
    }
}

extension Language {
    private static let names: [String: Language] = [
        "da": .da, "dk": .da, "da-dk": .da, "dansk": .da, "danish": .da,
        "nb": .nb, "no": .nb, "nn": .nb, "nb-no": .nb, "norsk": .nb, "norwegian": .nb, "bokmål": .nb,
        "en": .en, "en-gb": .en, "en-us": .en, "engelsk": .en, "english": .en,
    ]

    /// The language that a cell of the directory names; `nil` for another.
    init?(cell: String) {
        guard let language = Self.names[cell.lowercased()] else { return nil }
        self = language
    }
}
