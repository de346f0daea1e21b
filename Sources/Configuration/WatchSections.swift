import Core

/// The sections that say who watches over the service: whom alarms are told, and where its numbers are read.
extension SettingsReader {
    mutating func alarm(_ section: inout SectionReader) {
        settings.alarm.mail = Self.addresses("Mail", &section)
        settings.alarm.editors = Self.addresses("Editors", &section)
        settings.alarm.pause =
            section.value("Pause", "a time such as 15m, and no longer than 1d") { Span($0).flatMap { $0 > .days(1) ? nil : $0 } }
            ?? settings.alarm.pause
        guard section.text("Webhook") != nil else {
            for key in ["SecretFile", "AllowPrivate", "CAFile"] { section.refuse(key, "there is no Webhook=") }
            return
        }
        let url = section.value("Webhook", "an https:// or http:// address") { text in
            LinkTarget(text).map(\.address)?.hasPrefix("http") == true ? text : nil
        }
        let secretFile = section.required("SecretFile", "alarm.secret")
        let allowPrivate = section.boolean("AllowPrivate") ?? false
        guard let url, let secretFile else { return }
        settings.alarm.webhook = .init(
            url: url, secretFile: settings.path(secretFile), allowPrivate: allowPrivate, caFile: section.text("CAFile").map(settings.path))
    }

    mutating func metrics(_ section: inout SectionReader) {
        settings.metricsListen = section.value("Listen", "address:port or unix:/path", Settings.Listen.init)
        if section.text("Listen") == nil { _ = section.required("Listen", "127.0.0.1:9180") }
    }

    private static func addresses(_ key: String, _ section: inout SectionReader) -> [EmailAddress] {
        var found: [EmailAddress] = []
        for entry in section.entries(key) {
            if let address = EmailAddress(entry.value) {
                found.append(address)
            } else {
                section.complain(entry, "‘\(entry.value)’ is not a mail address", "Write \(key)=drift@koege.example")
            }
        }
        return found
    }
}
