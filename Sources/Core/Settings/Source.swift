/// A department or a MED committee: one folder in the drop folder.
package struct Source: Hashable, Codable, Sendable {
    package enum Kind: String, CaseIterable, Hashable, Codable, Sendable {
        case department, committee, directorate
    }

    /// The name that readers see and the folder's name.
    package var name: String
    package var kind: Kind
    /// Where notes to the source may be mailed.
    package var contact: EmailAddress?
    /// The category of its items when a header does not name one.
    package var category: String?
    /// Whether it has a folder in `drop/Akut/`.
    package var mayAlert = false

    /// The folder's name: the last part of the name.
    package var folder: String { name.split(separator: "/").last.map(String.init) ?? name }

    package init(name: String, kind: Kind = .department, contact: EmailAddress? = nil, category: String? = nil) {
        self.name = name
        self.kind = kind
        self.contact = contact
        self.category = category
    }
}
