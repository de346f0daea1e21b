import Core
import Push

/// A mail as the dialogue needs it.
package protocol OutgoingMail {
    var envelope: SMTPEnvelope { get }
    /// Appends headers and body; line ends are CRLF.
    func append(into buffer: inout [UInt8])
}

/// Where the dialogue gets its mails and leaves what became of them.
package protocol MailQueue: AnyObject {
    associatedtype Mail: OutgoingMail
    /// The next mail. When the rate does not permit one yet: waits, or answers `nil` at once when `waiting` is false. Also `nil`
    /// when there is none left.
    func next(waiting: Bool) throws(Fault) -> Mail?
    /// Takes an outcome; it outlives a killed process when this returns.
    func settle(_ mail: Mail, _ outcome: DeliveryOutcome) throws(Fault)
}
