import Core
import Foundation

/// A receiver of HTTP requests that does what its script says: one ``Answer`` a connection, in order; the last is repeated.
///
/// It listens on a port of 127.0.0.1 that the kernel chose, or on a Unix socket, and keeps every request it read. Tests wait on
/// ``requests(count:limit:)``, never on time.
package final class ScriptedHTTPServer: @unchecked Sendable {
    // Unchecked: `recorded`, `script` and `accepted` are touched only while `condition` is locked.

    package enum Answer: Sendable {
        case status(Int, headers: [(String, String)] = [], body: [UInt8] = [])
        /// The bytes as they are, then the end of the connection.
        case raw([UInt8])
        /// The start of an answer, then one byte of a header after the other for as long as the client listens.
        case drip(every: Span = .milliseconds(20))
        /// The request is read, stored, and never answered: the connection is closed.
        case close
        /// The request is read and the connection stays silent until the client gives up.
        case silence
    }

    package struct Request: Sendable {
        package var method: String
        package var target: String
        /// In the order they came; names in lower case.
        package var headers: [(name: String, value: String)]
        package var body: [UInt8]

        package func header(_ name: String) -> String? { headers.first { $0.name == name.lowercased() }?.value }
    }

    /// 0 for a Unix socket.
    package let port: Int
    private let listener: LoopbackListener
    private let condition = NSCondition()
    private var script: [Answer]
    private let handler: (@Sendable (Request) -> Answer)?
    private var recorded: [Request] = []
    private var accepted = 0

    package var url: String { "http://127.0.0.1:\(port)" }

    /// Starts to listen. Throws a ``Fault`` when the socket cannot be had.
    package convenience init(_ script: [Answer], unixSocket path: String? = nil) throws(Fault) {
        try self.init(script, handler: nil, unixSocket: path)
    }

    /// One whose answers depend on what it is asked; called on a thread of the connection.
    package convenience init(answering handler: @escaping @Sendable (Request) -> Answer) throws(Fault) {
        try self.init([], handler: handler, unixSocket: nil)
    }

    private init(_ script: [Answer], handler: (@Sendable (Request) -> Answer)?, unixSocket path: String?) throws(Fault) {
        self.script = script
        self.handler = handler
        if let path {
            (listener, port) = (LoopbackListener(try LoopbackSocket.unix(path)), 0)
        } else {
            let (descriptor, port) = try LoopbackSocket.anyPort()
            (listener, self.port) = (LoopbackListener(descriptor), port)
        }
        listener.start { [self] connection in
            condition.withLock { accepted += 1 }
            return { [self] in serve(connection) }
        }
    }

    /// The requests so far, once there are `count`; fewer when the limit passes first.
    package func requests(count: Int, limit: Span = .seconds(90)) -> [Request] {
        let end = Date(timeIntervalSinceNow: Double(limit.milliseconds) / 1000)
        return condition.withLock {
            while recorded.count < count && condition.wait(until: end) {}
            return recorded
        }
    }

    /// Connections that were accepted, with or without a request.
    package var connections: Int { condition.withLock { accepted } }

    /// Ends the listener and every open connection.
    package func stop() { listener.end() }

    private func serve(_ connection: Int32) {
        guard let request = ScriptedHTTPReader(connection).request() else { return }
        let scripted: Answer? = condition.withLock {
            recorded.append(request)
            condition.broadcast()
            return script.count > 1 ? script.removeFirst() : script.first
        }
        let answer = handler?(request) ?? scripted ?? .close
        switch answer {
        case .status(let status, let headers, let body):
            let lines = headers + [("Content-Length", String(body.count)), ("Connection", "close")]
            let head = "HTTP/1.1 \(status) Scripted\r\n" + lines.map { "\($0): \($1)\r\n" }.joined() + "\r\n"
            _ = transmit(connection, Array(head.utf8) + (request.method == "HEAD" ? [] : body))
        case .raw(let bytes): _ = transmit(connection, bytes)
        case .drip(let pause):
            guard transmit(connection, Array("HTTP/1.1 200 OK\r\nX-Slow: ".utf8)) else { return }
            while !clientEnded(connection, within: pause), transmit(connection, [UInt8(ascii: "x")]) {}
        case .close: return
        case .silence: while !clientEnded(connection, within: .seconds(60)) {}
        }
    }

    /// Whether the client closed its side, or sent more than its request, within a time.
    private func clientEnded(_ connection: Int32, within limit: Span) -> Bool {
        var polled = pollfd(fd: connection, events: Int16(POLLIN), revents: 0)
        return poll(&polled, 1, Int32(limit.milliseconds)) != 0
    }

    private func transmit(_ connection: Int32, _ bytes: [UInt8]) -> Bool {
        var sent = 0
        while sent < bytes.count {
            let count = bytes[sent...].withUnsafeBytes { send(connection, $0.baseAddress, $0.count, Int32(MSG_NOSIGNAL)) }
            guard count > 0 else { return false }
            sent += count
        }
        return true
    }
}
