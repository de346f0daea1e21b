import Core
import Foundation

/// Postfix's `smtp-sink`: takes mails and throws them away.
package struct MailSink {
    package let port: Int
    private let counts: String?
    private let child: ChildProcess

    /// `counts` is a file in which it notes how many it has taken.
    package init(counts: String? = nil) throws {
        self.counts = counts
        let probe = try LoopbackSocket.anyPort()
        close(probe.descriptor)
        port = probe.port
        let null = open("/dev/null", O_RDWR | O_CLOEXEC)
        let output = counts.map { open($0, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0o600) } ?? dup(null)
        defer {
            close(null)
            close(output)
        }
        // It refuses to stay root.
        let user = geteuid() == 0 ? ["-u", "postfix"] : []
        let words = user + (counts == nil ? [] : ["-c"]) + ["127.0.0.1:\(port)", "256"]
        child = try ChildProcess("/usr/sbin/smtp-sink", words, input: null, output: output, errors: null)
        let address = port
        guard
            eventually(
                within: .seconds(10),
                { (try? ChildProcess.run("/bin/bash", ["-c", "exec 3<>/dev/tcp/127.0.0.1/\(address)"]))?.status == 0 })
        else { throw Fault("start", "smtp-sink", cause: "it does not listen", mend: "Check Debian's package postfix.") }
    }

    /// Mails taken so far, as its file says.
    package var taken: Int {
        let text = counts.flatMap { try? String(contentsOfFile: $0, encoding: .utf8) } ?? ""
        return text.matches(of: /mesg=(\d+)\r/).last.flatMap { Int($0.1) } ?? 0
    }

    package func stop() {
        child.signal(SIGTERM)
        _ = child.wait()
    }
}
