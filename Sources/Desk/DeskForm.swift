import HTTPServer

/// The fields of a form that was posted, and its files when it has any.
struct DeskForm: Sendable {
    /// A file that somebody chose, by the name that it has on their machine.
    struct File: Sendable {
        var name: String
        var bytes: [UInt8]
    }

    private let fields: [String: String]
    private let files: [String: File]

    init(_ request: Request) {
        guard MultipartForm.isMeant(request) else {
            fields = Dictionary(request.form.map { ($0.name, $0.value) }) { first, _ in first }
            files = [:]
            return
        }
        var fields: [String: String] = [:]
        var files: [String: File] = [:]
        for part in MultipartForm(request)?.parts ?? [] {
            if let name = part.fileName {
                // A browser sends an empty one where nothing was chosen.
                if !name.isEmpty, files[part.name] == nil { files[part.name] = File(name: name, bytes: Array(part.bytes)) }
            } else if fields[part.name] == nil {
                fields[part.name] = String(validating: part.bytes, as: UTF8.self)
            }
        }
        self.fields = fields
        self.files = files
    }

    subscript(_ name: String) -> String? { fields[name] }

    func file(_ name: String) -> File? { files[name] }

    /// On one line, without blanks around it; `nil` when nothing is left.
    func line(_ name: String) -> String? {
        let words = (fields[name] ?? "").split(whereSeparator: \.isWhitespace).joined(separator: " ")
        return words.isEmpty ? nil : String(words.prefix(2_000))
    }

    /// Several lines, as they were written, with line feeds and no empty ones at either end; `nil` when nothing is left.
    func lines(_ name: String) -> String? {
        let lines = (fields[name] ?? "").split(omittingEmptySubsequences: false, whereSeparator: \.isNewline)
        func isBlank(_ line: Substring) -> Bool { line.allSatisfy(\.isWhitespace) }
        guard let first = lines.firstIndex(where: { !isBlank($0) }), let last = lines.lastIndex(where: { !isBlank($0) }) else { return nil }
        return lines[first...last].joined(separator: "\n")
    }
}
