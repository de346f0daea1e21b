import Foundation
import TestKit
import Testing

@testable import Configuration

/// The manual names every key that the readers know, under its section, and no other.
@Suite struct ManualTests {
    @Test func namesEveryKey() throws {
        let page = try String(contentsOfFile: Oracle.root + "/Sources/budstikke/Documentation.docc/Configuration.md", encoding: .utf8)
        let documented = page.split(separator: "\n").reduce(into: (section: "", keys: [String]())) { found, line in
            if line.hasPrefix("### [") { found.section = String(line.dropFirst(5).prefix { $0 != " " && $0 != "]" }) }
            if line.hasPrefix("| `"), let key = line.dropFirst(3).split(separator: "=").first { found.keys.append("\(found.section) \(key)") }
        }
        let known = (KnownKeys.configuration + KnownKeys.schedule).flatMap { rule in rule.keys.map { "\(rule.kind) \($0.name)" } }
        #expect(documented.keys == known)
    }
}
