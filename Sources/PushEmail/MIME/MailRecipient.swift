import Core

/// One recipient as the personal parts of a mail need them.
package struct MailRecipient: Hashable, Sendable {
    package var id: RecipientID
    package var address: EmailAddress
    /// May be empty; at most 300 characters, a control character is a space.
    package let name: String
    /// May be empty.
    let department: String
    /// Where this recipient unsubscribes or narrows what comes.
    package var preferences: LinkTarget

    package init(id: RecipientID, address: EmailAddress, name: String, department: String = "", preferences: LinkTarget) {
        self.id = id
        self.address = address
        // Most names are shorter in bytes than the limit in characters.
        let short = name.utf8.count <= 300 ? name : String(String.UnicodeScalarView(name.unicodeScalars.prefix(300)))
        self.name = withoutControls(short)
        self.department = withoutControls(String(department.prefix(300)))
        self.preferences = preferences
    }

    /// The text of a slot, for plain text.
    func text(_ slot: Slot) -> String {
        switch slot {
        case .name: name
        case .department: department
        case .preferencesURL: preferences.address
        }
    }
}
