import Configuration
import Core
import Crypto
import Desk
import Foundation
import Ledger

/// What is kept about one person: told to them, or taken away with proof.
struct PersonOperations {
    var house: House
    var actor: String

    func export(_ address: EmailAddress) throws(Fault) -> Answer {
        let record = try house.ledger.person(address)
        let files = MailFolders(settings: house.settings).mails(to: address)
        return Answer(text: text(record, files), json: jsonText(PersonAnswer(record: record, files: files)))
    }

    private func text(_ record: PersonRecord, _ files: [String]) -> String {
        guard !record.isEmpty || !files.isEmpty else { return "Nothing is kept about \(record.address)." }
        func at(_ instant: Instant?) -> String { shown(instant, house.zone) }
        var parts = ["Everything that is kept about \(record.address), \(at(house.clock.now())):"]
        if let person = record.person {
            var lines = [
                record.isInDirectory
                    ? "In the directory of employees, since the change of \(at(record.changed)):"
                    : "No longer in the directory, since \(at(record.changed)). Before:"
            ]
            let values = [
                ("name", person.name), ("department", person.department), ("location", person.location), ("role", person.role),
                ("language", person.language?.rawValue ?? ""), ("groups", person.groups.joined(separator: ", ")),
            ]
            lines += (values + person.attributes.sorted { $0.key < $1.key }.map { ($0.key, $0.value) }).filter { !$0.1.isEmpty }.map {
                "  \($0.0): \($0.1)"
            }
            if let language = record.chosenLanguage { lines.append("  language chosen by the person: \(language)") }
            parts.append(lines.joined(separator: "\n"))
        }
        func list(_ title: String, _ lines: [String]) {
            if !lines.isEmpty { parts.append(title + "\n" + lines.map { "  " + $0 }.joined(separator: "\n")) }
        }
        list("Unsubscribed from:", record.unsubscribed.map { "\($0.name), \(at($0.at))" })
        list("Topics not wanted:", record.mutedTopics.map { "\($0.name), \(at($0.at))" })
        list("Sent nothing any more:", record.suppression.map { ["since \(at($0.since)): \($0.reason)"] } ?? [])
        list(
            "Mails:",
            record.mails.map { "\(at($0.since))  \($0.state.rawValue)  \($0.about): \($0.title)\($0.reply.map { " (\($0))" } ?? "")" })
        list("Reports of mails that did not arrive:", record.reports.map { "\(at($0.at))  \($0.verdict) \($0.status) \($0.reason)" })
        list("Accounts of the desk:", record.accounts.map { "\($0.name): \($0.roles.map(\.description).joined(separator: ", "))" })
        list("Corrections:", record.corrections.map { "\(at($0.at))  \($0.actor): \($0.edition), correction \($0.number): \($0.note)" })
        list("Named in items:", record.mentions.map { "item \($0.item), version \($0.version): \($0.title)" })
        list("Who did what:", record.audit.map { "\(at($0.at))  \($0.actor): \($0.act) \($0.object) \($0.detail)" })
        list("Mails as files:", files)
        return parts.joined(separator: "\n\n")
    }

    /// How long a mail that is on its way right now is waited for.
    private static let patience = 100
    private static let pause = 0.1

    /// Takes the address out of the ledger, its log, the journal, the spool and the folders of mails, and looks through their bytes after it.
    func erase(_ address: EmailAddress, at now: Instant) throws(Fault) -> Answer {
        let ledger = house.ledger
        var rounds = 0
        while try ledger.beginErasure(of: address, at: now) {
            rounds += 1
            guard rounds < Self.patience else { throw Ledger.onItsWay }
            Thread.sleep(forTimeInterval: Self.pause)
        }
        let erasure = try ledger.erase(address, by: actor, at: now)
        let mails = try MailFolders(settings: house.settings).erase(address)
        var proof = try prove(address, mails)
        proof.erasure = erasure
        let trays = TrayFiles(house.receiptSweep).erase(address)
        proof.maskedReceipts = trays.masked
        proof.originals = trays.originals
        proof.left += trays.failed
        proof.dropFolderAnswered = trays.isAnswered
        proof.removedMails = mails.removed
        proof.maskedMails = mails.masked
        proof.inDirectory = directoryHolds(address)
        return Answer(text: text(address, proof), json: jsonText(proof), isProblem: !proof.isClean)
    }

