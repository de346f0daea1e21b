import Core
import Foundation

/// The listening socket that systemd opened for the service (sd_listen_fds(3)): it stays open over a restart, so nobody is refused meanwhile.
enum SocketActivation {
    /// `nil` when none was passed to this process. Takes it: the variables are removed, so that no child process believes them its own. Throws a
    /// ``Fault`` when more than one was passed, or what was passed does not listen.
    static func socket() throws(Fault) -> ListeningSocket? {
        let variables = ["LISTEN_PID", "LISTEN_FDS", "LISTEN_FDNAMES"]
        let environment = ProcessInfo.processInfo.environment
        guard environment["LISTEN_PID"].flatMap({ Int32($0) }) == getpid(), let count = environment["LISTEN_FDS"].flatMap({ Int($0) }),
            count > 0
        else { return nil }
        for name in variables { unsetenv(name) }
        guard count == 1 else {
            throw Fault(
                "take over", "the \(count) sockets of the .socket unit", cause: "the web server has one",
                mend: "Leave one ListenStream= in it.")
        }
        return try ListeningSocket(inherited: 3)
    }
}
