import Core
import Ledger
import Push
import Synchronization

/// The shared part of each edition's mail, encoded when the first delivery of it comes and kept for the others.
///
/// In: claimed deliveries. Out: mails ready to be spliced. Failure: an edition or a picture that the ledger does not have is a
/// ``Fault``; the lane pauses, an alarm follows.
final class EditionMails: Sendable {
    private struct Key: Hashable {
        let edition: EditionID
        let language: Language
        let variant: String
        let correction: Int
        /// What was composed before the edition was corrected is not sent after it.
        let content: Int
        /// Of the ledger's texts: nor what was composed before a person was erased from them.
        let revision: Int
    }

    /// An edition is sent in up to three languages and some variants, and a few editions may be under way at once; each holds some
    /// hundred kilobytes, with pictures some megabytes.
    private static let kept = 16

    private let ledger: Ledger
    private let settings: EmailSettings
    private let cache = Mutex<[(key: Key, mail: EditionMail)]>([])

    init(_ ledger: Ledger, _ settings: EmailSettings) {
        self.ledger = ledger
        self.settings = settings
    }

    /// The mail of a delivery to its recipient.
    func mail(_ delivery: ClaimedDelivery) throws(Fault) -> ClaimedMail {
        if case .notice(let id, _) = delivery.target {
            guard let notice = try ledger.notice(id) else { throw missing("notice \(id)") }
            return ClaimedMail(delivery: delivery, mail: NoticeMail(notice, to: try ledger.recipient(address: notice.address), settings))
        }
        guard case .recipient(let id, let address, let name, let language) = delivery.target, let number = delivery.edition else {
            throw Fault("mail", "delivery \(delivery.id)", cause: "it is not to a recipient", mend: "Report this with the log.")
        }
        let key = Key(
            edition: number, language: language ?? settings.language, variant: delivery.variant, correction: delivery.correction,
            content: delivery.content, revision: ledger.textRevision)
        let edition = try edition(key)
        let recipient = MailRecipient(
            id: id, address: address, name: name, department: delivery.department,
            preferences: settings.preferences(id, edition.publication))
        return ClaimedMail(
            delivery: delivery, mail: PersonalMail(shared: edition.shared, recipient: recipient, edition: number, settings))
    }

    /// Composed under the lock: a second lane that needs the same edition waits for it instead of encoding it too.
    private func edition(_ key: Key) throws(Fault) -> EditionMail {
        try cache.withLock { cache throws(Fault) in
            if let hit = cache.first(where: { $0.key == key }) { return hit.mail }
            let mail = try compose(key)
            if cache.count >= Self.kept { cache.removeFirst() }
            cache.append((key, mail))
            return mail
        }
    }

    private func compose(_ key: Key) throws(Fault) -> EditionMail {
        guard let edition = try ledger.edition(key.edition) else { throw missing("edition \(key.edition)") }
        let publication = settings.publication(edition.publication)
        let (rendering, language) = try rendering(key, [key.language, publication?.language ?? settings.language] + Language.allCases)
        return EditionMail(publication: edition.publication, shared: try shared(edition, rendering, language, try occasion(key)))
    }

    /// Which correction a mail is about; `nil` for the edition itself.
    private func occasion(_ key: Key) throws(Fault) -> MailHeaders.Correction? {
        guard key.correction > 0 else { return nil }
        let known = try ledger.corrections(of: key.edition).first { $0.number == key.correction }
        guard let mailed = known?.mailed else { throw missing("correction \(key.correction) of edition \(key.edition)") }
        return .init(number: key.correction, date: mailed)
    }

    /// The part of a mail that all its recipients share. Throws a ``Fault`` when the ledger lacks a picture.
    func shared(
        _ edition: EditionRecord, _ rendering: EditionRendering, _ language: Language, _ correction: MailHeaders.Correction? = nil
    ) throws(Fault) -> SharedMail {
        let publication = settings.publication(edition.publication)
        var pictures: [PictureDigest: Picture] = [:]
        for inline in rendering.pictures { pictures[inline.digest] = try ledger.picture(inline.digest) }
        var headers = MailHeaders(
            from: settings.from, date: edition.released ?? edition.release, zone: settings.zone, publication: edition.publication,
            publicationTitle: publication?.title ?? edition.title, editionSlug: edition.slug, language: language,
            unsubscription: publication?.mandatoryReason == nil ? .offered(mailbox: settings.unsubscribeMailbox) : .mandatory)
        headers.isUrgent = edition.publication == AlertPublication.name
        headers.correction = correction
        return try SharedMail(rendering: rendering, pictures: pictures, headers: headers)
    }

    /// The first language of the list in which the edition was rendered.
    private func rendering(_ key: Key, _ languages: [Language]) throws(Fault) -> (EditionRendering, Language) {
        for language in languages {
            let rendering = try ledger.rendering(of: key.edition, in: language, variant: key.variant, correction: key.correction)
            if let rendering { return (rendering, language) }
        }
        throw missing("the rendering of edition \(key.edition)")
    }

    private func missing(_ what: String) -> Fault {
        Fault("mail", what, cause: "the ledger does not have it", mend: "Restore the ledger from a backup.")
    }
}

/// An edition's mail in one language, and the publication it belongs to.
private struct EditionMail: Sendable {
    let publication: String
    let shared: SharedMail
}

/// A mail that goes over a relay, or as a file into a folder.
protocol FiledMail: OutgoingMail, Sendable {
    /// The folder's name below the outbox.
    var folder: String { get }
    var fileName: String { get }
}

/// A delivery in the hands of a lane, with its mail.
struct ClaimedMail: OutgoingMail, Sendable {
    let delivery: ClaimedDelivery
    let mail: any FiledMail

    var envelope: SMTPEnvelope { mail.envelope }
    func append(into buffer: inout [UInt8]) { mail.append(into: &buffer) }
}
