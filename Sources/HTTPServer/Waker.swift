import Core
import Foundation
import Synchronization

/// Wakes the event loop from any thread: a pipe that the loop polls, with one byte in it at most.
final class Waker: Sendable {
    private let pipe: (input: Int32, output: Int32)
    private let isAwake = Atomic<Bool>(false)

    init() throws(Fault) { pipe = try makePipe() }

    deinit {
        close(pipe.input)
        close(pipe.output)
    }

    /// Readable once ``wake()`` was called.
    var descriptor: Int32 { pipe.input }

    func wake() {
        guard !isAwake.exchange(true, ordering: .acquiringAndReleasing) else { return }
        var byte: UInt8 = 1
        _ = write(pipe.output, &byte, 1)
    }

    /// For the loop, when ``descriptor`` is readable, before it looks for what it was woken for.
    func rest() {
        var byte: UInt8 = 0
        _ = read(pipe.input, &byte, 1)
        isAwake.store(false, ordering: .releasing)
    }
}
