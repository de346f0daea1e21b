import Core

/// What the mails of an organisation have in common.
package struct EmailSettings: Sendable {
    package var from: Mailbox
    /// Where delivery reports go: the envelope's sender; `nil` for the address of ``from``.
    package var returnPath: EmailAddress?
    /// Puts recipient and edition (none for a notice) into the return path (VERP), so that a report is known to be one of ours; `nil` for one return path
    /// for all.
    package var verp: (@Sendable (RecipientID, EditionID?) -> EmailAddress?)?
    /// Where a recipient's mail program sends the wish to unsubscribe when it does not use the web address.
    package var unsubscribeMailbox: EmailAddress
    package var zone: Zone
    /// For recipients and publications that name none.
    package var language: Language
    /// The publication of this name as the settings have it now; `nil` when it is gone.
    package var publication: @Sendable (String) -> Publication?
    /// Where a recipient unsubscribes from a publication.
    package var preferences: @Sendable (RecipientID, String) -> LinkTarget

    package init(
        from: Mailbox, returnPath: EmailAddress? = nil, unsubscribeMailbox: EmailAddress? = nil, zone: Zone, language: Language,
        publication: @escaping @Sendable (String) -> Publication?,
        preferences: @escaping @Sendable (RecipientID, String) -> LinkTarget
    ) {
        self.from = from
        self.returnPath = returnPath
        self.unsubscribeMailbox = unsubscribeMailbox ?? from.address
        self.zone = zone
        self.language = language
        self.publication = publication
        self.preferences = preferences
    }
}
