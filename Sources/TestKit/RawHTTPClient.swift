import Core
import Foundation

/// A client that sends exactly the bytes it is told to, for tests of a server: on one blocking socket, each read bounded by 60 s.
package final class RawHTTPClient {
    package struct Answer: Hashable, Sendable {
        package var status: Int
        /// Names in lower case.
        package var headers: [String: String]
        package var body: [UInt8]

        package var text: String { String(decoding: body, as: UTF8.self) }
    }

    private let descriptor: Int32
    private var buffered: [UInt8] = []
    private let server: AnyObject?

    /// Connects over IPv4 to loopback; `source` is another address of 127.0.0.0/8 to come from. `server` lives as long as the client.
    package init(port: UInt16, source: String = "127.0.0.1", server: AnyObject? = nil) throws {
        self.server = server
        descriptor = socket(AF_INET, Int32(SOCK_STREAM.rawValue) | Int32(SOCK_CLOEXEC.rawValue), 0)
        if source != "127.0.0.1" { try check(connectOrBind(bind, source, 0)) }
        try check(connectOrBind(connect, "127.0.0.1", port))
        bound()
    }

    package init(unixPath: String, server: AnyObject? = nil) throws {
        self.server = server
        descriptor = socket(AF_UNIX, Int32(SOCK_STREAM.rawValue) | Int32(SOCK_CLOEXEC.rawValue), 0)
        var raw = sockaddr_un()
        raw.sun_family = sa_family_t(AF_UNIX)
        withUnsafeMutableBytes(of: &raw.sun_path) { $0.copyBytes(from: unixPath.utf8) }
        let result = withUnsafePointer(to: raw) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                connect(descriptor, $0, socklen_t(MemoryLayout<sockaddr_un>.size))
            }
        }
        try check(result)
        bound()
    }

    deinit { close(descriptor) }

    package func send(_ text: String) throws { try send(Array(text.utf8)) }

    package func send(_ bytes: [UInt8]) throws {
        var sent = 0
        while sent < bytes.count {
            let count = bytes[sent...].withUnsafeBytes { Foundation.send(descriptor, $0.baseAddress, $0.count, Int32(MSG_NOSIGNAL)) }
            guard count > 0 else { throw fault("send", errnoText()) }
            sent += count
        }
    }

    /// The server reads the end of the stream; its answer can still be read.
    package func finishSending() { shutdown(descriptor, Int32(SHUT_WR)) }

    /// One request without a body, with `Host` and the headers given, and its answer.
    package func request(_ method: String, _ path: String, _ headers: [String] = []) throws -> Answer {
        try send("\(method) \(path) HTTP/1.1\r\nHost: localhost\r\n" + headers.map { $0 + "\r\n" }.joined() + "\r\n")
        return try answer(withoutBody: method == "HEAD")
    }

    /// Reads one answer; its body's length must be told by `Content-Length`.
    package func answer(withoutBody: Bool = false) throws -> Answer {
        var end: Int?
        while end == nil {
            end = Self.headEnd(buffered)
            if end == nil { guard try fill() else { throw fault("read an answer", "the connection ended after \(buffered.count) bytes") } }
        }
        let headEnd = end ?? 0
        let lines = String(decoding: buffered[..<headEnd], as: UTF8.self).components(separatedBy: "\r\n")
        var headers: [String: String] = [:]
        for line in lines.dropFirst() {
            guard let colon = line.firstIndex(of: ":") else { continue }
            headers[line[..<colon].lowercased()] = line[line.index(after: colon)...].trimmingCharacters(in: .whitespaces)
        }
        let status = lines.first.flatMap { $0.split(separator: " ").dropFirst().first.flatMap { Int($0) } } ?? 0
        let length = withoutBody || status == 304 || status == 204 ? 0 : headers["content-length"].flatMap { Int($0) } ?? 0
        while buffered.count < headEnd + 4 + length {
            guard try fill() else { throw fault("read a body", "it ended \(headEnd + 4 + length - buffered.count) bytes early") }
        }
        let body = Array(buffered[(headEnd + 4)..<(headEnd + 4 + length)])
        buffered.removeFirst(headEnd + 4 + length)
        return Answer(status: status, headers: headers, body: body)
    }

    /// What came up to and with `end`; throws when the connection ends before.
    package func read(until end: String) throws -> String {
        let wanted = Array(end.utf8)
        while true {
            if let start = Self.position(of: wanted, in: buffered) {
                defer { buffered.removeFirst(start + wanted.count) }
                return String(decoding: buffered[..<(start + wanted.count)], as: UTF8.self)
            }
            guard try fill() else { throw fault("read", "the connection ended after \(buffered.count) bytes") }
        }
    }

    private static func position(of wanted: [UInt8], in bytes: [UInt8]) -> Int? {
        guard bytes.count >= wanted.count else { return nil }
        return (0...(bytes.count - wanted.count)).first { bytes[$0...].starts(with: wanted) }
    }

    /// Waits for the server to close; what it sent before.
    package func readToEnd() throws -> [UInt8] {
        while try fill() {}
        defer { buffered = [] }
        return buffered
    }

    /// False at the end of the stream, also when the server reset the connection.
    private func fill() throws -> Bool {
        var piece = [UInt8](repeating: 0, count: 65_536)
        let count = recv(descriptor, &piece, piece.count, 0)
        if count < 0, errno == EAGAIN { throw fault("read", "nothing came within 60 s") }
        guard count > 0 else { return false }
        buffered += piece[..<count]
        return true
    }

    private static func headEnd(_ bytes: [UInt8]) -> Int? {
        guard bytes.count >= 4 else { return nil }
        return (0...(bytes.count - 4)).first { bytes[$0] == 13 && bytes[$0 + 1] == 10 && bytes[$0 + 2] == 13 && bytes[$0 + 3] == 10 }
    }

    private func bound() {
        var limit = timeval(tv_sec: 60, tv_usec: 0)
        setsockopt(descriptor, SOL_SOCKET, SO_RCVTIMEO, &limit, socklen_t(MemoryLayout<timeval>.size))
        setsockopt(descriptor, SOL_SOCKET, SO_SNDTIMEO, &limit, socklen_t(MemoryLayout<timeval>.size))
    }

    private typealias AddressCall = (Int32, UnsafePointer<sockaddr>, socklen_t) -> Int32

    private func connectOrBind(_ call: AddressCall, _ host: String, _ port: UInt16) -> Int32 {
        var raw = sockaddr_in()
        raw.sin_family = sa_family_t(AF_INET)
        raw.sin_port = port.bigEndian
        inet_pton(AF_INET, host, &raw.sin_addr)
        return withUnsafePointer(to: raw) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) { call(descriptor, $0, socklen_t(MemoryLayout<sockaddr_in>.size)) }
        }
    }

    private func check(_ result: Int32) throws {
        if result != 0 { throw fault("connect", errnoText()) }
    }

    private func fault(_ operation: String, _ cause: String) -> Fault {
        Fault(operation, "the test's connection", cause: cause, mend: "Look at the server under test.")
    }
}
