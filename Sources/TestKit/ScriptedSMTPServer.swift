import Core
import Foundation
import Synchronization

/// A relay on a loopback port that answers as a test tells it, and keeps what it was sent.
///
/// Every moment of the dialogue is put to the script; without another answer the server behaves as a relay should. Tests wait for
/// what it has received by ``wait(_:)``, never by sleeping.
package final class ScriptedSMTPServer: Sendable {
    package enum Step: Hashable, Sendable { case greeting, hello, mail, recipient, data, content, reset, quit, other }

    /// One place in the dialogue, before the server answers.
    package struct Moment: Sendable {
        package var step: Step
        /// 1 for the first connection.
        package var connection: Int
        /// How many mails have been taken so far, over all connections.
        package var taken: Int
        /// The client's line; empty at the greeting and behind the content.
        package var line: String
    }

    package enum Answer: Sendable {
        /// What a relay that has no objections says.
        case proceed
        /// These lines, CRLF added; several are separated by a line feed.
        case reply(String)
        /// The lines, and the connection is closed.
        case farewell(String)
        case close
        /// No answer until the client goes.
        case silence
        /// A byte of the answer now and then, without ever ending it, until the client goes.
        case drip
    }

    package typealias Script = @Sendable (Moment) -> Answer

    /// A mail as it was taken, dots unstuffed.
    package struct Mail: Hashable, Sendable {
        package var connection: Int
        package var sender: String
        package var recipient: String
        package var content: [UInt8]
        /// The next commands lay behind the final dot when it was read.
        package var hadCommandsBehind: Bool
    }

    package struct Record: Sendable {
        package var connections = 0
        package var lines: [String] = []
        package var mails: [Mail] = []
        /// Commands that came in one piece without PIPELINING having been offered.
        package var violations: [String] = []
        package var ended = 0
    }

    package let port: Int
    package var url: String { "smtp://127.0.0.1:\(port)" }

    let capabilities: [String]
    let script: Script
    private let listener: LoopbackListener
    private let state = Mutex(Record())
    private let changed = NSCondition()

    package static let usual = ["PIPELINING", "SIZE 10485760", "DSN", "ENHANCEDSTATUSCODES", "8BITMIME"]

    /// Listens at once, on a port that the system chooses. Throws a ``Fault`` when it cannot.
    package init(capabilities: [String] = usual, script: @escaping Script = { _ in .proceed }) throws(Fault) {
        self.capabilities = capabilities
        self.script = script
        let (descriptor, port) = try LoopbackSocket.anyPort()
        (listener, self.port) = (LoopbackListener(descriptor), port)
        listener.start { [self] socket in
            var number = 0
            note {
                $0.connections += 1
                number = $0.connections
            }
            let dialogue = ScriptedSMTPDialogue(self, socket, number)
            return { [self] in
                dialogue.run()
                note { $0.ended += 1 }
            }
        }
    }

    /// What has come so far.
    package var record: Record { state.withLock { $0 } }

    /// Waits until the record is as wished. Returns false after `limit`.
    package func wait(atMost limit: Span = .seconds(90), until isReached: (Record) -> Bool) -> Bool {
        let end = Date(timeIntervalSinceNow: Double(limit.milliseconds) / 1000)
        // Asked in place: a copy of the record would have each mail that comes next copy all that came before.
        func isTrue() -> Bool { state.withLock { isReached($0) } }
        return changed.withLock {
            while !isTrue() {
                if !changed.wait(until: end) { return isTrue() }
            }
            return true
        }
    }

    /// Closes the port and every connection.
    package func stop() { listener.end() }

    func note(_ change: (inout Record) -> Void) {
        changed.withLock {
            state.withLock { change(&$0) }
            changed.broadcast()
        }
    }
}
