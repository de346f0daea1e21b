import Core
import Foundation

/// Puts a ``SharedMail`` together: writes the constant bytes, and ends the piece where a personal part stands.
struct MailAssembly {
    private var pieces: [SharedMail.Piece] = []
    private var fixed: [UInt8] = []
    private let alternative: String
    private let related: String

    /// RFC 2046, section 5.1.1: a boundary must not occur in what it separates. `=_` occurs in neither quoted-printable (an
    /// equals sign is followed by two digits or a line end) nor base64.
    init(boundary: String) {
        alternative = "=_\(boundary)_a"
        related = "=_\(boundary)_r"
    }

    func finished() -> [SharedMail.Piece] { fixed.isEmpty ? pieces : pieces + [.fixed(fixed)] }

    mutating func headers(_ headers: MailHeaders, subject: String) {
        append(.to)
        append(.messageIdentifier)
        if headers.correction != nil { append(.original) }
        if case .offered(let mailbox) = headers.unsubscription { append(.unsubscription(mailbox)) }
        fixed += headers.lines(subject: subject)
        line("Content-Type: multipart/alternative; boundary=\"\(alternative)\"")
        line("")
    }

    mutating func body(_ rendering: EditionRendering, _ pictures: [PictureDigest: Picture], edition: String) throws(Fault) {
        line("--\(alternative)")
        text("plain", rendering.mailText) { .text($0) }
        line("--\(alternative)")
        if rendering.pictures.isEmpty {
            text("html", rendering.mailHTML) { .html($0) }
        } else {
            // RFC 2387: the root part comes first, `type` names it.
            line("Content-Type: multipart/related; type=\"text/html\";")
            line(" boundary=\"\(related)\"")
            line("")
            line("--\(related)")
            text("html", rendering.mailHTML) { .html($0) }
            for inline in rendering.pictures {
                guard let picture = pictures[inline.digest] else {
                    throw Fault(
                        "compose the mail of", edition, cause: "the picture \(inline.digest) is not in the ledger",
                        mend: "Restore the ledger from a backup, or let the item's source drop its picture again.")
                }
                line("--\(related)")
                try append(picture, inline.contentID, edition: edition)
            }
            line("--\(related)--")
        }
        line("--\(alternative)--")
    }

    private mutating func append(_ personal: SharedMail.Personal) {
        if !fixed.isEmpty { pieces.append(.fixed(fixed)) }
        fixed = []
        pieces.append(.personal(personal))
    }

    private mutating func line(_ text: String) {
        fixed += text.utf8
        fixed += [0x0D, 0x0A]
    }

    private mutating func text(_ subtype: String, _ slotted: SlottedText, _ personal: (Slot) -> SharedMail.Personal) {
        line("Content-Type: text/\(subtype); charset=utf-8")
        line("Content-Transfer-Encoding: quoted-printable")
        line("")
        var open = false
        for piece in slotted.pieces {
            switch piece {
            case .fixed(let run): open = QuotedPrintable.append(run.utf8, to: &fixed)
            case .slot(let slot):
                if open { fixed += QuotedPrintable.softBreak }
                append(personal(slot))
                open = false
            }
        }
        // The CRLF before a boundary belongs to the boundary (RFC 2046, section 5.1.1), so one is always added.
        line("")
    }

    private mutating func append(_ picture: Picture, _ identifier: String, edition: String) throws(Fault) {
        guard !identifier.isEmpty, identifier.utf8.count <= 200,
            identifier.utf8.allSatisfy({ (0x21...0x7E).contains($0) && !"<>\"(),:;[]\\".utf8.contains($0) })
        else {
            throw Fault(
                "compose the mail of", edition, cause: "a picture's content identifier cannot stand in a header",
                mend: "Use letters, digits, dots, hyphens and @ in the template's cid: addresses.")
        }
        line("Content-Type: \(picture.format.mediaType)")
        line("Content-Transfer-Encoding: base64")
        line("Content-ID: <\(identifier)>")
        line("Content-Disposition: inline; filename=\"\(picture.digest.hexadecimal.prefix(16)).\(picture.format.fileExtension)\"")
        line("")
        fixed += Data(picture.bytes)
            .base64EncodedData(options: [.lineLength76Characters, .endLineWithCarriageReturn, .endLineWithLineFeed])
        line("")
    }
}
