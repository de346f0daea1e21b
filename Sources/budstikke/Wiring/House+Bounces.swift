import Bounces
import Core
import Crypto

extension House {
    /// The stage that reads delivery reports; `nil` when the settings name no place that they come to.
    func bounces() throws(Fault) -> BounceStage? {
        guard let bounces = settings.bounces, let email = settings.email, let returnPath = email.returnPath else { return nil }
        var sources: [any BounceSource] = []
        if let maildir = bounces.maildir { sources.append(BounceMaildir(path: maildir)) }
        if let mailbox = bounces.mailbox {
            sources.append(
                BounceMailbox(url: mailbox.url, user: mailbox.user, caFile: mailbox.caFile) { [settings] () throws(Fault) in
                    String(decoding: try Secret(file: mailbox.passwordFile, relativeTo: settings.folder).bytes, as: UTF8.self)
                })
        }
        return BounceStage(
            sources: sources, attribution: BounceAttribution(returnPath: returnPath, delimiter: email.delimiter, key: key), ledger: ledger,
            clock: clock, rescan: bounces.rescan)
    }
}
