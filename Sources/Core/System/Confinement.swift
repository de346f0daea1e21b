import CLinux
import Foundation

/// What a child process that reads strangers' files may not do, beside its ``ResourceLimits``: open a connection or a socket of any kind,
/// make, change or remove a file, or use the calls by which a program gets at other processes or at the system.
///
/// Landlock (since Linux 5.13) holds the files, seccomp the calls; where the kernel has one of them not, the other holds alone. Both bind
/// the thread that asks for them and what it starts, so the child is started from a thread that is made for that and ends with it: no
/// launcher, no namespace, and no right that a service does not have. posix_spawn(3) has no attribute for either.
package enum Confinement {
    package struct Strength: OptionSet, Sendable {
        package let rawValue: Int32
        package init(rawValue: Int32) { self.rawValue = rawValue }

        package static let files = Strength(rawValue: Int32(budstikke_confined_files))
        package static let calls = Strength(rawValue: Int32(budstikke_confined_calls))
    }

    /// What this kernel gives.
    package static let strength = (try? onConfinedThread { strength throws(Fault) in strength }) ?? []

    /// Runs `work` on a confined thread of its own and waits for it.
    static func onConfinedThread<T: Sendable>(_ work: @escaping @Sendable (Strength) throws(Fault) -> T) throws(Fault) -> T {
        let outcome = Outcome<T>()
        let done = DispatchSemaphore(value: 0)
        let thread = Thread {
            let strength = Strength(rawValue: budstikke_confine())
            outcome.result = Result { () throws(Fault) in try work(strength) }
            done.signal()
        }
        thread.name = "confined"
        thread.start()
        done.wait()
        guard let result = outcome.result else {
            throw Fault("start", "a thread", cause: "it ended without a result", mend: "Report this.")
        }
        return try result.get()
    }

    /// Written by the thread before it signals, read after that.
    private final class Outcome<T: Sendable>: @unchecked Sendable { var result: Result<T, Fault>? }
}
