import Core
import Desk

/// What the world's name servers say of the domain that mails come from: whether it takes mail, and SPF (RFC 7208), DKIM (RFC 6376) and
/// DMARC (RFC 7489). Where no name server answers nothing is held against the installation.
struct SenderNames {
    var domain: String
    var selector: String?
    var lookup: NameLookup

    /// RFC 2606 and 6761: names that no name server has.
    private static let reserved = ["example", "test", "invalid", "localhost", "local"]

    func findings() -> [Finding] {
        if let last = domain.split(separator: ".").last, Self.reserved.contains(last.lowercased()) {
            return [.init("sender domain", .advice, "\(domain) is an example's", mend: "Write your own address in [Email] From=.")]
        }
        guard case .records(let mail) = lookup.records(.mail, of: domain),
            case .records(let addresses) = mail.isEmpty ? lookup.records(.address, of: domain) : .records([])
        else {
            return [
                .init(
                    "sender domain", .advice, "no name server answered, so MX, SPF, DKIM and DMARC of \(domain) were not looked at",
                    mend: "Ask one that does with --resolver ADDRESS.")
            ]
        }
        var findings: [Finding] = []
        if mail.isEmpty && addresses.isEmpty {
            findings.append(
                .init(
                    "sender domain", .problem, "\(domain) takes no mail: it has neither MX nor address",
                    mend: "Replies and reports cannot come back, and many refuse such mail. Add an MX record, or mend [Email] From=."))
        } else {
            findings.append(.init("sender domain", .good, "\(domain) takes mail at \(mail.first ?? addresses.first ?? "itself")"))
        }
        return findings + [spf(), dkim(), dmarc()]
    }

    private func texts(_ name: String, _ version: String) -> [String]? {
        guard case .records(let records) = lookup.records(.text, of: name) else { return nil }
        return records.filter {
            $0.lowercased() == version || $0.lowercased().hasPrefix(version + " ") || $0.lowercased().hasPrefix(version + ";")
        }
    }

    private func unanswered(_ subject: String) -> Finding {
        .init(subject, .advice, "no name server answered", mend: "Try again, or ask another with --resolver ADDRESS.")
    }

    private func spf() -> Finding {
        guard let found = texts(domain, "v=spf1") else { return unanswered("SPF") }
        let mend = "Have one TXT record at \(domain), such as: v=spf1 mx include:your-relay.example -all"
        guard let record = found.first else {
            return .init("SPF", .problem, "\(domain) does not say who may send its mail", mend: mend)
        }
        // RFC 7208, section 4.5: more than one is an error, and none of them holds.
        guard found.count == 1 else { return .init("SPF", .problem, "\(domain) has \(found.count) SPF records, so none holds", mend: mend) }
        let terms = record.lowercased().split(separator: " ").map(String.init)
        if terms.contains("+all") || terms.contains("all") {
            return .init("SPF", .problem, "the record lets everybody send: \(record)", mend: "End it with -all or ~all.")
        }
        return .init("SPF", .good, record)
    }

    private func dkim() -> Finding {
        guard let selector else {
            return .init(
                "DKIM", .advice, "its key's name is the relay's to know, so it was not looked for",
                mend: "Name it: budstikke doctor --selector NAME; in a mail that came, it stands behind s= in DKIM-Signature.")
        }
        let name = "\(selector)._domainkey.\(domain)"
        guard case .records(let records) = lookup.records(.text, of: name) else { return unanswered("DKIM") }
        let key = records.lazy.compactMap { record in
            record.split(separator: ";").map { $0.filter { $0 != " " } }.first { $0.hasPrefix("p=") }
        }.first
        guard let key else {
            return .init("DKIM", .problem, "there is no key at \(name)", mend: "Publish the relay's key there, or name another selector.")
        }
        // RFC 6376, section 3.6.1: an empty key is one that was taken back.
        guard key.count > 2 else { return .init("DKIM", .problem, "the key at \(name) was taken back", mend: "Publish the one in use.") }
        return .init("DKIM", .good, "a key at \(name)")
    }

    /// The domain's own record, else that of the domain above (RFC 7489, section 6.6.3).
    private func dmarc() -> Finding {
        var labels = domain.split(separator: ".").map(String.init)
        while labels.count >= 2 {
            let name = "_dmarc." + labels.joined(separator: ".")
            guard let found = texts(name, "v=dmarc1") else { return unanswered("DMARC") }
            if let record = found.first { return .init("DMARC", .good, "\(record) at \(name)") }
            labels.removeFirst()
        }
        return .init(
            "DMARC", .advice, "\(domain) does not say what is to be done with forged mail",
            mend: "Publish a TXT record at _dmarc.\(domain), to begin with: v=DMARC1; p=none; rua=mailto:…")
    }
}
