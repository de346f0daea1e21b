import Core
import Foundation

/// The employees' CSV, read into people: all or nothing. Pure: bytes in, people or every problem out.
///
/// A problem names line and column but never the cell's text, for it goes to the log, where no person's address may stand.
package enum DirectoryFile {
    /// The largest file that is read, in bytes: some 500,000 people.
    package static let limit = 64 << 20
    /// How many problems are listed one by one; the rest is counted in a last one.
    package static let listed = 100

    /// Reads the bytes of a file; `file` is its name in the problems.
    package static func people(_ bytes: [UInt8], file: String) -> Result<[Person], SettingsProblems> {
        func refused(_ line: Int?, _ cause: String, _ mend: String) -> Result<[Person], SettingsProblems> {
            .failure(SettingsProblems([SettingsProblem(Place(file: file, line: line), cause: cause, mend: mend)]))
        }
        guard bytes.count <= limit else {
            return refused(nil, "the file is larger than \(limit >> 20) MiB", "Check that it is the right file.")
        }
        let text: [UInt8]
        switch CharacterEncoding.utf8(bytes) {
        case .success(let decoded): text = decoded
        case .failure(let refusal): return refused(nil, refusal.cause, refusal.mend)
        }
        var table = CSVTable(text)
        guard let header = table.next() else {
            let flaw = table.flaws.first
            return refused(flaw?.line, flaw?.cause ?? "the file is empty", "Export the directory again.")
        }
        var reader = RowReader(header: header, file: file)
        while let row = table.next() { reader.read(row) }
        for flaw in table.flaws {
            reader.report(flaw.line, flaw.cause, "Put the cell in quotation marks and double those within it.")
        }
        if reader.people.isEmpty && reader.problems.isEmpty {
            reader.report(header.line, "there is nobody below the header", "Export the directory again.")
        }
        return reader.problems.isEmpty ? .success(reader.people) : .failure(SettingsProblems(cut(reader.problems, file)))
    }

    /// The people of a table that came otherwise than as a file; a row's line is its number from 1 on, the header has none.
    static func people(header: [String], rows: [[String]], source: String) -> Result<[Person], SettingsProblems> {
        var reader = RowReader(header: CSVTable.Row(line: 1, cells: header), file: source)
        for (index, cells) in rows.enumerated() { reader.read(CSVTable.Row(line: index + 1, cells: cells)) }
        if reader.people.isEmpty && reader.problems.isEmpty {
            reader.report(1, "it names nobody", "Check what is asked for: Base= and Filter=.")
        }
        return reader.problems.isEmpty ? .success(reader.people) : .failure(SettingsProblems(cut(reader.problems, source)))
    }

    private static func cut(_ problems: [SettingsProblem], _ file: String) -> [SettingsProblem] {
        let sorted = problems.sorted { ($0.place.line ?? 0) < ($1.place.line ?? 0) }
        guard sorted.count > listed else { return sorted }
        let rest = SettingsProblem(
            Place(file: file, line: sorted[listed].place.line), cause: "from here on there are \(sorted.count - listed) more problems",
            mend: "Mend the first ones and try again.")
        return sorted.prefix(listed) + [rest]
    }
}

/// Reads rows under one header, and keeps the people and the problems.
private struct RowReader {
    private let file: String
    private let columns: [DirectoryColumn]
    private let titles: [String]
    private(set) var people: [Person] = []
    private(set) var problems: [SettingsProblem] = []
    private var lines: [String: Int] = [:]
    /// The texts that many people share, each once.
    private var shared: Set<String> = []

    init(header: CSVTable.Row, file: String) {
        self.file = file
        titles = header.cells.map { $0.trimmingCharacters(in: .whitespacesAndNewlines) }
        columns = titles.map { DirectoryColumn(header: $0) }
        guard columns.contains(.email) else {
            report(
                header.line, "the first line names no column for the mail address",
                "Put a header above the people: email;name;department;location;role;language;groups.")
            return
        }
        for (index, column) in columns.enumerated() where columns[..<index].contains(column) && !titles[index].isEmpty {
            report(header.line, "two columns are the \(column.title)", "Keep one of them, or give the other a name of its own.")
        }
    }

    mutating func report(_ line: Int, _ cause: String, _ mend: String, column: String? = nil) {
        problems.append(SettingsProblem(Place(file: file, line: line, key: column), cause: cause, mend: mend))
    }

    mutating func read(_ row: CSVTable.Row) {
        // Without the column every row would be reported for the same reason.
        guard let emailColumn = columns.firstIndex(of: .email) else { return }
        let extra = row.cells.dropFirst(columns.count)
        guard row.cells.count >= columns.count, extra.allSatisfy(\.isEmpty) else {
            report(
                row.line, "it has \(row.cells.count) cells, the header has \(columns.count)",
                "Check for a missing quotation mark or separator; if it is the last line, the file may be cut.")
            return
        }
        let before = problems.count
        let key = titles[emailColumn]
        guard let address = EmailAddress(row.cells[emailColumn].trimmingCharacters(in: .whitespaces)) else {
            report(row.line, "it has no valid mail address", "Write one address, such as navn@kommune.dk.", column: key)
            return
        }
        if let former = lines.updateValue(row.line, forKey: address.key) {
            report(row.line, "the same address stands on line \(former) already", "Remove one of the two lines.", column: key)
        }
        var person = Person(address: address)
        for (index, column) in columns.enumerated() where index != emailColumn {
            fill(&person, column, row.cells[index], row.line, titles[index])
        }
        if problems.count == before { people.append(person) }
    }

    private mutating func fill(_ person: inout Person, _ column: DirectoryColumn, _ cell: String, _ line: Int, _ title: String) {
        let text = Self.oneLine(cell)
        guard !text.unicodeScalars.contains(where: Self.isForbidden) else {
            report(line, "it has a control character", "Remove it.", column: title)
            return
        }
        switch column {
        case .email: break
        case .name: person.name = text
        case .department: person.department = sharing(text)
        case .location: person.location = sharing(text)
        case .role: person.role = sharing(text)
        case .language:
            person.language = Language(cell: text)
            if person.language == nil && !text.isEmpty {
                report(line, "the language is not one of da, nb and en", "Write one of them, or leave the cell empty.", column: title)
            }
        case .groups:
            person.groups = text.split { ",|".contains($0) }.map { $0.trimmingCharacters(in: .whitespaces) }.filter { !$0.isEmpty }
        case .attribute(let name):
            guard !text.isEmpty else { return }
            if name.isEmpty { report(line, "a cell stands in a column without a name", "Name the column in the header.") }
            person.attributes[name] = text
        }
    }

    private mutating func sharing(_ text: String) -> String { shared.insert(text).memberAfterInsert }

    /// Line breaks and tabs within a cell, which people make to fit a column, become one space.
    private static func oneLine(_ cell: String) -> String {
        cell.split { $0.isWhitespace || $0.isNewline }.joined(separator: " ")
    }

    /// C0 and C1 controls and the characters that turn the direction of text: none belongs in a name, and each has forged one.
    private static func isForbidden(_ scalar: Unicode.Scalar) -> Bool {
        switch scalar.value {
        case 0..<0x20, 0x7F...0x9F, 0x202A...0x202E, 0x2066...0x2069, 0xFFFD: true
        default: false
        }
    }
}
