/// What the kernel holds a child process to, over its whole life, besides the bounds on time and output of ``ChildProcess/run``.
///
/// posix_spawn(3) has no attribute for setrlimit(2), so the child is started through prlimit(1), of Debian's essential util-linux.
package struct ResourceLimits: Sendable {
    /// Processor time in seconds; the kernel ends the process with SIGKILL past it.
    package var processorSeconds: Int
    /// Bytes of the largest file that it may write; 0 means that it can create files but put nothing into them.
    package var fileSize: Int
    /// Descriptors open at the same time.
    package var descriptors: Int
    /// Bytes of address space; `nil` for programs whose runtime reserves more than it uses.
    package var addressSpace: Int?

    private static let prlimit = "/usr/bin/prlimit"

    package init(processorSeconds: Int, fileSize: Int, descriptors: Int = 64, addressSpace: Int? = nil) {
        self.processorSeconds = processorSeconds
        self.fileSize = fileSize
        self.descriptors = descriptors
        self.addressSpace = addressSpace
    }

    /// The program and arguments that run another program under the limits; no core file is ever written.
    package func command(_ path: String, _ arguments: [String]) -> (path: String, arguments: [String]) {
        (
            Self.prlimit,
            ["--cpu=\(processorSeconds)", "--fsize=\(fileSize)", "--nofile=\(descriptors)", "--core=0"]
                + (addressSpace.map { ["--as=\($0)"] } ?? []) + [path] + arguments
        )
    }
}
