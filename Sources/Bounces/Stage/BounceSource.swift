import Core

/// Where reports come in: a maildir or a mailbox.
package protocol BounceSource: Sendable {
    /// For the log and the alarm.
    var name: String { get }
    /// Shows each report that is not done to `take`, and marks it as done when `take` has returned. Returns whether there may be more.
    /// Throws a ``Fault`` when the place cannot be read; what was taken stays taken.
    func look(isStopped: () -> Bool, take: ([UInt8]) throws(Fault) -> Void) throws(Fault) -> Bool
}

package enum BounceLimits {
    /// Bytes of a report that are read; the rest is the mail that came back.
    package static let report = 2 << 20
    /// Reports of one look.
    package static let reports = 500
}
