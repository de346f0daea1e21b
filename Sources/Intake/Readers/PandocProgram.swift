import Core
import Foundation

/// The program pandoc, which reads word processors' files: bytes in, its JSON syntax tree out.
///
/// What protects what: `--sandbox` runs pandoc's readers and writers as pure functions, which cannot open a file or a connection whatever
/// the document says (so no `unshare` is needed, which services without the right to make namespaces could not call). The document comes
/// in by standard input, and nothing is written: a file size limit of 0 holds even if the sandbox did not. `-M` bounds the heap of its
/// runtime (an address-space limit cannot: GHC reserves a terabyte), prlimit(1) the processor time, ``ChildProcess`` the clock and the output.
/// ``Confinement`` takes the network and every writing of files from it, should a reader be worse than its makers think.
/// The environment is empty, so no user's defaults or filters are read.
package struct PandocProgram: Sendable {
    package let path: String

    /// Processor time for one run.
    static let limit = Span.seconds(20)
    /// By the clock: a busy machine gives a process a part of its processors only, and the picture or text is not to blame.
    static let clockLimit = Span.seconds(60)
    static let treeLimit = 16 << 20
    /// Bytes of all embedded pictures in base64.
    static let mediaLimit = 48 << 20
    private static let heap = "512m"
    /// What GHC's runtime exits with when the heap is full.
    private static let heapExhausted: Int32 = 251

    package init(path: String = OptionalProgram.pandoc.path) { self.path = path }

    package var isInstalled: Bool { access(path, X_OK) == 0 }

    /// What pandoc writes to standard output. Throws a ``Refusal``: `readerMissing` when it cannot be started, `documentTooHeavy`
    /// past a limit, `documentDamaged` when it cannot read the document.
    func run(_ arguments: [String], input: [UInt8], outputLimit: Int) throws(Refusal) -> [UInt8] {
        guard isInstalled else { throw Refusal(.readerMissing, value: "pandoc") }
        let limits = ResourceLimits(processorSeconds: Int(Self.limit.milliseconds / 1000), fileSize: 0)
        let command = limits.command(path, ["+RTS", "-M\(Self.heap)", "-RTS", "--sandbox", "--quiet"] + arguments)
        let outcome: ChildProcess.Outcome
        do throws(Fault) {
            outcome = try ChildProcess.run(
                command.path, command.arguments, input: input, environment: ["LC_ALL": "C.UTF-8", "HOME": "/nonexistent"],
                limit: Self.clockLimit, outputLimit: outputLimit, confined: true)
        } catch {
            throw Refusal(.readerMissing, value: "pandoc")
        }
        if outcome.status == 0 { return outcome.output }
        // 128 and more: ended by a signal, which only the limits send.
        throw Refusal(outcome.status == Self.heapExhausted || outcome.status > 127 ? .documentTooHeavy : .documentDamaged)
    }
}
