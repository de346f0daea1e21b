import Foundation

/// Reads one request from a connection, whole: the head, then as many bytes as its `Content-Length` says.
struct ScriptedHTTPReader {
    private let connection: Int32

    init(_ connection: Int32) { self.connection = connection }

    /// `nil` when the connection ends before the request does.
    func request() -> ScriptedHTTPServer.Request? {
        var bytes: [UInt8] = []
        let end = Array("\r\n\r\n".utf8)
        var headEnd: Int?
        while headEnd == nil {
            guard let piece = receive() else { return nil }
            let from = max(0, bytes.count - 3)
            bytes += piece
            headEnd = bytes[from...].firstRange(of: end)?.lowerBound
        }
        guard let headEnd else { return nil }
        let lines = String(decoding: bytes[..<headEnd], as: UTF8.self).components(separatedBy: "\r\n")
        let first = lines[0].split(separator: " ")
        guard first.count == 3 else { return nil }
        let headers = lines.dropFirst().compactMap { line -> (name: String, value: String)? in
            guard let colon = line.firstIndex(of: ":") else { return nil }
            return (line[..<colon].lowercased(), line[line.index(after: colon)...].trimmingCharacters(in: .whitespaces))
        }
        var body = Array(bytes[(headEnd + 4)...])
        let length = headers.first { $0.name == "content-length" }.flatMap { Int($0.value) } ?? 0
        while body.count < length {
            guard let piece = receive() else { return nil }
            body += piece
        }
        return .init(method: String(first[0]), target: String(first[1]), headers: headers, body: body)
    }

    private func receive() -> [UInt8]? {
        var buffer = [UInt8](repeating: 0, count: 65_536)
        let count = recv(connection, &buffer, buffer.count, 0)
        return count > 0 ? Array(buffer[..<count]) : nil
    }
}
