import Core
import Ledger

/// A notice as a mail: plain text in quoted-printable, ready for the dialogue or a file.
///
/// It answers a file, not a mail, so it is `auto-generated` (RFC 3834, section 5.1), from the newsletter's address; delivery reports go
/// where the newsletter's go. The Message-ID follows from the notice's number and time: the same at every attempt.
struct NoticeMail: FiledMail {
    let notice: NoticeRecord
    let from: Mailbox
    let sender: EmailAddress
    let zone: Zone

    /// `recipient` is who has the address in the directory: then a report on the notice is known to be about them.
    init(_ notice: NoticeRecord, to recipient: RecipientID?, _ settings: EmailSettings) {
        self.notice = notice
        from = settings.from
        sender = recipient.flatMap { settings.verp?($0, nil) } ?? settings.returnPath ?? settings.from.address
        zone = settings.zone
    }

    /// The time is in it, so that a ledger that was begun anew does not repeat an identifier.
    var identifier: MessageIdentifier {
        MessageIdentifier(
            edition: "notice-\(notice.created.milliseconds)", recipient: RecipientID(notice.id.number), address: notice.address,
            domain: String(from.address.domain))
    }

    var envelope: SMTPEnvelope {
        // Every byte may become three in quoted-printable.
        SMTPEnvelope(
            sender: sender, recipient: notice.address, identifier: identifier.localPart, size: 4_096 + notice.text.utf8.count * 3)
    }

    var folder: String { "notices" }
    var fileName: String { MailFolder.fileName(notice.id.number, notice.address) }

    func append(into buffer: inout [UInt8]) {
        buffer += HeaderField.mailbox("From", from.name, from.address.text)
        buffer += HeaderField.mailbox("To", nil, notice.address.text)
        buffer += HeaderField.text("Subject", notice.subject)
        buffer += HeaderField.tokens("Date", [messageDate(notice.created, zone)])
        buffer += HeaderField.tokens("Message-ID", ["<\(identifier)>"])
        buffer += HeaderField.tokens("Auto-Submitted", ["auto-generated"])
        buffer += HeaderField.tokens("X-Auto-Response-Suppress", ["All"])  // MS-OXCMAIL: no out-of-office replies from Exchange
        buffer += HeaderField.tokens("Content-Language", [notice.language.rawValue])
        buffer += HeaderField.tokens("MIME-Version", ["1.0"])
        buffer += HeaderField.tokens("Content-Type", ["text/plain; charset=utf-8"])
        buffer += HeaderField.tokens("Content-Transfer-Encoding", ["quoted-printable"])
        buffer += [0x0D, 0x0A]
        QuotedPrintable.append(notice.text.utf8, to: &buffer)
        buffer += [0x0D, 0x0A]
    }
}
