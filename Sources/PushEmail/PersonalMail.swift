import Core

/// An edition's mail to one recipient, ready for the dialogue or a file.
struct PersonalMail: FiledMail {
    let shared: SharedMail
    let recipient: MailRecipient
    let sender: EmailAddress

    init(shared: SharedMail, recipient: MailRecipient, edition: EditionID, _ settings: EmailSettings) {
        self.shared = shared
        self.recipient = recipient
        sender = settings.verp?(recipient.id, edition) ?? settings.returnPath ?? settings.from.address
    }

    var envelope: SMTPEnvelope {
        SMTPEnvelope(
            sender: sender, recipient: recipient.address, identifier: shared.messageIdentifier(recipient).localPart,
            size: shared.announcedSize)
    }

    var folder: String { atom(shared.mailSlug) }
    var fileName: String { MailFolder.fileName(recipient.id.number, recipient.address) }

    func append(into buffer: inout [UInt8]) { shared.append(to: recipient, into: &buffer) }
}
