import TestKit
import Testing

@testable import Configuration

/// The key lists of the manual pages are made from the keys that the readers know.
@Suite struct ManualPageTests {
    @Test(arguments: [("systemd/budstikke.conf.5", true), ("systemd/budstikke-schedule.5", false)])
    func namesEveryKey(page: String, isConfiguration: Bool) throws {
        let rules = isConfiguration ? KnownKeys.configuration : KnownKeys.schedule
        let text = rules.map(Self.section).joined()
        let part = GeneratedPart("keys", of: page)
        try part.renew(text)
        #expect(try part.text() == text, "\(page): see how it is made in its comment")
    }

    private static func section(_ rule: SectionRule) -> String {
        let heading = ".SS [\(rule.kind)\(rule.isNamed ? " name" : "")]\n"
        return rule.keys.reduce(heading) { text, key in
            text + ".TP\n.B \(roff(key.name))=\n\(roff(key.meaning))\(key.repeats ? " (may be repeated)" : "")\n"
        }
    }
}
