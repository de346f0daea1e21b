import Core
import Foundation

// A receiver that hangs up must end its own connection, not the daemon.
signal(SIGPIPE, SIG_IGN)
exit(Program.run(Array(CommandLine.arguments.dropFirst())).rawValue)
