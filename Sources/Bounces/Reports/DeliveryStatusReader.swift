import Foundation

/// Reads the machine's part of a delivery report (RFC 3464; RFC 6533 for addresses beyond ASCII).
enum DeliveryStatusReader {
    static let types: Set<String> = ["message/delivery-status", "message/global-delivery-status"]
    private static let mostRecipients = 1_000

    /// One finding for each recipient that the part names, in its order. `notice` is what the report tells people: its words stand
    /// in where the fields have none.
    static func findings(_ part: MIMEPart, notice: String) -> [BounceFinding] {
        groups(part).filter { $0["final-recipient"] != nil || $0["original-recipient"] != nil }.prefix(mostRecipients).map {
            finding($0, notice: notice)
        }
    }

    private static func finding(_ group: HeaderBlock, notice: String) -> BounceFinding {
        let address = address(group)
        let action = group["action"]?.lowercased().prefix { $0.isLetter } ?? ""
        let status = group["status"].flatMap { StatusCode.first(in: $0) }
        let diagnostic = untyped(group["diagnostic-code"] ?? "")
        let spoken = diagnostic.isEmpty ? explanation(of: address, in: notice) : diagnostic
        let shown = (status ?? StatusCode.first(in: spoken)).map(\.description) ?? ""
        func finding(_ verdict: BounceVerdict, _ reason: String) -> BounceFinding {
            BounceFinding(verdict, address: address, status: shown, reason: reason)
        }
        switch action {
        case "delayed", "delay": return finding(.none, diagnostic.isEmpty ? "delivery delayed" : "delivery delayed: \(diagnostic)")
        case "delivered", "success": return finding(.none, "delivered")
        case "relayed": return finding(.none, "relayed to a system that sends no reports")
        case "expanded": return finding(.none, "delivered and expanded to several")
        case "" where status?.kind == 2: return finding(.none, "delivered")
        default:
            let verdict = FailureJudgement.verdict(status, spoken.isEmpty ? notice : spoken)
            return finding(verdict, spoken.isEmpty ? "delivery failed" : spoken)
        }
    }

    /// The address that was sent to. Original-Recipient is what the sender wrote (ORCPT, RFC 3461, section 4.2), the final one may be
    /// that of a person to whom it was forwarded.
    private static func address(_ group: HeaderBlock) -> String {
        let final = typedAddress(group["final-recipient"] ?? "")
        let original = typedAddress(group["original-recipient"] ?? "")
        guard original.contains("@") else { return final }
        // Some systems hand ORCPT on in its xtext; what becomes the final address by decoding was that.
        let plain = xtextDecoded(original)
        return plain.lowercased() == final.lowercased() ? final : original
    }

    /// `rfc822; <anna@koege.example>` without its type and brackets.
    private static func typedAddress(_ value: String) -> String {
        ReportAddress.bare(untyped(value))
    }

    private static func untyped(_ value: String) -> String {
        guard let semicolon = value.firstIndex(of: ";") else { return value.trimmingCharacters(in: .whitespaces) }
        let type = value[..<semicolon].trimmingCharacters(in: .whitespaces)
        let isType =
            !type.isEmpty
            && type.utf8.allSatisfy { (0x30...0x39).contains($0) || (0x41...0x5A).contains($0) || (0x61...0x7A).contains($0) || $0 == 0x2D }
        return isType ? value[value.index(after: semicolon)...].trimmingCharacters(in: .whitespaces) : value
    }

    static func xtextDecoded(_ text: String) -> String {
        guard text.contains("+") else { return text }
        let bytes = Array(text.utf8)
        var decoded: [UInt8] = []
        var index = 0
        while index < bytes.count {
            if bytes[index] == UInt8(ascii: "+"), index + 2 < bytes.count,
                let value = UInt8(String(decoding: bytes[(index + 1)...(index + 2)], as: UTF8.self), radix: 16)
            {
                decoded.append(value)
                index += 3
            } else {
                decoded.append(bytes[index])
                index += 1
            }
        }
        return String(decoding: decoded, as: UTF8.self)
    }

    /// The words behind an address in the notice for people.
    private static func explanation(of address: String, in notice: String) -> String {
        guard !address.isEmpty, let range = notice.range(of: address, options: .caseInsensitive) else { return "" }
        let rest = notice[range.upperBound...].drop { ">:\n \t<(\"'".contains($0) }
        return String(rest.prefix(600).split(separator: "\n\n", maxSplits: 1).first ?? "")
    }

    /// Groups of fields, parted by empty lines; a second Final-Recipient begins a group too, as some systems forget the line.
    private static func groups(_ part: MIMEPart) -> [HeaderBlock] {
        var groups: [HeaderBlock] = []
        var lines: [String] = []
        func close() {
            guard !lines.isEmpty else { return }
            groups.append(HeaderBlock.split(Array(lines.joined(separator: "\n").utf8)[...]).0)
            lines = []
        }
        for line in part.text(limit: 512 << 10).split(separator: "\n", omittingEmptySubsequences: false) {
            let name = line.prefix { $0 != ":" }.lowercased()
            let isRepeated = { (field: String) in name == field && lines.contains { $0.lowercased().hasPrefix(field + ":") } }
            if line.allSatisfy(\.isWhitespace) || isRepeated("final-recipient") || isRepeated("original-recipient") { close() }
            if !line.allSatisfy(\.isWhitespace) { lines.append(String(line)) }
        }
        close()
        return groups
    }
}

/// Addresses in the words of a report.
enum ReportAddress {
    /// Without white space, brackets and quotes around it.
    static func bare(_ text: String) -> String {
        var text = text.trimmingCharacters(in: .whitespaces)
        if let open = text.lastIndex(of: "<"), let close = text[open...].firstIndex(of: ">") {
            text = String(text[text.index(after: open)..<close])
        }
        if text.lowercased().hasPrefix("mailto:") { text = String(text.dropFirst(7)) }
        return text.trimmingCharacters(in: CharacterSet(charactersIn: " \t\"'<>[]();,"))
    }

    /// The first address in a text; `nil` when there is none.
    static func first(in text: some StringProtocol) -> String? {
        var searched = Substring(text)
        while let at = searched.firstIndex(of: "@") {
            let local = searched[..<at].reversed().prefix { isLocal($0) }.reversed()
            let after = searched.index(after: at)
            var domain = searched[after...].prefix { $0.isLetter || $0.isNumber || $0 == "." || $0 == "-" }
            while let last = domain.last, last == "." || last == "-" { domain = domain.dropLast() }
            let name = String(local).trimmingCharacters(in: CharacterSet(charactersIn: ".'`"))
            if !name.isEmpty, domain.contains(where: { $0.isLetter || $0.isNumber }) { return "\(name)@\(domain)" }
            searched = searched[after...]
        }
        return nil
    }

    private static func isLocal(_ character: Character) -> Bool {
        character.isLetter || character.isNumber || "!#$%&'*+-/=?^_`{|}~.".contains(character)
    }
}
