import Core
import Crypto

/// An edition's mail in one language, encoded once, with gaps for what differs per recipient.
///
/// In: the rendering, the pictures' bytes and the constant headers. Out: for each recipient the whole mail as it travels, by
/// copying the encoded pieces and encoding four short fields and the slots. The shape is `multipart/alternative { text/plain;
/// multipart/related { text/html; pictures } }`, without the related level when there are no pictures. No line begins with a
/// dot and every line end is CRLF, by construction, so the bytes go behind `DATA` as they are. Failure: a picture that the
/// rendering names is not there, or a content identifier that is not one; nothing is sent then.
package struct SharedMail: Sendable {
    /// What is filled in for each recipient.
    enum Personal: Sendable {
        case to
        case messageIdentifier
        /// Of a mail about a correction: the mail that it corrects.
        case original
        case unsubscription(EmailAddress)
        case text(Slot)
        case html(Slot)
    }

    enum Piece: Sendable {
        case fixed([UInt8])
        case personal(Personal)
    }

    /// Names the mail for all its recipients: the edition's slug, or that of a correction.
    package let mailSlug: String
    private let editionSlug: String
    /// The domain of the sender's address.
    package let domain: String
    /// What `SIZE` announces: the shared bytes and an allowance for the personal ones. RFC 1870, section 6.1 permits an estimate.
    package let announcedSize: Int
    private let pieces: [Piece]

    /// Throws a ``Fault`` when a picture is missing or its content identifier cannot stand in a header.
    package init(rendering: EditionRendering, pictures: [PictureDigest: Picture], headers: MailHeaders) throws(Fault) {
        var assembly = MailAssembly(boundary: Self.boundary(rendering, headers))
        assembly.headers(headers, subject: rendering.subject)
        try assembly.body(rendering, pictures, edition: headers.editionSlug)
        pieces = assembly.finished()
        mailSlug = headers.mailSlug
        editionSlug = headers.editionSlug
        domain = headers.domain
        announcedSize = pieces.reduce(4_096) { if case .fixed(let bytes) = $1 { $0 + bytes.count } else { $0 } }
    }

    package func messageIdentifier(_ recipient: MailRecipient) -> MessageIdentifier {
        MessageIdentifier(edition: mailSlug, recipient: recipient.id, address: recipient.address, domain: domain)
    }

    /// Of the edition's own mail to the same recipient.
    private func original(_ recipient: MailRecipient) -> MessageIdentifier {
        MessageIdentifier(edition: editionSlug, recipient: recipient.id, address: recipient.address, domain: domain)
    }

    /// Appends the whole mail to one recipient, headers first, ending with CRLF. The buffer is the caller's, to be used again.
    package func append(to recipient: MailRecipient, into buffer: inout [UInt8]) {
        for piece in pieces {
            switch piece {
            case .fixed(let bytes): buffer.append(contentsOf: bytes)
            case .personal(let personal): append(personal, recipient, into: &buffer)
            }
        }
    }

    private func append(_ personal: Personal, _ recipient: MailRecipient, into buffer: inout [UInt8]) {
        switch personal {
        case .to: buffer += HeaderField.mailbox("To", recipient.name, recipient.address.text)
        case .messageIdentifier: buffer += HeaderField.tokens("Message-ID", ["<\(messageIdentifier(recipient))>"])
        case .original:
            // RFC 5322, section 3.6.4.
            buffer += HeaderField.tokens("In-Reply-To", ["<\(original(recipient))>"])
            buffer += HeaderField.tokens("References", ["<\(original(recipient))>"])
        case .unsubscription(let mailbox): buffer += Unsubscribe.lines(recipient.preferences, mailbox)
        case .text(let slot): Self.append(slot: recipient.text(slot).utf8, into: &buffer)
        case .html(let slot): Self.append(slot: escapedHTML(recipient.text(slot)).utf8, into: &buffer)
        }
    }

    /// A slot begins at the start of a line and what follows it does too, hence the soft break behind it.
    private static func append(slot: some Collection<UInt8>, into buffer: inout [UInt8]) {
        if QuotedPrintable.append(slot, to: &buffer) { buffer += QuotedPrintable.softBreak }
    }

    /// Sixteen digits from everything that the mail is made of: the same mail has the same boundary at every attempt.
    private static func boundary(_ rendering: EditionRendering, _ headers: MailHeaders) -> String {
        let texts = [rendering.mailText, rendering.mailHTML].map { $0.filled { "{\($0.rawValue)}" } }
        let parts = [headers.mailSlug, rendering.subject] + texts + rendering.pictures.map(\.digest.hexadecimal)
        var digest = SHA256()
        // The end of a part counts, so that "ab", "c" differs from "a", "bc".
        for part in parts { digest.update(Array(part.utf8) + [0]) }
        return String(hexadecimal(digest.finish()).prefix(16))
    }
}

/// A person's name as it may stand in HTML text or in a quoted attribute.
func escapedHTML(_ text: String) -> String {
    guard text.utf8.contains(where: { "&<>\"'".utf8.contains($0) }) else { return text }
    return text.reduce(into: "") { escaped, character in
        switch character {
        case "&": escaped += "&amp;"
        case "<": escaped += "&lt;"
        case ">": escaped += "&gt;"
        case "\"": escaped += "&quot;"
        case "'": escaped += "&#39;"
        default: escaped.append(character)
        }
    }
}