    /// Every byte of the state folder and of the folders of mails, after the log was emptied; when something is left in the ledger's file,
    /// that is written anew first.
    private func prove(_ address: EmailAddress, _ mails: MailFolders.Erased) throws(Fault) -> ErasureProof {
        var proof = ErasureProof()
        proof.logIsEmpty = try emptied { () throws(Fault) in try house.ledger.emptyLog() }
        let key = address.key
        let look = ByteSearch(key)
        if look.places(in: house.ledger.path, whole: false) > 0 {
            proof.rewritten = true
            _ = try house.ledger.rewrite()
            proof.logIsEmpty = try emptied { () throws(Fault) in try house.ledger.emptyLog() }
        }
        // In a file that was just written from its tables only they can hold it, and as part of a longer address.
        proof.texts = try house.ledger.textCount(holding: address)
        for folder in [house.settings.organisation.stateFolder] + MailFolders(settings: house.settings).folders {
            for file in ByteSearch.files(below: folder) {
                proof.files += 1
                proof.bytes += ByteSearch.size(of: file)
                let isLedger = house.ledger.files.contains(file)
                // The next import takes what stands in the employees' file; that it does is told beside this.
                guard file != house.settings.recipientsFile else { continue }
                let count = look.places(in: file, whole: !isLedger)
                guard count > 0 else { continue }
                if !isLedger, ByteSearch.isLedgerCopy(file) {
                    proof.copies.append(file)
                    continue
                }
                if isLedger, proof.rewritten, proof.logIsEmpty, proof.texts == 0 {
                    proof.longerAddresses += count
                } else {
                    proof.left.append(file)
                }
            }
        }
        if let backup = try house.ledger.lastBackup().map({ URL(fileURLWithPath: $0.file).standardizedFileURL.path }),
            !proof.copies.contains(backup), look.places(in: backup, whole: false) > 0
        {
            proof.copies.append(backup)
        }
        return proof
    }

    /// The log is emptied between two of its readers.
    private func emptied(_ empty: () throws(Fault) -> Bool) throws(Fault) -> Bool {
        for _ in 0..<Self.patience {
            if try empty() { return true }
            Thread.sleep(forTimeInterval: Self.pause)
        }
        return false
    }

    /// Whether the directory's file still has the person, who would come back as a new employee with the next import.
    private func directoryHolds(_ address: EmailAddress) -> Bool {
        ByteSearch(address.key).places(in: house.settings.recipientsFile, whole: true) > 0
    }

