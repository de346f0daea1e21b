import Core
import Foundation

/// A part of a file that follows from the code, between a line with `begin name` and one with `end name`.
/// `BUDSTIKKE_RENEW_GOLDEN=1` writes it anew; CI never does.
package struct GeneratedPart {
    private let path: String
    private let name: String

    /// `path` is relative to the checkout.
    package init(_ name: String, of path: String) {
        self.name = name
        self.path = Oracle.root + "/" + path
    }

    /// What stands there. Throws when the file has no such part.
    package func text() throws -> String { try parts().middle }

    /// Writes the part when it is asked for.
    package func renew(_ text: String) throws {
        let environment = ProcessInfo.processInfo.environment
        guard environment["BUDSTIKKE_RENEW_GOLDEN"] == "1", environment["CI"] == nil else { return }
        let parts = try parts()
        try Data((parts.before + text + parts.after).utf8).write(to: URL(fileURLWithPath: path))
    }

    private func parts() throws -> (before: String, middle: String, after: String) {
        let text = try String(contentsOfFile: path, encoding: .utf8)
        guard let begin = text.firstRange(of: "begin \(name)"), let start = text[begin.upperBound...].firstIndex(of: "\n"),
            let end = text[start...].firstRange(of: ".\\\" end \(name)")
        else { throw Fault("find", "the part ‘\(name)’ of \(path)", cause: "its marks are missing", mend: "Write them again.") }
        let first = text.index(after: start)
        return (String(text[..<first]), String(text[first..<end.lowerBound]), String(text[end.lowerBound...]))
    }
}

/// A text as groff(7) has to be given it to show it as it is.
package func roff(_ text: String) -> String {
    let escaped = text.replacing("\\", with: "\\e").replacing("-", with: "\\-")
    return escaped.hasPrefix(".") || escaped.hasPrefix("'") ? "\\&" + escaped : escaped
}
