import Core
import Ledger

/// Receipts and notes by mail, beside those that lie in the drop folder: handed to the ledger, carried by whoever carries mail.
///
/// A mail goes to the item's own contact when that is a person of the directory or the source's contact, else to the source's contact:
/// whoever can write in a drop folder cannot have mail sent anywhere else. The ledger leaves out what would be too much for one person.
struct NoticePost: Sendable {
    let ledger: Ledger
    let note: Note
    let renderReceipt: ReceiptMailRenderer
    let language: Language
    let rule: NotifyRule
    let log: Log

    /// Tells of an item that was taken in. The receipt is only made when somebody is to have it. Throws a ``Fault``.
    func receipt(
        _ acceptance: Acceptance, version: Int, name: String, source: Source, contact: String?, at now: Instant, _ receipt: () -> Receipt
    ) throws(Fault) {
        guard rule == .all, let address = try address(contact, source) else { return }
        let mail = try renderReceipt(receipt())
        let once = "receipt item \(acceptance.item) version \(version) \(source.name)/\(name)"
        try post("receipt", "item \(acceptance.item)", address, mail.subject, mail.text, once, now)
    }

    /// Tells of a file that was refused. `state` tells one state of the file from the next. Throws a ``Fault``.
    func refusal(_ refusal: Refusal, name: String, state: FileIdentity, source: Source, at now: Instant) throws(Fault) {
        guard rule != .none, let address = try address(refusal.contact, source) else { return }
        let once = "refusal \(source.name)/\(name) \(state.inode) \(state.seconds).\(state.nanoseconds)"
        let mail = note.mail(refusal, file: name, source: source.name)
        try post("refusal", "\(source.name)/\(name)", address, mail.subject, mail.text, once, now)
    }

    private func post(
        _ kind: String, _ object: String, _ address: EmailAddress, _ subject: String, _ text: String, _ once: String, _ now: Instant
    ) throws(Fault) {
        let draft = NoticeDraft(
            kind: kind, object: object, address: address, language: language, subject: subject, text: text, once: once)
        if try ledger.post(draft, at: now) == .tooMany {
            log.warning("left out a mail: its address has had too many in an hour", ["OBJECT": object, "KIND": kind])
        }
    }

    private func address(_ contact: String?, _ source: Source) throws(Fault) -> EmailAddress? {
        if let named = contact.flatMap({ EmailAddress.first(in: $0) })?.address {
            if named.key == source.contact?.key { return named }
            if try ledger.hasRecipient(named) { return named }
        }
        return source.contact
    }
}
