import Core
import Foundation

/// The sections that say where news goes: relays, the web server, intranet endpoints.
extension SettingsReader {
    mutating func relay(_ section: inout SectionReader) {
        let url = section.value("URL", "smtp://host:port or smtps://host:port", Self.relayAddress)
        let startTLS: Relay.StartTLS? = section.choice("StartTLS")
        let connections = section.count("Connections", 1...64)
        let flow = flow(&section)
        let token = token(&section)
        if section.text("User") != nil, section.text("PasswordFile") == nil, token == nil {
            _ = section.required("PasswordFile", "relay.password")
        }
        let destination: Relay.Destination
        switch (section.text("Directory"), url) {
        case (let directory?, nil) where section.text("URL") == nil:
            for key in ["StartTLS", "User", "PasswordFile", "TokenFile", "TokenCommand", "CAFile", "MessagesPerConnection"] {
                section.refuse(key, "the mails become files in Directory=")
            }
            destination = .directory(settings.path(directory))
        case (nil, let url?):
            if section.text("User") == nil {
                for key in ["PasswordFile", "TokenFile", "TokenCommand"] { section.refuse(key, "there is no User= to log in") }
            }
            destination = .smtp(
                url: url, startTLS: startTLS ?? .required, user: section.text("User"),
                passwordFile: section.text("PasswordFile").map(settings.path), caFile: section.text("CAFile").map(settings.path))
        case (nil, nil) where section.text("URL") != nil: return
        case (let directory, _):
            problems.append(
                .init(
                    section.section.place,
                    cause:
                        "[\(section.section.heading)] has \(directory == nil ? "neither" : "both") URL= \(directory == nil ? "nor" : "and") Directory=",
                    mend: "Give it one of the two."))
            return
        }
        var relay = Relay(name: section.section.name, destination: destination)
        relay.connections = connections ?? relay.connections
        relay.token = token
        relay.weight = flow.weight ?? relay.weight
        relay.priority = flow.priority ?? relay.priority
        relay.messagesPerConnection = flow.messagesPerConnection
        relay.perSecond = flow.perSecond
        relay.perMinute = flow.perMinute
        relay.perHour = flow.perHour
        relay.perDay = flow.perDay
        relay.quietHours = flow.quietHours
        settings.relays.append(relay)
    }

    /// How much goes over a relay, and when.
    private struct Flow {
        var weight: Int?
        var priority: Int?
        var messagesPerConnection: Int?
        var perSecond: Int?
        var perMinute: Int?
        var perHour: Int?
        var perDay: Int?
        var quietHours: DailyWindow?
    }

    private func flow(_ section: inout SectionReader) -> Flow {
        Flow(
            weight: section.count("Weight", 1...100), priority: section.count("Priority", 0...1_000),
            messagesPerConnection: section.count("MessagesPerConnection", 1...1_000_000),
            perSecond: section.count("PerSecond", 1...100_000),
            perMinute: section.count("PerMinute", 1...1_000_000), perHour: section.count("PerHour", 1...100_000_000),
            perDay: section.count("PerDay", 1...1_000_000_000), quietHours: section.quietHours())
    }

    private func token(_ section: inout SectionReader) -> Relay.Token? {
        let others = section.text("PasswordFile") != nil
        switch (section.text("TokenFile"), section.text("TokenCommand")) {
        case (nil, nil): return nil
        case (let file?, nil):
            if others { section.refuse("PasswordFile", "TokenFile= takes its place") }
            return .file(settings.path(file))
        case (nil, let command?):
            if others { section.refuse("PasswordFile", "TokenCommand= takes its place") }
            return .command(command)
        case (let file?, _):
            section.refuse("TokenCommand", "TokenFile= takes its place")
            return .file(settings.path(file))
        }
    }

    mutating func domain(_ section: inout SectionReader) {
        let name = section.section.name.lowercased()
        guard EmailAddress("a@\(name)") != nil else {
            problems.append(
                .init(
                    section.section.place, cause: "‘\(section.section.name)’ is not a domain of mail addresses",
                    mend: "Write it as behind the @, such as [Domain outlook.com]."))
            return
        }
        let limit = DomainLimit(
            name: name, connections: section.count("Connections", 1...64), perMinute: section.count("PerMinute", 1...1_000_000))
        if let index = settings.domains.firstIndex(where: { $0.name == name }) {
            settings.domains[index] = limit
        } else {
            settings.domains.append(limit)
        }
    }

    private static func relayAddress(_ text: String) -> String? {
        guard let parts = URLComponents(string: text), parts.scheme == "smtp" || parts.scheme == "smtps", parts.host?.isEmpty == false,
            parts.port.map({ (1...65535).contains($0) }) ?? true, ["", "/"].contains(parts.path), parts.query == nil, parts.user == nil
        else { return nil }
        return text
    }

