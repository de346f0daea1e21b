import Core
import Testing

/// A text and what is looked for in it take the same form.
@Suite struct SearchTextTests {
    @Test(arguments: [
        ("Æbler, ØST & Å", "æbler, øst & å"), ("A\u{30A}ben", "åben"), ("  to \n\t ord\u{A0}", "to ord"),
        ("sam\u{AD}arbejde", "samarbejde"),
        ("", ""), (" \n", ""), ("ß İ Σ", "ß i\u{307} σ"), ("100 % *\"'", "100 % *\"'"), ("🙂 É", "🙂 é"),
    ])
    func isFolded(_ text: String, _ folded: String) {
        #expect(text.searchText == folded && Array(text.searchText.utf8) == Array(folded.utf8))
        #expect(folded.searchText == folded)
    }
}
