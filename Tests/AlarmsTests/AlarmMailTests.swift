import Core
import Foundation
import TestKit
import Testing

@testable import Alarms
@testable import Ledger

@Suite struct AlarmMailTests {
    private static func catalogue() throws -> Catalogue {
        var texts: [Language: [String: String]] = [:]
        for language in Language.allCases {
            let path = Oracle.root + "/Templates/Strings/\(language.rawValue).strings"
            texts[language] = Catalogue.entries(try SectionFile(path: path))
        }
        return Catalogue(texts)
    }

    private func mail(_ language: Language) throws -> AlarmMail {
        AlarmMail(catalogue: try Self.catalogue(), language: language, organisation: "Køge Kommune") { "\($0)" }
    }

    private func news(_ kind: AlarmKind, _ number: Int, over: Bool = false) -> AlarmNews {
        let raised = Instant(seconds: 1_800_000_000)
        return AlarmNews(
            id: Int64(number),
            alarm: Alarm(
                kind: kind.rawValue, object: "ting-\(number)", text: "what the service knows", raised: raised, ended: over ? raised : nil),
            told: [:])
    }

    /// Every kind has its words and what to do, in every language.
    @Test(arguments: Language.allCases) func everyKindHasWordsAndAdvice(_ language: Language) throws {
        let mail = try mail(language)
        for kind in AlarmKind.allCases {
            let text = mail.text([news(kind, 1)])
            let subject = mail.subject([news(kind, 1)])
            #expect(!text.contains("alarm.") && !subject.contains("alarm.") && !subject.contains("{"), "\(kind) in \(language): \(text)")
            #expect(text.contains("ting-1") && text.contains("what the service knows") && subject.contains("ting-1"))
        }
    }

    @Test func aStormIsOneShortMail() throws {
        let mail = try mail(.da)
        let text = mail.text((1...300).map { news(.silentScreen, $0) } + [news(.channel, 400, over: true)])
        #expect(text.contains("… og 290 mere af samme slags."))
        #expect(text.contains("Ovre igen: Et relæ tager ikke imod post"))
        #expect(text.split(separator: "\n").count < 40, "\(text)")
    }
}
