import Core
import Curl

/// An IMAP mailbox that reports arrive in.
///
/// Comes in: messages without the mark `\\Answered`. Goes out: each shown once, then marked as answered and seen; nothing is deleted or
/// moved. A connection is made for each look. On failure a ``Fault``; what was shown and not marked is shown again.
package struct BounceMailbox: BounceSource {
    package let url: String
    package var name: String { url }
    private let user: String
    private let password: @Sendable () throws(Fault) -> String
    private let caFile: String?

    package init(url: String, user: String, caFile: String?, password: @escaping @Sendable () throws(Fault) -> String) {
        self.url = url
        self.user = user
        self.caFile = caFile
        self.password = password
    }

    package func look(isStopped: () -> Bool, take: ([UInt8]) throws(Fault) -> Void) throws(Fault) -> Bool {
        let mailbox = try IMAPMailbox(url: url, user: user, password: try password(), caFile: caFile)
        let waiting = try mailbox.waiting(limit: BounceLimits.reports)
        for uid in waiting {
            if isStopped() { return false }
            try take(try mailbox.message(uid, limit: BounceLimits.report))
            try mailbox.markDone(uid)
        }
        return waiting.count == BounceLimits.reports
    }
}
