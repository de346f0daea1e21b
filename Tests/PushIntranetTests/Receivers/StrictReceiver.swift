import Core
import Foundation
import Synchronization
import TestKit

@testable import PushIntranet

/// The other side, written from the service's published contract: what it does not know it refuses, and it remembers why.
///
/// None of these is the service itself; WordPress' real one is in ``WordPressTests``.
class StrictReceiver: @unchecked Sendable {
    // Unchecked: everything is touched only while `lock` is held.
    let lock = NSRecursiveLock()
    /// What readers see now, the oldest first.
    var shown: [(id: String, title: String)] = []
    /// Everything that was ever taken, in order: the title as it was sent, or `-` for a removal.
    var history: [String] = []
    private(set) var violations: [String] = []
    fileprivate var script: [Behaviour]
    private(set) var decisive = 0
    /// How many pictures were uploaded.
    var uploads = 0

    enum Behaviour: Sendable {
        case refuses(Int, headers: [(String, String)] = [])
        /// Does what it is asked and breaks off before it says so.
        case losesTheAnswer
        case drips
        /// Repeats everything that it was sent.
        case echoes(Int)
    }

    init(_ script: [Behaviour]) { self.script = script }

    var titles: [String] { lock.withLock { shown.map(\.title) } }

    /// Whether a request makes, changes or removes a post.
    func isDecisive(_ request: ScriptedHTTPServer.Request) -> Bool { request.method != "GET" && request.method != "HEAD" }

    /// By the contract. Called with the lock held.
    func handle(_ request: Asked) throws -> ScriptedHTTPServer.Answer { .status(404) }

    func answer(_ request: ScriptedHTTPServer.Request) -> ScriptedHTTPServer.Answer {
        lock.withLock {
            guard isDecisive(request) else { return obey(request) }
            decisive += 1
            guard !script.isEmpty else { return obey(request) }
            switch script.removeFirst() {
            case .refuses(let status, let headers): return .status(status, headers: headers)
            case .losesTheAnswer:
                _ = obey(request)
                return .close
            case .drips: return .drip()
            case .echoes(let status):
                let headers = request.headers.map { "\($0.name): \($0.value)\n" }.joined()
                return .status(status, body: Array((request.target + "\n" + headers).utf8) + request.body)
            }
        }
    }

    private func obey(_ request: ScriptedHTTPServer.Request) -> ScriptedHTTPServer.Answer {
        do { return try handle(Asked(request)) } catch {
            violations.append("\(request.method) \(request.target): \(error)")
            return .status(400, body: Array("\(error)".utf8))
        }
    }

    func json(_ status: Int, _ value: Any, headers: [(String, String)] = []) throws -> ScriptedHTTPServer.Answer {
        .status(
            status, headers: [("Content-Type", "application/json")] + headers,
            body: Array(try JSONSerialization.data(withJSONObject: value)))
    }

    func show(_ id: String, _ title: String) {
        history.append(title)
        if let index = shown.firstIndex(where: { $0.id == id }) { shown[index].title = title } else { shown.append((id, title)) }
    }

    func remove(_ id: String) -> Bool {
        guard let index = shown.firstIndex(where: { $0.id == id }) else { return false }
        shown.remove(at: index)
        history.append("-")
        return true
    }
}

struct Violation: Error, CustomStringConvertible {
    let description: String
    init(_ description: String) { self.description = description }
}

/// A request with what the contracts ask for of it.
struct Asked {
    let request: ScriptedHTTPServer.Request
    let path: String
    let query: [String: String]

    init(_ request: ScriptedHTTPServer.Request) {
        self.request = request
        let parts = URLComponents(string: "http://x" + request.target)
        path = parts?.path ?? request.target
        query = Dictionary((parts?.queryItems ?? []).map { ($0.name, $0.value ?? "") }) { _, last in last }
    }

    var method: String { request.method }

    func header(_ name: String, is value: String) throws {
        guard request.header(name) == value else { throw Violation("\(name) is \(request.header(name) ?? "missing"), not \(value)") }
    }

    func object(type: String = "application/json") throws -> [String: Any] {
        try header("Content-Type", is: type)
        guard let object = try JSONSerialization.jsonObject(with: Data(request.body)) as? [String: Any] else {
            throw Violation("not an object")
        }
        return object
    }
}

extension [String: Any] {
    func text(_ key: String) throws -> String {
        guard let text = self[key] as? String else { throw Violation("\(key) is not a text") }
        return text
    }

    func object(_ key: String) throws -> [String: Any] {
        guard let object = self[key] as? [String: Any] else { throw Violation("\(key) is not an object") }
        return object
    }

    func list(_ key: String) throws -> [[String: Any]] {
        guard let list = self[key] as? [[String: Any]] else { throw Violation("\(key) is not a list of objects") }
        return list
    }

    func only(_ keys: String...) throws {
        let strange = Set(self.keys).subtracting(keys)
        guard strange.isEmpty else { throw Violation("unknown: \(strange.sorted().joined(separator: ", "))") }
    }
}

extension StrictReceiver {
    /// What it does to the requests that come next.
    func next(_ behaviours: [Behaviour]) { lock.withLock { script += behaviours } }
}
