import Testing

@testable import Core

@Suite struct NearestNameTests {
    @Test(arguments: [
        ("Setle", "Settle"), ("rescan", "Rescan"), ("PubliURL", "PublicURL"), ("Wbe", "Web"), ("Nonsense", nil), ("", nil),
    ])
    func nearest(_ name: String, _ expected: String?) {
        #expect(nearestName(to: name, among: ["Settle", "Rescan", "PublicURL", "Web"]) == expected)
    }
}
