import Core
import Foundation
import Testing

@testable import Press

/// axe-core in a real browser, on every page, at 375 and 1280 px, in light and dark surroundings.
@Suite struct AccessibilityTests {
    struct Violation: Decodable {
        var page: String
        var width: Int
        var scheme: String
        var rule: String
        var elements: [String]
    }

    @Test(
        .enabled(
            if: Oracle.hasChromium, "needs chromium, chromium-driver and PyPI selenium, axe-playwright-python"))
    func axeFindsNothing() throws {
        let pages = try Pages.allCases.filter(\.isHTML).map { (name: $0.rawValue, text: try $0.rendered()) }
        for found in try violations(pages) {
            Issue.record("\(found.page) at \(found.width) px, \(found.scheme): \(found.rule): \(found.elements.joined(separator: " | "))")
        }
    }

    /// The judge is awake: a page with a picture without a text, and grey on grey, is found out.
    @Test(
        .enabled(
            if: Oracle.hasChromium, "needs chromium, chromium-driver and PyPI selenium, axe-playwright-python"))
    func axeFindsWhatIsWrong() throws {
        let page =
            "<!DOCTYPE html><html><title>x</title><main><h1>x</h1><img src=\"/x.png\"><p style=\"color:#999\">for lys tekst</p></main></html>"
        let rules = Set(try violations([(name: "bad.html", text: page)]).map(\.rule))
        #expect(rules.isSuperset(of: ["image-alt", "html-has-lang", "color-contrast"]))
    }

    private func violations(_ pages: [(name: String, text: String)]) throws -> [Violation] {
        try Oracle.withPages(pages) { paths in
            let script = Oracle.scripts.appendingPathComponent("axe.py").path
            let outcome = try ChildProcess.run(Oracle.python, [script] + paths, limit: .minutes(10))
            try #require(outcome.status == 0, "\(outcome.errorText)")
            return try JSONDecoder().decode([Violation].self, from: Data(outcome.output))
        }
    }
}
