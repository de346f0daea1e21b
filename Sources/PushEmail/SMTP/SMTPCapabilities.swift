/// What a relay offers, of what we use (RFC 5321, section 4.1.1.1: one keyword a line, behind the relay's name).
package struct SMTPCapabilities: Hashable, Sendable {
    /// RFC 2920: several commands in one write.
    package var pipelining = false
    /// RFC 1870: the size of a mail is announced with it.
    package var size = false
    /// RFC 3461: reports of what could not be delivered carry our identifiers.
    package var deliveryStatus = false

    package init() {}

    package init(helloLines: [String]) {
        let keywords = Set(helloLines.dropFirst().map { $0.prefix { $0 != " " }.uppercased() })
        pipelining = keywords.contains("PIPELINING")
        size = keywords.contains("SIZE")
        deliveryStatus = keywords.contains("DSN")
    }
}
