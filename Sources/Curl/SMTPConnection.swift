import CCurl
import Core
import Foundation

/// A connection to a relay that libcurl has opened (name, TCP, TLS, EHLO, login) and that is then ours to talk on.
///
/// In: an endpoint. Out: the lines of EHLO, and bytes sent and lines received, each with a deadline. Failure: what goes wrong while
/// opening is a ``Fault`` and nothing of a mail has been said; later it is a ``ConnectionLoss``, after which the connection is
/// only good for closing. With `StartTLS=required` nothing but EHLO and STARTTLS is ever sent in clear (libcurl breaks off
/// when the offer is missing); a certificate is always verified. For one thread at a time.
package final class SMTPConnection {
    /// The lines of the last EHLO reply without their code, the first being the relay's name.
    package let helloLines: [String]

    private let handle: EasyHandle
    private let socket: Int32
    private let interruption: Interruption
    private var received: [UInt8] = []
    private var consumed = 0

    /// The longest line of a reply that is read; RFC 5321, section 4.5.3.1.5 permits 512 bytes.
    private static let longestLine = 4_096

    /// Connects, and returns when mails may be handed over. Throws a ``Fault`` that names the endpoint. What waits on the relay,
    /// now or later, ends when `interruption` is cut.
    package init(_ endpoint: SMTPEndpoint, _ interruption: Interruption = Interruption()) throws(Fault) {
        _ = Self.ignoreBrokenPipes
        let handle = try EasyHandle()
        let dialogue = OpeningDialogue()
        let context = Unmanaged.passRetained(dialogue)
        defer { context.release() }
        Self.configure(handle, endpoint)
        handle.set(CURLOPT_HEADERFUNCTION, callback: OpeningDialogue.callback)
        handle.set(CURLOPT_HEADERDATA, context: context.toOpaque())
        handle.interrupt(by: interruption)
        let code = withExtendedLifetime(interruption) { curl_easy_perform(handle.pointer) }
        handle.endInterruption()
        handle.set(CURLOPT_HEADERFUNCTION, callback: nil)
        handle.set(CURLOPT_HEADERDATA, context: nil)
        var socket: curl_socket_t = -1
        if code == CURLE_OK { _ = budstikke_get_socket(handle.pointer, CURLINFO_ACTIVESOCKET, &socket) }
        guard code == CURLE_OK, socket >= 0 else { throw SMTPOpeningFault.fault(code, endpoint, lastReply: dialogue.lastLine) }
        self.handle = handle
        self.socket = socket
        self.interruption = interruption
        helloLines = dialogue.helloLines
        interruption.watch(socket)
    }

    // The socket is closed with the handle, after this.
    deinit { interruption.watch(nil) }

    private static func configure(_ handle: EasyHandle, _ endpoint: SMTPEndpoint) {
        handle.set(CURLOPT_URL, endpoint.url + (endpoint.helloName.map { "/" + $0 } ?? ""))
        handle.set(CURLOPT_PROTOCOLS_STR, "smtp,smtps")
        // A proxy of the environment is meant for the web.
        handle.set(CURLOPT_PROXY, "")
        handle.set(CURLOPT_CONNECT_ONLY, 1)
        handle.set(CURLOPT_CONNECTTIMEOUT_MS, Int(endpoint.openingLimit.milliseconds))
        handle.set(CURLOPT_TIMEOUT_MS, Int(endpoint.openingLimit.milliseconds))
        let level: curl_usessl = [.required: CURLUSESSL_ALL, .preferred: CURLUSESSL_TRY][endpoint.effectiveStartTLS] ?? CURLUSESSL_NONE
        handle.set(CURLOPT_USE_SSL, Int(level.rawValue))
        handle.set(CURLOPT_SSL_VERIFYPEER, 1)
        handle.set(CURLOPT_SSL_VERIFYHOST, 2)
        handle.set(CURLOPT_SSLVERSION, Int(CURL_SSLVERSION_TLSv1_2))
        if let file = endpoint.caFile { handle.set(CURLOPT_CAINFO, file) }
        if let user = endpoint.user {
            handle.set(CURLOPT_USERNAME, user)
            if let token = endpoint.token {
                handle.set(CURLOPT_XOAUTH2_BEARER, token)
                // Else libcurl would go on to PLAIN with an empty password where the relay does not offer them.
                handle.set(CURLOPT_LOGIN_OPTIONS, "AUTH=XOAUTH2;AUTH=OAUTHBEARER")
            } else {
                handle.set(CURLOPT_PASSWORD, endpoint.password ?? "")
            }
        }
    }

    /// Sends all bytes. Throws a ``ConnectionLoss`` that says how many of them had been handed over before the deadline.
    package func send(_ bytes: [UInt8], until deadline: ContinuousClock.Instant) throws(ConnectionLoss) {
        var sent = 0
        while sent < bytes.count {
            var count = 0
            let code = bytes.withUnsafeBytes {
                curl_easy_send(handle.pointer, $0.baseAddress?.advanced(by: sent), $0.count - sent, &count)
            }
            switch code {
            case CURLE_OK: sent += count
            case CURLE_AGAIN: try wait(for: POLLOUT, until: deadline, sent: sent)
            default: throw ConnectionLoss(.broken, sent: sent)
            }
        }
    }

    /// The next line without its line end. Throws a ``ConnectionLoss`` at the deadline, however much of the line has come.
    package func receiveLine(until deadline: ContinuousClock.Instant) throws(ConnectionLoss) -> [UInt8] {
        var searched = consumed
        while true {
            if let end = received[searched...].firstIndex(of: 0x0A) {
                let line = received[consumed..<end]
                consumed = end + 1
                return Array(line.last == 0x0D ? line.dropLast() : line)
            }
            received.removeFirst(consumed)
            consumed = 0
            searched = received.count
            guard received.count <= Self.longestLine else { throw ConnectionLoss(.broken, sent: 0) }
            try receiveMore(until: deadline)
        }
    }

    private func receiveMore(until deadline: ContinuousClock.Instant) throws(ConnectionLoss) {
        while true {
            var code = CURLE_OK
            let piece = [UInt8](unsafeUninitializedCapacity: 4_096) { buffer, count in
                code = curl_easy_recv(handle.pointer, buffer.baseAddress, buffer.count, &count)
                if code != CURLE_OK { count = 0 }
            }
            switch code {
            case CURLE_OK where piece.isEmpty: throw ConnectionLoss(.closed, sent: 0)
            case CURLE_OK:
                received += piece
                return
            case CURLE_AGAIN: try wait(for: POLLIN, until: deadline, sent: 0)
            default: throw ConnectionLoss(.broken, sent: 0)
            }
        }
    }

    private func wait(for event: Int32, until deadline: ContinuousClock.Instant, sent: Int) throws(ConnectionLoss) {
        while true {
            let left = (deadline - .now) / .milliseconds(1)
            guard left > 0 else { throw ConnectionLoss(.timedOut, sent: sent) }
            var polled = pollfd(fd: socket, events: Int16(event), revents: 0)
            // Rounded up: a poll of 0 ms before the deadline would spin.
            if poll(&polled, 1, Int32(min(left.rounded(.up), 3_600_000))) > 0 { return }
        }
    }

    /// A peer that has gone must be an error of the call, not the end of the process.
    private static let ignoreBrokenPipes: Void = { _ = signal(SIGPIPE, SIG_IGN) }()
}

/// The connection is of no more use.
package struct ConnectionLoss: Error, Hashable, Sendable {
    package enum Cause: String, Hashable, Sendable {
        case closed = "the relay closed the connection"
        case timedOut = "the relay did not answer in time"
        case broken = "the connection broke"
    }

    package var cause: Cause
    /// How many bytes of the last ``SMTPConnection/send(_:until:)`` had been handed over; those behind them cannot have arrived.
    package var sent: Int

    package init(_ cause: Cause, sent: Int) {
        self.cause = cause
        self.sent = sent
    }
}
