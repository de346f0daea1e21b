import Core

/// What the relay is told of a mail before it gets it: one sender, one recipient.
package struct SMTPEnvelope: Hashable, Sendable {
    package var sender: EmailAddress
    package var recipient: EmailAddress
    /// Comes back in delivery reports (ENVID, RFC 3461): the Message-ID's part before the `@`.
    package var identifier: String
    /// Bytes, estimated.
    package var size: Int

    package init(sender: EmailAddress, recipient: EmailAddress, identifier: String, size: Int) {
        self.sender = sender
        self.recipient = recipient
        self.identifier = identifier
        self.size = size
    }

    /// The steps of ``commands(_:)``.
    static let steps: [SMTPStep] = [.mail, .recipient, .data]

    /// The commands that open the transaction, with the parameters that the relay offers. An ``EmailAddress`` holds no
    /// space, bracket or control character, so it cannot end its command.
    func commands(_ capabilities: SMTPCapabilities) -> [SMTPCommand] {
        var mail = "MAIL FROM:<\(sender)>"
        var rcpt = "RCPT TO:<\(recipient)>"
        if capabilities.size { mail += " SIZE=\(size)" }
        if capabilities.deliveryStatus {
            // Headers suffice: the newsletter itself need not come back a thousand times.
            mail += " RET=HDRS ENVID=\(Self.xtext(identifier).prefix(100))"
            rcpt += " NOTIFY=FAILURE ORCPT=rfc822;\(Self.xtext(recipient.text))"
        }
        return [SMTPCommand(.mail, mail), SMTPCommand(.recipient, rcpt), SMTPCommand(.data, "DATA")]
    }

    /// RFC 3461, section 4: `+`, `=` and what is not printable ASCII as `+` and two digits.
    static func xtext(_ text: String) -> String {
        guard !text.utf8.allSatisfy(isPlain) else { return text }
        return text.utf8.reduce(into: "") { result, byte in
            if isPlain(byte) {
                result.unicodeScalars.append(Unicode.Scalar(byte))
            } else {
                result += "+" + (byte < 16 ? "0" : "") + String(byte, radix: 16, uppercase: true)
            }
        }
    }

    private static func isPlain(_ byte: UInt8) -> Bool {
        (0x21...0x7E).contains(byte) && byte != UInt8(ascii: "+") && byte != UInt8(ascii: "=")
    }
}

/// One command and the step of the dialogue it is.
struct SMTPCommand: Hashable, Sendable {
    let step: SMTPStep
    let line: String

    init(_ step: SMTPStep, _ line: String) {
        self.step = step
        self.line = line
    }

    static let reset = SMTPCommand(.reset, "RSET")
    var bytes: [UInt8] { Array(line.utf8) + [0x0D, 0x0A] }
}
