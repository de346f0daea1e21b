import Core
import Foundation

/// A push service written from RFC 8030, 8188, 8291 and 8292: what they do not permit it refuses, and it remembers why.
///
/// It is none of the real ones, which nobody can run; messages are opened by an independent program (`webpush.py`).
package final class StrictPushService: @unchecked Sendable {
    // Unchecked: everything is touched only while `lock` is held.

    package enum Behaviour: Sendable {
        case refuses(Int, headers: [(String, String)] = [])
        /// Takes the message and breaks off before it says so.
        case losesTheAnswer
        /// Reads the message and stays silent until the sender gives up.
        case takesInSilence
        case silence
    }

    package struct Message: Sendable {
        /// The last part of the subscription's address.
        package var subscription: String
        package var life: Int
        package var urgency: String?
        package var topic: String?
        package var authorization: String
        package var body: [UInt8]
    }

    private let lock = NSCondition()
    private var script: [Behaviour]
    private var taken: [Message] = []
    private var wrongs: [String] = []
    private var asked = 0
    private var scripted: ScriptedHTTPServer?

    package init(_ script: [Behaviour] = []) throws {
        self.script = script
        scripted = try ScriptedHTTPServer(answering: { [weak self] in self?.answer($0) ?? .close })
    }

    /// Scheme, host and port.
    package var url: String { scripted?.url ?? "" }
    package var violations: [String] { lock.withLock { wrongs } }
    /// Requests, whatever came of them.
    package var requests: Int { lock.withLock { asked } }

    package func stop() { scripted?.stop() }

    /// What it does to the requests that come next.
    package func next(_ behaviours: [Behaviour]) { lock.withLock { script += behaviours } }

    /// The messages that were taken, once there are `count`; fewer when the limit passes first.
    package func messages(count: Int = 0, limit: Span = .seconds(120)) -> [Message] {
        let end = Date(timeIntervalSinceNow: Double(limit.milliseconds) / 1000)
        return lock.withLock {
            while taken.count < count && lock.wait(until: end) {}
            return taken
        }
    }

    private func answer(_ request: ScriptedHTTPServer.Request) -> ScriptedHTTPServer.Answer {
        lock.withLock {
            asked += 1
            defer { lock.broadcast() }
            let behaviour = script.isEmpty ? nil : script.removeFirst()
            if case .refuses(let status, let headers) = behaviour { return .status(status, headers: headers) }
            if case .silence = behaviour { return .silence }
            do throws(Wrong) {
                taken.append(try read(request))
            } catch {
                wrongs.append(error.text)
                return .status(400)
            }
            if case .losesTheAnswer = behaviour { return .close }
            if case .takesInSilence = behaviour { return .silence }
            return .status(201, headers: [("Location", "\(url)/m/\(asked)")])
        }
    }

    private struct Wrong: Error { var text: String }

    private func read(_ request: ScriptedHTTPServer.Request) throws(Wrong) -> Message {
        func rule(_ holds: Bool, _ text: String) throws(Wrong) { if !holds { throw Wrong(text: text) } }
        // RFC 8030, sections 5 and 5.2 to 5.4.
        try rule(request.method == "POST", "the method is \(request.method)")
        try rule(request.target.hasPrefix("/push/"), "\(request.target) is no subscription's address")
        let life = request.header("TTL").flatMap { Int($0) }
        try rule(life.map { $0 >= 0 } ?? false, "TTL is \(request.header("TTL") ?? "missing")")
        let urgency = request.header("Urgency")
        try rule(urgency.map { ["very-low", "low", "normal", "high"].contains($0) } ?? true, "Urgency is \(urgency ?? "")")
        let topic = request.header("Topic")
        let isTopic = topic.map { topic in
            (1...32).contains(topic.count)
                && topic.utf8.allSatisfy { byte in
                    (0x30...0x39).contains(byte) || (0x41...0x5A).contains(byte) || (0x61...0x7A).contains(byte) || byte == 0x2D
                        || byte == 0x5F
                }
        }
        try rule(isTopic ?? true, "Topic is \(topic ?? "")")
        // RFC 8291, section 4, and RFC 8188, section 2.1: salt, record size, a key of 65 bytes, a record with its delimiter and tag.
        try rule(
            request.header("Content-Encoding") == "aes128gcm", "the content coding is \(request.header("Content-Encoding") ?? "missing")")
        let body = request.body
        try rule((86 + 17...4_096).contains(body.count), "the body has \(body.count) bytes")
        let size = body[16..<20].reduce(0) { $0 << 8 | Int($1) }
        try rule(body[20] == 65 && body[21] == 4, "the sender's key is none")
        try rule(size > body.count - 86 - 1 || size >= body.count - 86, "more than one record")
        // RFC 8292, sections 2 and 3.
        let authorization = request.header("Authorization") ?? ""
        try rule(authorization.wholeMatch(of: /vapid t=[\w-]+\.[\w-]+\.[\w-]{86},\s?k=[\w-]{87}/) != nil, "Authorization is none of VAPID")
        return Message(
            subscription: String(request.target.dropFirst("/push/".count)), life: life ?? 0, urgency: urgency, topic: topic,
            authorization: authorization, body: body)
    }
}
