import Core
import Foundation

/// A real S3 server, moto's, on a free port: `Tests/PushStoreTests/Oracles/s3server.py` says what it answers.
///
/// It knows one key and the bucket `nyt`, and refuses what is not signed as it should be. Used by one test, on one thread at a time.
package final class RealObjectStore {
    package struct Object: Decodable {
        package var type: String
        package var cache: String
        package var tag: String
        package var body: Data

        package var text: String { String(decoding: body, as: UTF8.self) }
    }

    private struct Access: Decodable {
        var port: Int
        var id: String
        var secret: String
    }

    package static let bucket = "nyt"
    package static let isAvailable = Oracle.hasPython("moto.server", "boto3", "flask")

    package let port: Int
    package let keyID: String
    package let secret: String
    private let process: ChildProcess
    private let input: FileHandle
    private let output: FileHandle
    private var pending: [UInt8] = []

    package var url: String { "http://127.0.0.1:\(port)" }

    /// Starts the server and returns when it answers.
    package init() throws {
        let (into, out) = (Pipe(), Pipe())
        let script = Oracle.root + "/Tests/PushStoreTests/Oracles/s3server.py"
        var environment = ProcessInfo.processInfo.environment
        environment["AWS_EC2_METADATA_DISABLED"] = "true"
        process = try ChildProcess(
            Oracle.python, [script], environment: environment, input: into.fileHandleForReading.fileDescriptor,
            output: out.fileHandleForWriting.fileDescriptor, errors: 2)
        try into.fileHandleForReading.close()
        try out.fileHandleForWriting.close()
        (input, output) = (into.fileHandleForWriting, out.fileHandleForReading)
        var bytes: [UInt8] = []
        let access = try JSONDecoder().decode(Access.self, from: Data(try Self.line(output, &bytes)))
        pending = bytes
        (port, keyID, secret) = (access.port, access.id, access.secret)
    }

    deinit {
        process.signal(SIGKILL)
        _ = process.wait()
    }

    package func objects() throws -> [String: Object] {
        let decoder = JSONDecoder()
        return try decoder.decode([String: Object].self, from: try ask("objects"))
    }

    /// Methods and paths since this was last asked: `PUT /nyt/feeds/infoskaerm.rss`.
    package func requests() throws -> [String] { try JSONDecoder().decode([String].self, from: try ask("requests")) }

    package func down() throws { _ = try ask("down") }
    package func up() throws { _ = try ask("up") }
    package func busy(_ count: Int) throws { _ = try ask("busy \(count)") }
    package func put(_ key: String, _ text: String) throws { _ = try ask("put \(key) \(text)") }
    package func remove(_ key: String) throws { _ = try ask("remove \(key)") }
    package func forbidListing() throws { _ = try ask("nolist") }

    private func ask(_ question: String) throws -> Data {
        try input.write(contentsOf: Data((question + "\n").utf8))
        return Data(try Self.line(output, &pending))
    }

    private static func line(_ handle: FileHandle, _ pending: inout [UInt8]) throws -> [UInt8] {
        while true {
            if let end = pending.firstIndex(of: 0x0A) {
                let line = Array(pending[..<end])
                pending.removeFirst(end + 1)
                return line
            }
            // Not FileHandle's: it waits for as many bytes as it is asked for.
            var more = [UInt8](repeating: 0, count: 65_536)
            let count = read(handle.fileDescriptor, &more, more.count)
            guard count > 0 else { throw Fault("ask", "the S3 server", cause: "it has ended", mend: "See its standard error.") }
            pending += more[..<count]
        }
    }
}
