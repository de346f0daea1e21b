import Core
import Foundation
import Push

/// Mail into a folder, one file each, by ``MailFolder``.
///
/// In: a batch of mails. Out: files, each whole before it is settled. Failure: a disk that is full or gone is a ``Fault``; nothing
/// of that mail is settled and the outbox tries again later.
final class DirectoryLane: Lane {
    private let folder: MailFolder
    private let mails: EditionMails
    private let rate: SendingRate?
    private let clock: any WallClock

    init(_ root: String, _ mails: EditionMails, _ rate: SendingRate?, _ clock: any WallClock) {
        folder = MailFolder(root)
        self.mails = mails
        self.rate = rate
        self.clock = clock
    }

    func carry(_ batch: Batch) throws(Fault) {
        let queue = BatchQueue(batch, mails, rate, clock)
        while let claimed = try queue.next(waiting: true) {
            try queue.settle(claimed, .sent(reply: "written to \(try folder.write(claimed.mail))"))
        }
    }

    func close() {}
}
