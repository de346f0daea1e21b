import Core

/// What the headers of an edition's mails say, equal for all recipients of one language.
package struct MailHeaders: Hashable, Sendable {
    /// Whether a recipient may leave the publication from the mail program.
    package enum Unsubscription: Hashable, Sendable {
        /// By the recipient's own address on the web (one click, RFC 8058) or a mail to this address (RFC 2369).
        case offered(mailbox: EmailAddress)
        /// The publication is mandatory: the headers say nothing of unsubscribing.
        case mandatory
    }

    /// Which of an edition's corrections a mail is about.
    package struct Correction: Hashable, Sendable {
        package var number: Int
        /// When it was sent off, whatever the attempt.
        package var date: Instant

        package init(number: Int, date: Instant) {
            self.number = number
            self.date = date
        }
    }

    package var from: Mailbox
    /// The edition's release, not the moment of an attempt: the bytes are the same at every attempt.
    package var date: Instant
    package var zone: Zone
    /// The publication's name, as in the file name of its schedule.
    package var publication: String
    package var publicationTitle: String
    package var editionSlug: String
    package var language: Language
    package var unsubscription: Unsubscription
    /// A crisis message: programs mark it, and it is no bulk mail that relays may put off.
    package var isUrgent = false
    /// `nil` for the edition itself. A mail about a correction answers the edition's own mail.
    package var correction: Correction?

    package init(
        from: Mailbox, date: Instant, zone: Zone, publication: String, publicationTitle: String, editionSlug: String,
        language: Language, unsubscription: Unsubscription
    ) {
        self.from = from
        self.date = date
        self.zone = zone
        self.publication = publication
        self.publicationTitle = publicationTitle
        self.editionSlug = editionSlug
        self.language = language
        self.unsubscription = unsubscription
    }

    /// Names the mail among all: the edition's slug, with the correction's number behind it.
    var mailSlug: String { correction.map { "\(editionSlug)-correction-\($0.number)" } ?? editionSlug }

    var domain: String { String(from.address.domain) }

    /// The header fields that are the same for everybody, in the order in which they are shown.
    func lines(subject: String) -> [UInt8] {
        let list = "<\(atom(publication)).\(domain)>"
        var listField = HeaderField("List-Id")
        listField.append(publicationTitle, .phrase)
        listField.append(token: list.utf8)
        return HeaderField.mailbox("From", from.name, from.address.text)
            + HeaderField.text("Subject", subject)
            + HeaderField.tokens("Date", [messageDate(correction?.date ?? date, zone)])
            + listField.line
            + HeaderField.tokens("Auto-Submitted", ["auto-generated"])  // RFC 3834, section 5
            + (isUrgent ? Self.urgency : HeaderField.tokens("Precedence", ["bulk"]))
            + HeaderField.tokens("X-Auto-Response-Suppress", ["All"])  // MS-OXCMAIL: no out-of-office replies from Exchange
            + HeaderField.tokens("Content-Language", [language.rawValue])
            + HeaderField.tokens("Feedback-ID", [feedbackIdentifier])
            + HeaderField.tokens("MIME-Version", ["1.0"])
    }

    /// RFC 4021, section 2.1.54 and 2.1.55; `X-Priority` for programs that read nothing else.
    private static let urgency =
        HeaderField.tokens("Importance", ["high"]) + HeaderField.tokens("Priority", ["urgent"]) + HeaderField.tokens("X-Priority", ["1"])

    /// Gmail's feedback loop counts complaints by these four names, none of them a person's: edition (the end of its slug tells one
    /// from the next), publication, kind, sender.
    private var feedbackIdentifier: String {
        "\(atom(editionSlug).suffix(20)):\(atom(publication).prefix(20)):newsletter:\(atom(domain).prefix(12))"
    }
}
