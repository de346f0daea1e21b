import Core

/// The section that offers notifications on phones.
extension SettingsReader {
    mutating func phones(_ section: inout SectionReader) {
        let isOn = section.boolean("WebPush") ?? true
        let contact = section.value("Contact", "an address such as mailto:nyhedsbrev@koege.example or https://koege.example/kontakt") {
            text in
            // Push services write to it, or not at all (RFC 8292, section 2.1).
            LinkTarget(text).map(\.address).flatMap { $0.hasPrefix("mailto:") || $0.hasPrefix("https:") ? $0 : nil }
        }
        var phones = Settings.Phones(contact: contact ?? "")
        phones.keyFile = section.text("KeyFile").map(settings.path)
        for entry in section.entries("Host") {
            let name = entry.value.hasPrefix("*.") ? entry.value.dropFirst(2) : entry.value[...]
            if !name.isEmpty, name.utf8.allSatisfy({ Self.isHostByte($0) }) {
                phones.hosts.append(entry.value)
            } else {
                section.complain(entry, "‘\(entry.value)’ is not a host", "Write Host=push.koege.example, without scheme, port or path.")
            }
        }
        phones.allowPrivate = section.boolean("AllowPrivate") ?? false
        settings.phones = isOn ? phones : nil
    }

    private static func isHostByte(_ byte: UInt8) -> Bool {
        (0x30...0x39).contains(byte) || (0x61...0x7A).contains(byte | 0x20) || byte == 0x2D || byte == 0x2E
    }

    /// Once [Email] has been read: its address unless another was named.
    mutating func contactPhones() {
        guard let phones = settings.phones, phones.contact.isEmpty, let email = settings.email else { return }
        settings.phones?.contact = "mailto:\(email.from.address)"
    }
}
