import Core

/// The sections that say where the employees come from, and how long what is known is kept.
extension SettingsReader {
    mutating func recipients(_ section: inout SectionReader) {
        let percent = section.value("MostRemoved", "a share from 1% to 100%") { text -> Int? in
            guard text.hasSuffix("%"), let number = Int(text.dropLast()), (1...100).contains(number) else { return nil }
            return number
        }
        settings.mostRemoved = percent ?? settings.mostRemoved
        guard let entry = section.entries("URL").first else {
            settings.recipientsFile = section.required("CSV", "recipients.csv").map(settings.path) ?? ""
            for key in ["Base", "Filter", "Attribute", "User", "PasswordFile", "TokenFile", "StartTLS", "CAFile", "PageSize", "Rescan"] {
                section.refuse(key, "it is of a directory server, and there is no URL=")
            }
            return
        }
        section.refuse("CSV", "URL= takes its place")
        let scheme = entry.value.prefix { $0 != ":" }.lowercased()
        switch scheme {
        case "ldap", "ldaps": ldap(&section, entry, isSecure: scheme == "ldaps")
        case "http", "https": scim(&section, entry)
        default:
            section.complain(
                entry, "‘\(entry.value)’ is not a directory server", "Write URL=ldaps://ad.koege.example or URL=https://host/scim/v2/Users")
        }
    }

    private mutating func ldap(_ section: inout SectionReader, _ entry: SectionFile.Entry, isSecure: Bool) {
        var server = DirectoryServer(kind: .ldap, url: entry.value)
        // Further servers, a query or a space would be read by the program otherwise than by people.
        let host = entry.value.drop { $0 != ":" }.dropFirst(3)
        if host.isEmpty || host.contains(where: { $0.isWhitespace || "/?@,".contains($0) }) {
            section.complain(entry, "‘\(entry.value)’ is not ldaps://host or ldap://host:port", "Write URL=ldaps://ad.koege.example")
        }
        section.refuse("TokenFile", "LDAP has no tokens")
        server.base = section.required("Base", "OU=Ansatte,DC=koege,DC=example") ?? ""
        server.filter = section.value("Filter", "an LDAP filter such as (mail=*)") { $0.hasPrefix("(") && $0.hasSuffix(")") ? $0 : nil }
        let startTLS: Relay.StartTLS? = section.choice("StartTLS")
        if isSecure { section.refuse("StartTLS", "ldaps is TLS from the start") }
        if startTLS == .preferred, let entry = section.entries("StartTLS").first {
            section.complain(entry, "a password could go in clear text", "Write StartTLS=required, or none on a net that you trust.")
        }
        server.startsTLS = !isSecure && startTLS != .some(.none)
        server.user = section.text("User")
        server.passwordFile = section.text("PasswordFile").map(settings.path)
        if server.user == nil { section.refuse("PasswordFile", "there is no User= to log in") }
        if server.user != nil, server.passwordFile == nil { _ = section.required("PasswordFile", "ldap.password") }
        common(&section, &server)
    }

    private mutating func scim(_ section: inout SectionReader, _ entry: SectionFile.Entry) {
        var server = DirectoryServer(kind: .scim, url: entry.value)
        for key in ["Base", "StartTLS", "User", "PasswordFile"] { section.refuse(key, "it is LDAP's") }
        server.tokenFile = section.required("TokenFile", "scim.token").map(settings.path)
        server.filter = section.text("Filter")
        let isHere = ["http://127.0.0.1", "http://[::1]", "http://localhost"].contains { prefix in
            entry.value.hasPrefix(prefix) && (entry.value.dropFirst(prefix.count).first.map { ":/".contains($0) } ?? true)
        }
        if entry.value.lowercased().hasPrefix("http:"), !isHere {
            section.complain(entry, "the token would go in clear text", "Write https://…")
        }
        common(&section, &server)
    }

    private mutating func common(_ section: inout SectionReader, _ server: inout DirectoryServer) {
        server.caFile = section.text("CAFile").map(settings.path)
        server.pageSize = section.count("PageSize", 1...10_000) ?? server.pageSize
        server.rescan =
            section.value("Rescan", "a time such as 1h, and no less than 1s") { Span($0).flatMap { $0 < .seconds(1) ? nil : $0 } }
            ?? server.rescan
        for entry in section.entries("Attribute") {
            let parts = entry.value.split(separator: "=", maxSplits: 1).map { $0.trimmingCharacters(in: .whitespaces) }
            let isName = parts.count == 2 && !parts[1].hasPrefix("-") && !parts[1].isEmpty && !parts[1].contains(where: \.isWhitespace)
            if isName, !parts[0].isEmpty {
                server.attributes[parts[0].lowercased()] = parts[1]
            } else {
                section.complain(entry, "‘\(entry.value)’ is not column=attribute", "Write Attribute=location=physicalDeliveryOfficeName")
            }
        }
        settings.directory = server
    }

    mutating func retention(_ section: inout SectionReader) {
        for kind in RetentionKind.allCases {
            if section.text(kind.key)?.lowercased() == "forever" {
                settings.retention.spans[kind] = nil
                continue
            }
            let span = section.value(kind.key, "a time of a day at least such as 90d, or forever") {
                Span($0).flatMap { $0 < .days(1) ? nil : $0 }
            }
            if let span { settings.retention.spans[kind] = span }
        }
        settings.retention.minute =
            section.value("At", "a time of the day such as 03:00") { text in
                CivilDateTime(iso: "2000-01-01T\(text)").flatMap { text.utf8.count == 5 ? $0.secondOfDay / 60 : nil }
            } ?? settings.retention.minute
    }
}
