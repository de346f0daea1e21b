import Core

/// A server that is asked for everybody at once.
package protocol DirectorySource: Sendable {
    /// For the log and alarms: the server's address, without a login.
    var name: String { get }
    /// Everybody, or every entry that is not right. Throws a ``Fault`` when the server does not give its whole answer: part of the people
    /// is never taken for all of them.
    func people() throws(Fault) -> Result<[Person], SettingsProblems>
}

/// One entry of a server as columns of the directory.
struct DirectoryEntry {
    var cells: [String: String] = [:]

    /// The columns that every server fills, and those of the settings.
    static func table(_ entries: [DirectoryEntry], _ server: DirectoryServer, source: String) -> Result<[Person], SettingsProblems> {
        let own = server.attributes.keys.filter { !usual.contains($0) }.sorted()
        let header = usual + own
        let rows = entries.map { entry in
            header.map { column -> String in
                let cell = entry.cells[column] ?? ""
                // A server has languages that we have not; the organisation's is then the person's.
                return column == "language" && Language(cell: cell) == nil ? "" : cell
            }
        }
        return DirectoryFile.people(header: header, rows: rows, source: source)
    }

    static let usual = ["email", "name", "department", "location", "role", "language", "groups"]
}