    mutating func bounces(_ section: inout SectionReader) {
        var bounces = Settings.Bounces()
        bounces.maildir = section.text("Maildir").map(settings.path)
        bounces.rescan =
            section.value("Rescan", "a time such as 1m, and no less than 100ms") { Span($0).flatMap { $0 < .milliseconds(100) ? nil : $0 } }
            ?? bounces.rescan
        let url = section.value("URL", "imaps://host:port/mailbox, or imap:// for STARTTLS") { text -> String? in
            guard let parts = URLComponents(string: text), parts.scheme == "imaps" || parts.scheme == "imap", parts.host?.isEmpty == false,
                parts.user == nil, parts.query == nil, parts.fragment == nil, !parts.path.contains(";")
            else { return nil }
            return text
        }
        if section.text("URL") != nil {
            let user = section.required("User", "bounce@koege.example")
            let passwordFile = section.required("PasswordFile", "bounces.password")
            if let url, let user, let passwordFile {
                bounces.mailbox = .init(
                    url: url, user: user, passwordFile: settings.path(passwordFile), caFile: section.text("CAFile").map(settings.path))
            }
        } else {
            for key in ["User", "PasswordFile", "CAFile"] { section.refuse(key, "there is no URL=") }
            if bounces.maildir == nil {
                problems.append(
                    .init(
                        section.section.place, cause: "[Bounces] has neither Maildir= nor URL=", mend: "Give it one of them, or remove it.")
                )
            }
        }
        settings.bounces = bounces
    }

    mutating func web(_ section: inout SectionReader) {
        settings.web.listen = section.value("Listen", "address:port or unix:/path", Settings.Listen.init) ?? settings.web.listen
        let url = section.value("PublicURL", "an https:// address (http:// for loopback only)") { text -> String? in
            guard LinkTarget(text) != nil else { return nil }
            guard let parts = URLComponents(string: text), parts.query == nil, parts.fragment == nil, parts.user == nil else { return nil }
            let isLoopback = ["127.0.0.1", "localhost", "[::1]", "::1"].contains(parts.host ?? "")
            return parts.scheme == "https" || parts.scheme == "http" && isLoopback ? text : nil
        }
        if let url { settings.web.publicURL = String(url.reversed().drop { $0 == "/" }.reversed()) }
        for entry in section.entries("TrustedProxy") {
            if Self.isNetwork(entry.value) {
                settings.web.trustedProxies.append(entry.value)
            } else {
                section.complain(
                    entry, "‘\(entry.value)’ is no address or network", "Write TrustedProxy=192.0.2.10 or 192.0.2.0/24, or unix")
            }
        }
        for entry in section.entries("FrameAncestors") {
            if Self.isOrigin(entry.value) {
                settings.web.frameAncestors.append(entry.value)
            } else {
                section.complain(
                    entry, "‘\(entry.value)’ is no origin", "Write FrameAncestors=https://intranet.koege.example, without a path")
            }
        }
        switch (section.text("Certificate"), section.text("Key")) {
        case (let file?, let key?): settings.web.certificate = .init(file: settings.path(file), keyFile: settings.secretPath(key))
        case (.some, nil): _ = section.required("Key", "nyt.key")
        case (nil, .some): _ = section.required("Certificate", "nyt.pem")
        case (nil, nil): break
        }
    }

    private static func isNetwork(_ text: String) -> Bool {
        if text == "unix" { return true }
        let parts = text.split(separator: "/", omittingEmptySubsequences: false).map(String.init)
        var (old, new) = (in_addr(), in6_addr())
        let isOld = inet_pton(AF_INET, parts[0], &old) == 1
        guard parts.count <= 2, isOld || inet_pton(AF_INET6, parts[0], &new) == 1 else { return false }
        return parts.count == 1 || Int(parts[1]).map { (0...(isOld ? 32 : 128)).contains($0) } == true
    }

    /// What may stand in the policy's `frame-ancestors`: a scheme and a host, with a port or `*.` at most.
    private static func isOrigin(_ text: String) -> Bool {
        guard let scheme = ["https://", "http://"].first(where: text.hasPrefix) else { return false }
        let host = text.dropFirst(scheme.count)
        return !host.isEmpty
            && host.unicodeScalars.allSatisfy { $0.isASCII && ($0.properties.isAlphabetic || "0123456789.-:*".unicodeScalars.contains($0)) }
    }

}

extension Settings.Listen {
    /// Reads `127.0.0.1:8080`, `[::1]:8080` or `unix:/path`.
    init?(_ text: String) {
        if text.hasPrefix("unix:/") {
            self = .unixSocket(String(text.dropFirst(5)))
            return
        }
        guard let colon = text.lastIndex(of: ":"), let port = Int(text[text.index(after: colon)...]), (0...65535).contains(port) else {
            return nil
        }
        let host = text[..<colon].trimmingCharacters(in: ["[", "]"])
        guard !host.isEmpty, !host.contains(" ") else { return nil }
        self = .address(host: host, port: port)
    }
}