    private func text(_ address: EmailAddress, _ proof: ErasureProof) -> String {
        var lines: [String] = []
        let erasure = proof.erasure
        if proof.isClean {
            lines.append(
                "The address is in none of \(proof.files) files (\(proof.bytes) bytes) of the ledger, its log, the journal, the spool and the folders of mails."
            )
        } else {
            lines.append("The person was taken out of the ledger, but the address still stands in:")
            lines += proof.left.map { "  \($0)" }
            if !proof.logIsEmpty {
                lines.append("The ledger's log could not be emptied, for something reads it (a backup, the weekly examination). Ask again.")
            }
        }
        lines.append(
            "\(erasure.deliveries) deliveries and \(erasure.bounces) reports are counted without the person; \(proof.removedMails) mails as files were removed; \(erasure.texts + proof.maskedMails + proof.maskedReceipts) texts that named the address name it no more."
        )
        if erasure.unsubscriptions > 0 || erasure.wasSuppressed {
            lines.append("What the person is not to be sent is remembered by a keyed digest, which names nobody.")
        }
        if !erasure.accountsRemoved.isEmpty { lines.append("The account of that name at the desk is gone.") }
        for name in erasure.accountsWithoutAddress {
            lines.append("The account ‘\(name)’ has no address any more. To remove it: budstikke user remove \(name)")
        }
        if proof.longerAddresses > 0 {
            lines.append("\(proof.longerAddresses) places hold a longer address that ends or begins like this one: another person's.")
        }
        if proof.inDirectory {
            lines.append(
                "BUT \(house.settings.recipientsFile) still has the address: the next time it is read the person comes back as a new employee. Remove the line there first, then erase again."
            )
        } else if house.settings.directory != nil {
            lines.append(
                "If the directory server still has the person, the next look at it brings them back as a new employee: remove them there.")
        }
        func list(_ title: String, _ files: [String]) {
            guard !files.isEmpty else { return }
            lines.append(title)
            lines += files.map { "  \($0)" }
        }
        list("Copies of the ledger that were made before still have the address; remove them, or let them run out:", proof.copies)
        list("Files of the sources that have it, for them to change or remove ([Retention] Receipts= is their time):", proof.originals)
        if !proof.dropFolderAnswered {
            lines.append("The drop folder does not answer, so receipts and notes there have not been looked through. Ask again.")
        }
        lines.append(
            "Backups elsewhere, mails that were sent, posts on the intranet and the configuration ([Alarm] Mail=, for instance) are not changed: see to them."
        )
        return lines.joined(separator: "\n")
    }
}

private struct PersonAnswer: Encodable {
    var record: PersonRecord
    var files: [String]
}

/// What an erasure says of itself.
struct ErasureProof: Encodable {
    var erasure = Erasure()
    var files = 0
    var bytes = 0
    /// Files that still hold the address.
    var left: [String] = []
    var logIsEmpty = false
    /// Whether the ledger's file had to be written anew.
    var rewritten = false
    /// Texts in the ledger that still hold it as a whole.
    var texts = 0
    var longerAddresses = 0
    var removedMails = 0
    var maskedMails = 0
    var maskedReceipts = 0
    /// Copies of the ledger that were made before and have it.
    var copies: [String] = []
    /// Files in `Modtaget/` and `Afvist/` that the sources wrote and that have it.
    var originals: [String] = []
    var dropFolderAnswered = true
    var inDirectory = false

    var isClean: Bool { left.isEmpty && logIsEmpty && texts == 0 && dropFolderAnswered }

    enum CodingKeys: String, CodingKey {
        case erasure, files, bytes, left, logIsEmpty, rewritten, texts, longerAddresses, removedMails, maskedMails, maskedReceipts
        case copies, originals, dropFolderAnswered, inDirectory, isClean
    }

    func encode(to encoder: Encoder) throws {
        var container = encoder.container(keyedBy: CodingKeys.self)
        try container.encode(erasure, forKey: .erasure)
        try container.encode(files, forKey: .files)
        try container.encode(bytes, forKey: .bytes)
        try container.encode(left, forKey: .left)
        try container.encode(logIsEmpty, forKey: .logIsEmpty)
        try container.encode(rewritten, forKey: .rewritten)
        try container.encode(texts, forKey: .texts)
        try container.encode(longerAddresses, forKey: .longerAddresses)
        try container.encode(removedMails, forKey: .removedMails)
        try container.encode(maskedMails, forKey: .maskedMails)
        try container.encode(maskedReceipts, forKey: .maskedReceipts)
        try container.encode(copies, forKey: .copies)
        try container.encode(originals, forKey: .originals)
        try container.encode(dropFolderAnswered, forKey: .dropFolderAnswered)
        try container.encode(inDirectory, forKey: .inDirectory)
        try container.encode(isClean, forKey: .isClean)
    }
}
