import Core
import TestKit

/// `Oracles/clock.c`: the environment in which a command believes that it is later than it is. For commands that do not wait.
struct ShiftedClock {
    let environment: [String: String]
    private let folder: TemporaryFolder

    init(by span: Span) throws {
        let (folder, library) = try FailingDisk.preloaded("clock")
        self.folder = folder
        environment = ["LD_PRELOAD": library, "CLOCK_SHIFT": "\(span.milliseconds / 1000)"]
    }
}
