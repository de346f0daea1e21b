import Core
import Foundation
import TestKit
import Testing

@testable import HTTPServer

/// TLS of our own, seen with OpenSSL's and curl's eyes.
@Suite(.enabled(if: access("/usr/bin/openssl", X_OK) == 0 && access("/usr/bin/curl", X_OK) == 0, "needs openssl and curl"))
struct CertificateTests {
    private final class Folder {
        let path = FileManager.default.temporaryDirectory.path + "/budstikke-\(UUID().uuidString.prefix(8))"
        init() throws { try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true) }
        deinit { try? FileManager.default.removeItem(atPath: path) }

        func certificate(_ name: String) throws -> ServerCertificate {
            _ = try ChildProcess.run(
                "/usr/bin/openssl",
                [
                    "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes", "-days", "2", "-subj", "/CN=\(name)",
                    "-addext", "subjectAltName=IP:127.0.0.1", "-keyout", "\(path)/\(name).key", "-out", "\(path)/\(name).pem",
                ])
            return try ServerCertificate(certificateFile: "\(path)/\(name).pem", keyFile: "\(path)/\(name).key")
        }

        func get(_ port: UInt16, _ name: String, _ options: [String] = []) throws -> (status: Int32, text: String) {
            let outcome = try ChildProcess.run(
                "/usr/bin/curl",
                ["-sS", "-i", "--http1.1", "--max-time", "20", "--cacert", "\(path)/\(name).pem"] + options + [
                    "https://127.0.0.1:\(port)/page"
                ])
            return (outcome.status, outcome.outputText)
        }
    }

    @Test func `it speaks TLS 1_2 and 1_3 and nothing older, and says so to browsers`() throws {
        let folder = try Folder()
        var options = ServerOptions()
        options.certificate = try folder.certificate("nyt")
        let server = try TestServer(options: options)
        for version in [["--tlsv1.3"], ["--tlsv1.2", "--tls-max", "1.2"]] {
            let answer = try folder.get(server.port, "nyt", version)
            #expect(answer.text.hasPrefix("HTTP/1.1 200 OK"))
            #expect(answer.text.contains("Strict-Transport-Security: max-age=31536000"))
            #expect(answer.text.contains("<p>Side"))
        }
        #expect(try folder.get(server.port, "nyt", ["--tlsv1.0", "--tls-max", "1.1", "--ciphers", "DEFAULT@SECLEVEL=0"]).status != 0)
    }

    @Test func `a renewed certificate is used without a refused connection`() throws {
        let folder = try Folder()
        var options = ServerOptions()
        options.certificate = try folder.certificate("former")
        let stage = ServerStage("web", .ipv4("127.0.0.1", port: 0), options: options) { _ in .html("<p>Side") }
        try stage.start()
        defer { stage.stop() }
        guard case .ipv4(_, let port)? = stage.address else { return }
        #expect(try folder.get(port, "former").status == 0)
        options.certificate = try folder.certificate("renewed")
        try stage.replace(options)
        #expect(try folder.get(port, "renewed").status == 0)
        #expect(try folder.get(port, "former").status != 0)
    }

    @Test func `a certificate that is none, or another's key, is a fault`() throws {
        let folder = try Folder()
        _ = try folder.certificate("one")
        _ = try folder.certificate("two")
        #expect(throws: Fault.self) { try ServerCertificate(certificateFile: "\(folder.path)/none.pem", keyFile: "\(folder.path)/one.key") }
        #expect(throws: Fault.self) { try ServerCertificate(certificateFile: "\(folder.path)/one.key", keyFile: "\(folder.path)/one.key") }
        var options = ServerOptions()
        options.certificate = try ServerCertificate(certificateFile: "\(folder.path)/one.pem", keyFile: "\(folder.path)/two.key")
        #expect(throws: Fault.self) { _ = try TestServer(options: options) }
    }

    @Test func `a passed socket is served, and its file left to whoever passed it`() throws {
        let path = FileManager.default.temporaryDirectory.path + "/budstikke-\(UUID().uuidString.prefix(8)).sock"
        let descriptor = try LoopbackSocket.unix(path)
        defer { unlink(path) }
        let server = try Server(try ListeningSocket(inherited: descriptor), limits: Limits(), options: ServerOptions()) { _ in .text("ok") }
        #expect(server.address == .unix(path))
        #expect(try RawHTTPClient(unixPath: path, server: server).request("GET", "/").text == "ok")
        server.stop()
        #expect(FileManager.default.fileExists(atPath: path))
        #expect(throws: Fault.self) { _ = try ListeningSocket(inherited: 0) }
    }
}
