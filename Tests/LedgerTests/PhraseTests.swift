import Core
import Testing

@testable import Ledger

@Suite struct PhraseTests {
    @Test(arguments: Phrase.allCases)
    func whatIsWrittenIsRecognised(_ phrase: Phrase) throws {
        var names: [String] = []
        for part in phrase.rawValue.split(separator: "{").dropFirst(phrase.rawValue.hasPrefix("{") ? 0 : 1) {
            names.append(String(part.prefix { $0 != "}" }))
        }
        let places = Dictionary(uniqueKeysWithValues: names.map { ($0, "1") })
        let found = try #require(Phrase.recognised(in: phrase.written(places)))
        #expect(found.phrase == phrase && found.places == places)
    }

    @Test(arguments: [
        "", "see these items", "Hans has 3 items for you", "version B", "held", "not approved: ", "items", "3 items and more",
        "MED/Referat.docx",
    ])
    func aPersonsOwnWordsAreNone(_ text: String) { #expect(Phrase.recognised(in: text) == nil) }
}
