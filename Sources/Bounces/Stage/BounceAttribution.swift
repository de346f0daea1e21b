import Core
import Crypto
import Ledger

/// Whose delivery a report is about.
///
/// With a delimiter the address that the report came to must hold a token of this installation: what the report says itself is a
/// stranger's word, and would let anybody have anybody suppressed. Without one (a mailbox that knows no subaddresses) that word
/// is all there is: then who can write to the mailbox can end somebody's subscription, as the manual says.
package struct BounceAttribution: Sendable {
    package var returnPath: EmailAddress
    package var delimiter: String?
    package var key: InstallationKey

    package init(returnPath: EmailAddress, delimiter: String?, key: InstallationKey) {
        self.returnPath = returnPath
        self.delimiter = delimiter
        self.key = key
    }

    func entry(_ report: BounceReport, digest: (String) -> String, in ledger: Ledger) throws(Fault) -> BounceEntry {
        let conclusion = report.conclusion
        let token = delimiter.flatMap { delimiter in
            report.receivedFor.lazy.compactMap { ReturnPathToken(verifying: $0, under: returnPath, delimiter: delimiter, key: key) }.first
        }
        var recipient = token?.recipient
        if delimiter == nil, let address = EmailAddress(conclusion.address) { recipient = try ledger.recipient(address: address) }
        return BounceEntry(
            digest: digest(token.map { "\($0.recipient) \($0.edition.map(\.description) ?? "-")" } ?? ""),
            verdict: BounceEntry.Verdict(rawValue: conclusion.verdict.rawValue) ?? .none, recipient: recipient, edition: token?.edition,
            status: conclusion.status, reason: conclusion.reason)
    }
}
