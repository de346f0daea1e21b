import Testing

@testable import Core

@Suite struct AddressInTextTests {
    static let key = "anne@koege.example"

    @Test(arguments: [
        ("Skriv til Anne@Koege.example.", "Skriv til X."), ("<anne@koege.example>", "<X>"), ("anne@koege.example", "X"),
        ("\"a\\nanne@koege.example\"", "\"a\\nX\""), ("mailto:anne@koege.example?subject=a", "mailto:X?subject=a"),
        ("anne@koege.example, ANNE@KOEGE.EXAMPLE", "X, X"), ("to anne@koe=\r\nge.example!", "to X!"), ("x anne=\n@koege.example", "x X"),
    ]) func isFoundAsAWhole(_ text: String, _ expected: String) {
        #expect(AddressInText.replaced(Self.key, by: "X", in: text) == expected)
    }

    @Test(arguments: [
        "hanne@koege.example", "anne@koege.example.org", "anne@koege.examples", "b.anne@koege.example", "anne@koege.example-hus",
        "anne@koege",
        "", "Åanne@koege.example", "anne@koege.ex",
    ]) func isNotFoundInAnother(_ text: String) {
        #expect(AddressInText.replaced(Self.key, by: "X", in: text) == nil)
        #expect(AddressInText.places(of: Self.key, in: Array(text.utf8), whole: false).count == (text.contains(Self.key) ? 1 : 0))
    }
}
