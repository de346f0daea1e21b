import Core
import Foundation
import TestKit

/// Postfix's `smtp-sink`: takes mails and throws them away.
struct Sink {
    let port: Int
    private let child: ChildProcess

    init() throws {
        let probe = try LoopbackSocket.anyPort()
        close(probe.descriptor)
        port = probe.port
        let null = open("/dev/null", O_RDWR | O_CLOEXEC)
        defer { close(null) }
        // It refuses to stay root.
        let user = geteuid() == 0 ? ["-u", "postfix"] : []
        child = try ChildProcess("/usr/sbin/smtp-sink", user + ["127.0.0.1:\(port)", "256"], input: null, output: null, errors: null)
        let address = port
        guard
            eventually(
                within: .seconds(10),
                { (try? ChildProcess.run("/bin/bash", ["-c", "exec 3<>/dev/tcp/127.0.0.1/\(address)"]))?.status == 0 })
        else { throw Fault("start", "smtp-sink", cause: "it does not listen", mend: "Check Debian's package postfix.") }
    }

    func stop() {
        child.signal(SIGTERM)
        _ = child.wait()
    }
}

/// What one round of sending took.
struct Measure {
    var perSecond: Double
    /// Microseconds of processor time a mail.
    var processor: Double

    init(_ count: Int, _ seconds: Double, _ processorSeconds: Double) {
        perSecond = Double(count) / seconds
        processor = processorSeconds / Double(count) * 1_000_000
    }
}
