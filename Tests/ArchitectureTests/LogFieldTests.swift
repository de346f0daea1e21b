import Core
import Foundation
import TestKit
import Testing

/// The names of the journal's fields, and the documentation of what is in it.
@Suite struct LogFieldTests {
    /// systemd.journal-fields(7): upper case letters, digits and `_`; a leading `_` is the journal's own.
    @Test func everyFieldIsAName() throws {
        var names: Set<String> = []
        let sources = Oracle.root + "/Sources"
        for file in try #require(FileManager.default.subpaths(atPath: sources)).filter({ $0.hasSuffix(".swift") }) {
            let text = try String(contentsOfFile: sources + "/" + file, encoding: .utf8)
            for call in text.matches(of: /[lL]og\.(?:alert|error|warning|notice|info|debug)\((?:[^()]|\((?:[^()]|\([^()]*\))*\))*\)/) {
                for field in call.0.matches(of: /[\[,]\s*"([^"\\]+)":/) {
                    names.insert(String(field.1))
                    #expect(field.1.wholeMatch(of: /[A-Z][A-Z0-9_]*/) != nil, "\(file): \(field.1)")
                }
            }
        }
        #expect(names.isSuperset(of: ["EDITION", "ITEM", "SOURCE", "RELAY", "RECIPIENT"]), "\(names)")
        let page = try operations()
        for name in names { #expect(page.contains("`\(name)=`"), "\(name) is not in Operations") }
    }

    @Test func everyEventIsDocumented() throws {
        let page = try operations()
        for event in LogEvent.allCases { #expect(page.contains("`\(event.rawValue)`"), "\(event)") }
    }

    private func operations() throws -> String {
        try String(contentsOfFile: Oracle.root + "/Sources/budstikke/Documentation.docc/Operations.md", encoding: .utf8)
    }
}
