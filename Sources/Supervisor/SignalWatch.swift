import Core
import Foundation
import Synchronization

/// Which signals mean what. A signal that is watched does not end the process.
package struct ServiceSignals: Sendable {
    package var stop: [Int32] = [SIGTERM, SIGINT]
    package var reload: Int32 = SIGHUP

    package init() {}
}

/// Calls a function when signals arrive, on a thread of its own, where everything may be called (unlike in a signal handler).
///
/// The handler writes the signal's number into a pipe and a thread reads it there. Dispatch's signal sources are not used: they are
/// registered and taken away on another thread at a later time, and a signal that came in between was lost.
final class SignalWatch: Sendable {
    private let numbers: [Int32]

    /// Returns when every signal is watched; a signal is watched by one watch at a time.
    init(_ numbers: [Int32], _ arrived: @escaping @Sendable (Int32) -> Void) {
        self.numbers = numbers
        guard SignalPipe.isOpen else { return }
        SignalPipe.listeners.withLock { for number in numbers { $0[number] = arrived } }
        for number in numbers { Self.act(on: number, signalArrived) }
    }

    /// Ends the watch; the signals have their default action again.
    func cancel() {
        for number in numbers { Self.act(on: number, SIG_DFL) }
        SignalPipe.listeners.withLock { for number in numbers { $0[number] = nil } }
    }

    private static func act(on number: Int32, _ handler: (@convention(c) (Int32) -> Void)?) {
        var action = sigaction()
        action.__sigaction_handler.sa_handler = handler
        action.sa_flags = SA_RESTART
        sigaction(number, &action, nil)
    }
}

/// The pipe between the handler and the thread, made once and kept: a handler may run at any time.
private enum SignalPipe {
    static let listeners = Mutex<[Int32: @Sendable (Int32) -> Void]>([:])
    static let writeEnd = Atomic<Int32>(-1)

    /// False when the process has no descriptors left for it; signals then have their default action.
    static let isOpen: Bool = {
        guard let ends = try? makePipe() else { return false }
        // A full pipe must not block a handler; the signals in it already say the same.
        _ = fcntl(ends.output, F_SETFL, O_NONBLOCK)
        writeEnd.store(ends.output, ordering: .sequentiallyConsistent)
        let thread = Thread {
            var number: UInt8 = 0
            while true {
                let count = read(ends.input, &number, 1)
                if count < 0 && errno == EINTR { continue }
                guard count == 1 else { return }
                let signal = Int32(number)
                listeners.withLock { $0[signal] }?(signal)
            }
        }
        thread.name = "signals"
        thread.start()
        return true
    }()
}

/// Runs in the middle of anything: an atomic load and write(2) only (signal-safety(7)).
private func signalArrived(_ number: Int32) {
    let before = errno
    var byte = UInt8(truncatingIfNeeded: number)
    _ = write(SignalPipe.writeEnd.load(ordering: .sequentiallyConsistent), &byte, 1)
    errno = before
}
