import Core

/// The section that says who may come to the desk, and for how long.
extension SettingsReader {
    mutating func desk(_ section: inout SectionReader) {
        let isEnabled = section.boolean("Enabled") ?? true
        var desk = Settings.Desk()
        desk.idleAfter = section.span("IdleAfter") ?? desk.idleAfter
        desk.endAfter = section.span("EndAfter") ?? desk.endAfter
        desk.userHeader = section.value("UserHeader", "a header's name, such as X-Remote-User", Self.headerName)
        desk.groupsHeader = section.value("GroupsHeader", "a header's name, such as X-Remote-Groups", Self.headerName)
        if desk.userHeader == nil { section.refuse("GroupsHeader", "it needs UserHeader=, which says whose groups they are") }
        for entry in section.entries("Role") {
            let parts = entry.value.split(separator: "=", maxSplits: 1).map { String($0) }
            if desk.groupsHeader == nil {
                section.complain(entry, "Role= would do nothing: no header names groups", "Add GroupsHeader=, or remove the line.")
            } else if parts.count == 2, let role = DeskRole(parts[0]), !parts[1].contains(",") {
                desk.groups.append(.init(role: role, group: parts[1]))
            } else {
                section.complain(
                    entry, "‘\(entry.value)’ is not role=group",
                    "Write Role=editor=Kommunikation; roles are contributor:Source, editor, med-a:Source, med-b:Source, director and operator, and a group has no comma."
                )
            }
        }
        settings.desk = isEnabled ? desk : nil
    }

    /// A token of RFC 9110, section 5.6.2, as far as anybody names a header so.
    private static func headerName(_ text: String) -> String? {
        !text.isEmpty && text.utf8.allSatisfy { (0x30...0x39).contains($0) || (0x41...0x5A).contains($0 & 0xDF) || $0 == 0x2D } ? text : nil
    }
}
