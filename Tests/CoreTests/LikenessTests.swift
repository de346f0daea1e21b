import Testing

@testable import Core

@Suite struct LikenessTests {
    static let story = """
        Ny cykelsti mellem Søndergade og stationen
        På mandag åbner den nye cykelsti mellem Søndergade og stationen. Stien er 2,4 kilometer lang og har lys hele vejen. Borgmesteren
        klipper snoren klokken ti, og alle er velkomne til kaffe og rundstykker ved rådhuset bagefter. Vejen er spærret for biler imens.
        """

    /// A text with every n-th word changed.
    static func changed(_ text: String, every n: Int) -> String {
        text.split(whereSeparator: \.isWhitespace).enumerated().map { $0 % n == n - 1 ? "andet\($0)" : String($1) }.joined(separator: " ")
    }

    @Test func theSameStoryInOtherClothesIsTheSame() throws {
        let loud = Self.story.uppercased().replacing(" ", with: "  ").replacing("Å", with: "AA")
        #expect(Likeness.share(Self.story, loud) == 1)
        let (a, b) = (try #require(Likeness(Self.story)), try #require(Likeness(loud)))
        #expect(a == b && a.estimate(b) == 1)
        #expect(Likeness(bytes: a.bytes) == a && a.bytes.count == 64)
    }

    @Test func shortTextsAreNotCompared() {
        #expect(Likeness("Kantinen holder lukket på fredag") == nil)
        #expect(Likeness.share("Kantinen holder lukket", "Kantinen holder lukket") == 0)
        #expect(Likeness(bytes: [1, 2, 3]) == nil)
    }

    /// The estimate follows the counted share.
    @Test(arguments: [3, 5, 8, 13, 21, 34])
    func theEstimateIsNearTheCount(_ n: Int) throws {
        let long = (0..<12).map { Self.changed(Self.story, every: 7 + $0).replacing(".", with: " \($0)s.") }.joined(separator: " ")
        let other = Self.changed(long, every: n)
        let (a, b) = (try #require(Likeness(long)), try #require(Likeness(other)))
        #expect(abs(a.estimate(b) - Likeness.share(long, other)) < 0.2)
    }

    @Test func othersStoriesAreFar() throws {
        let other = """
            Influenzavaccine til alle medarbejdere i november. Kom forbi sundhedsklinikken på rådhuset tirsdag eller torsdag mellem klokken otte
            og tolv. Du skal ikke bestille tid, og det koster ingenting. Tag dit sundhedskort med, så går det hurtigt for os alle sammen.
            """
        #expect(Likeness.share(Self.story, other) == 0)
        #expect(try #require(Likeness(Self.story)).estimate(try #require(Likeness(other))) < 0.05)
    }
}

@Suite struct ComparableWordsTests {
    @Test(arguments: [
        ("Projekt-Fønix' plan", ["projekt", "fønix", "plan"]), ("AABENRAA", ["åbenrå"]), ("A\u{30A}ben", ["åben"]),
        ("Fø\u{AD}nix\u{200B}en", ["fønixen"]), ("2,4 km", ["2", "4", "km"]), ("aaa Aab ÆØÅ ß Ŀ ¼", ["åa", "åb", "æøå", "ß", "ŀ", "¼"]),
        ("", []), ("– …", []),
    ])
    func wordsAreFoundHoweverTheyAreWritten(_ text: String, _ words: [String]) { #expect(text.comparableWords == words) }
}

@Suite struct TextDifferenceTests {
    private static func difference(_ a: String, _ b: String) -> [String] {
        TextDifference.lines(
            from: a.split(separator: "\n").map(String.init), to: b.split(separator: "\n").map(String.init))
    }

    @Test func changesAreShownWordByWord() {
        #expect(Self.difference("T\nPå mandag åbner stien", "T\nPå tirsdag åbner stien") == ["~ På [-mandag-]{+tirsdag+} åbner stien"])
        #expect(Self.difference("a b", "a b c") == ["~ a b {+c+}"])
        #expect(Self.difference("a b c", "b c") == ["~ [-a-] b c"])
        #expect(Self.difference("en", "to") == ["- en", "+ to"])
        #expect(Self.difference("a\nb\nc", "a\nc\nd") == ["- b", "+ d"])
        #expect(Self.difference("a\nb", "a\nb").isEmpty)
    }

    @Test func whatIsTooLongIsToldAsAWhole() {
        let long = (0..<3_000).map { "\($0)" }
        #expect(TextDifference.lines(from: long, to: long) == [])
        #expect(TextDifference.lines(from: long, to: ["x"]) == ["- (3000 lines)", "+ (1 lines)"])
    }
}
