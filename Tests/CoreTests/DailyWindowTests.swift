import Core
import Testing

@Suite struct DailyWindowTests {
    private func instant(_ text: String) throws -> Instant { Zone.copenhagen.instant(try #require(CivilDateTime(iso: text))) }

    @Test(arguments: ["", "22:00", "22:00-22:00", "24:00-06:00", "22-06", "22:00-06:00-07:00", "a-b"])
    func whatIsNone(text: String) { #expect(DailyWindow(text) == nil) }

    @Test func overMidnight() throws {
        let window = try #require(DailyWindow("22:00 - 06:00"))
        #expect(window.description == "22:00-06:00")
        let end = try instant("2026-12-02T06:00")
        #expect(window.end(holding: try instant("2026-12-01T22:00"), in: .copenhagen) == end)
        #expect(window.end(holding: try instant("2026-12-02T05:59:59"), in: .copenhagen) == end)
        #expect(window.end(holding: end, in: .copenhagen) == nil)
        #expect(window.end(holding: try instant("2026-12-01T21:59:59"), in: .copenhagen) == nil)
    }

    @Test func withinADay() throws {
        let window = try #require(DailyWindow("12:00-12:30"))
        #expect(window.end(holding: try instant("2026-12-01T12:15"), in: .copenhagen) == (try instant("2026-12-01T12:30")))
        #expect(window.end(holding: try instant("2026-12-01T00:15"), in: .copenhagen) == nil)
    }

    /// FAULTS 31: in the second pass of the autumn night the end lies ahead all the same.
    @Test func theEndIsNeverBehind() throws {
        let window = try #require(DailyWindow("22:00-02:30"))
        let first = try instant("2026-10-25T02:15")
        let end = try #require(window.end(holding: first + .hours(1), in: .copenhagen))
        #expect(end > first + .hours(1))
    }
}
