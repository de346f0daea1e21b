import Core
import Synchronization
import TestKit
import Testing

@testable import Ledger
@testable import PushEmail

/// Refuses the second mail at one step, once.
final class Refusals: Sendable {
    private let step: ScriptedSMTPServer.Step
    private let count = Mutex(0)

    init(_ step: ScriptedSMTPServer.Step) { self.step = step }

    func answer(_ moment: ScriptedSMTPServer.Moment) -> ScriptedSMTPServer.Answer {
        guard moment.step == step else { return .proceed }
        let number = count.withLock {
            $0 += 1
            return $0
        }
        return number == 2 ? .reply("554 5.6.0 no") : .proceed
    }
}

/// What the ledger says at moments of the dialogue, from the server's thread.
final class LedgerView: Sendable {
    private struct State {
        var ledger: Ledger?
        var edition: EditionID?
        var seen: [Int] = []
    }

    private let state = Mutex(State())

    var seen: [Int] { state.withLock { $0.seen } }

    func look(at outbound: Outbound) {
        let (ledger, edition) = (outbound.ledger, outbound.edition)
        state.withLock { $0 = State(ledger: ledger, edition: edition) }
    }

    /// At the final dot of mail `taken`: how many are settled, in the ledger or, as a killed process would leave them, in its journal.
    func note(_ taken: Int) {
        state.withLock {
            guard let ledger = $0.ledger, let edition = $0.edition else { return }
            do throws(Fault) {
                let recorded = try ledger.deliveries(of: edition).filter { $0.state == .sent }.map(\.id)
                let noted = try AcknowledgementJournal(folder: ledger.folder).abandoned().map(\.delivery)
                $0.seen.append(Set(recorded + noted).count)
            } catch {
                $0.seen.append(-1)
            }
        }
    }
}

extension ScriptedSMTPServer.Mail {
    var messageIdentifier: String? {
        String(decoding: content, as: UTF8.self).split(separator: "\r\n").first { $0.hasPrefix("Message-ID:") }.map(String.init)
    }
}

extension String {
    /// The address of a `RCPT TO:<…>` line.
    var localised: String {
        guard let open = firstIndex(of: "<"), let close = firstIndex(of: ">") else { return self }
        return String(self[index(after: open)..<close])
    }
}
