import Core
import Foundation

/// The sections that say where news goes: relays, the web server, intranet endpoints.
extension SettingsReader {
    mutating func relay(_ section: inout SectionReader) {
        let url = section.value("URL", "smtp://host:port or smtps://host:port", Self.relayAddress)
        let startTLS: Relay.StartTLS? = section.choice("StartTLS")
        let connections = section.count("Connections", 1...64)
        let perMinute = section.count("PerMinute", 1...1_000_000)
        if section.text("User") != nil, section.text("PasswordFile") == nil { _ = section.required("PasswordFile", "relay.password") }
        let destination: Relay.Destination
        switch (section.text("Directory"), url) {
        case (let directory?, nil) where section.text("URL") == nil:
            for key in ["StartTLS", "User", "PasswordFile", "CAFile"] { section.refuse(key, "the mails become files in Directory=") }
            destination = .directory(settings.path(directory))
        case (nil, let url?):
            if section.text("User") == nil { section.refuse("PasswordFile", "there is no User= to log in") }
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
        relay.perMinute = perMinute
        settings.relays.append(relay)
    }

    private static func relayAddress(_ text: String) -> String? {
        guard let parts = URLComponents(string: text), parts.scheme == "smtp" || parts.scheme == "smtps", parts.host?.isEmpty == false,
            parts.port.map({ (1...65535).contains($0) }) ?? true, ["", "/"].contains(parts.path), parts.query == nil, parts.user == nil
        else { return nil }
        return text
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
        case (let file?, let key?): settings.web.certificate = .init(file: settings.path(file), keyFile: settings.path(key))
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
