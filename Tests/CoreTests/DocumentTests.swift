import Testing

@testable import Core

@Suite struct LinkTargetTests {
    @Test(arguments: [
        "javascript:alert(1)", "data:text/html,x", "file:///etc/passwd", "//host/x", "/path", "http:", "https:///x", "java\nscript:x", " ",
    ])
    func refuses(_ raw: String) { #expect(LinkTarget(raw) == nil) }

    @Test func encodesWhatAURIMayNotHold() {
        #expect(LinkTarget("HTTPS://koege.example/på?x=\"")?.address == "https://koege.example/p%C3%A5?x=%22")
    }
}
