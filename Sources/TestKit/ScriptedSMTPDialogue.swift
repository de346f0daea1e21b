import Foundation

/// One connection of the ``ScriptedSMTPServer``.
final class ScriptedSMTPDialogue: @unchecked Sendable {
    // Unchecked: made by the accepting thread, used by the connection's own thread alone.
    private let server: ScriptedSMTPServer
    private let socket: Int32
    private let number: Int
    private var received: [UInt8] = []
    private var sender = ""
    private var recipient = ""
    private var accepted: Set<ScriptedSMTPServer.Step> = []

    init(_ server: ScriptedSMTPServer, _ socket: Int32, _ number: Int) {
        self.server = server
        self.socket = socket
        self.number = number
    }

    func run() {
        guard answer(.greeting, "", usual: "220 relay.example ESMTP") != nil else { return }
        while let line = readLine() {
            server.note { $0.lines.append(line) }
            let step = Self.step(line)
            if !server.capabilities.contains("PIPELINING"), !received.isEmpty { server.note { $0.violations.append(line) } }
            guard take(step, line) else { return }
        }
    }

    /// Answers one command; false ends the connection.
    private func take(_ step: ScriptedSMTPServer.Step, _ line: String) -> Bool {
        switch step {
        case .hello:
            let lines = ["relay.example"] + server.capabilities
            let text = lines.enumerated().map { ($0 == lines.count - 1 ? "250 " : "250-") + $1 }.joined(separator: "\n")
            return answer(step, line, usual: text) != nil
        case .mail:
            sender = line
            return remember(step, answer(step, line, usual: "250 2.1.0 Ok"))
        case .recipient:
            recipient = line
            guard accepted.contains(.mail) else { return say("503 5.5.1 Error: need MAIL command") }
            return remember(step, answer(step, line, usual: "250 2.1.5 Ok"))
        case .data:
            let usual = accepted.contains(.recipient) ? "354 End data with <CR><LF>.<CR><LF>" : "554 5.5.1 Error: no valid recipients"
            guard let said = answer(step, line, usual: usual) else { return false }
            return said.hasPrefix("354") ? takeContent() : true
        case .reset:
            accepted = []
            return answer(step, line, usual: "250 2.0.0 Ok") != nil
        case .quit:
            _ = answer(step, line, usual: "221 2.0.0 Bye")
            return false
        default:
            return answer(step, line, usual: "500 5.5.2 Error: command not recognized") != nil
        }
    }

    private func remember(_ step: ScriptedSMTPServer.Step, _ said: String?) -> Bool {
        if said?.hasPrefix("2") == true { accepted.insert(step) }
        return said != nil
    }

    private func takeContent() -> Bool {
        let end: [UInt8] = [0x0D, 0x0A, 0x2E, 0x0D, 0x0A]
        // The line end of DATA itself counts as the one before a first dot.
        var content: [UInt8] = [0x0D, 0x0A]
        content += received
        received = []
        var searched = 0
        while true {
            if let place = Self.place(of: end, in: content, from: searched) {
                received = Array(content[(place + end.count)...])
                guard accepted.contains(.recipient) else { return say("554 5.5.1 Error: no valid recipients") }
                accepted = []
                let mail = ScriptedSMTPServer.Mail(
                    connection: number, sender: sender, recipient: recipient, content: Self.unstuffed(content[2..<max(2, place + 2)]),
                    hadCommandsBehind: !received.isEmpty)
                server.note { $0.mails.append(mail) }
                return answer(.content, "", usual: "250 2.0.0 Ok: queued") != nil
            }
            searched = max(0, content.count - end.count)
            guard let more = readMore() else { return false }
            content += more
        }
    }

    private static func place(of pattern: [UInt8], in bytes: [UInt8], from start: Int) -> Int? {
        // Foundation's search: a debug build's own loop over each mail took a third of the tests' time.
        start < bytes.count ? Data(bytes).range(of: Data(pattern), in: start..<bytes.count)?.lowerBound : nil
    }

    private static func unstuffed(_ content: ArraySlice<UInt8>) -> [UInt8] {
        var result: [UInt8] = []
        var isAtStart = true
        for byte in content {
            if isAtStart, byte == 0x2E {
                isAtStart = false
                continue
            }
            result.append(byte)
            isAtStart = byte == 0x0A
        }
        return result
    }

    /// Does what the script says; what was said, or `nil` when the connection is to end.
    private func answer(_ step: ScriptedSMTPServer.Step, _ line: String, usual: String) -> String? {
        let taken = server.record.mails.count
        switch server.script(.init(step: step, connection: number, taken: taken, line: line)) {
        case .proceed: return say(usual) ? usual : nil
        case .reply(let text): return say(text) ? text : nil
        case .farewell(let text):
            _ = say(text)
            return nil
        case .close: return nil
        case .silence:
            while readMore() != nil {}
            return nil
        case .drip:
            dripUntilGone()
            return nil
        }
    }

    /// `250-` and then a byte every 20 ms, never a line end: an answer that never ends, until the client goes.
    private func dripUntilGone() {
        var next = Array("250-".utf8)[...]
        while true {
            var byte = next.popFirst() ?? 0x78
            guard send(socket, &byte, 1, Int32(MSG_NOSIGNAL)) == 1 else { return }
            var polled = pollfd(fd: socket, events: Int16(POLLIN), revents: 0)
            if poll(&polled, 1, 20) > 0, readMore() == nil { return }
        }
    }

    private func say(_ text: String) -> Bool {
        let bytes = Array((text.replacing("\n", with: "\r\n") + "\r\n").utf8)
        return send(socket, bytes, bytes.count, Int32(MSG_NOSIGNAL)) == bytes.count
    }

    private func readLine() -> String? {
        while true {
            if let end = received.firstIndex(of: 0x0A) {
                let line = String(decoding: received[..<end], as: UTF8.self).trimmingCharacters(in: .newlines)
                received.removeFirst(end + 1)
                return line
            }
            guard let more = readMore() else { return nil }
            received += more
        }
    }

    private func readMore() -> [UInt8]? {
        var buffer = [UInt8](repeating: 0, count: 65_536)
        let count = recv(socket, &buffer, buffer.count, 0)
        return count > 0 ? Array(buffer[..<count]) : nil
    }

    private static func step(_ line: String) -> ScriptedSMTPServer.Step {
        let verbs: [String: ScriptedSMTPServer.Step] = [
            "EHLO": .hello, "HELO": .hello, "MAIL": .mail, "RCPT": .recipient, "DATA": .data, "RSET": .reset, "QUIT": .quit,
        ]
        return verbs[String(line.prefix(4)).uppercased()] ?? .other
    }
}
