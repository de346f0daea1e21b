/// What went wrong, in the operator's language: what was being done, to what, why it failed, and what mends it.
///
/// A text for a manager or another reader is never in here: Intake has its own notes, from the ``Catalogue``.
/// No field may hold a secret, a personal number, or the content of an item.
package struct Fault: Error, Hashable, Sendable, CustomStringConvertible {
    package var operation: String
    package var object: String
    package var cause: String
    package var mend: String

    package init(_ operation: String, _ object: String, cause: String, mend: String) {
        self.operation = operation
        self.object = object
        self.cause = cause
        self.mend = mend
    }

    package var description: String { "\(operation) \(object): \(cause). \(mend)" }
}
