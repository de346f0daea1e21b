import Core
import Foundation
import Testing

@testable import Curl

/// A TLS server by Python's ssl module with a certificate of its own for `localhost`, made by the openssl command.
private struct SecureServer {
    let folder: String
    let port: Int
    private let child: ChildProcess
    private let input: Int32
    private let output: Int32

    static let isPossible = access("/usr/bin/openssl", X_OK) == 0 && access("/usr/bin/python3", X_OK) == 0

    private static let program = """
        import http.server, ssl, sys, threading
        class Handler(http.server.BaseHTTPRequestHandler):
            def do_GET(self):
                self.send_response(204)
                self.end_headers()
            def log_message(self, *_): pass
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(sys.argv[1] + '/cert.pem', sys.argv[1] + '/key.pem')
        class Server(http.server.ThreadingHTTPServer):
            def handle_error(self, *_): pass
        server = Server(('127.0.0.1', 0), Handler)
        server.socket = context.wrap_socket(server.socket, server_side=True)
        sys.stdout.write(f'{server.server_port}\\n')
        sys.stdout.flush()
        threading.Thread(target=server.serve_forever, daemon=True).start()
        sys.stdin.read()
        """

    init() throws {
        folder = NSTemporaryDirectory() + "/budstikke-tls-\(UInt64.random(in: 0 ... .max))"
        try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
        let made = try ChildProcess.run(
            "/usr/bin/openssl",
            [
                "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes", "-days", "2", "-subj", "/CN=localhost",
                "-addext", "subjectAltName=DNS:localhost", "-keyout", folder + "/key.pem", "-out", folder + "/cert.pem",
            ])
        try #require(made.status == 0, "\(made.errorText)")
        let (childInput, toChild) = try makePipe()
        let (fromChild, childOutput) = try makePipe()
        child = try ChildProcess(
            "/usr/bin/python3", ["-c", Self.program, folder], input: childInput, output: childOutput, errors: 2)
        close(childInput)
        close(childOutput)
        input = toChild
        output = fromChild
        var line: [UInt8] = []
        var byte: UInt8 = 0
        while read(fromChild, &byte, 1) == 1, byte != UInt8(ascii: "\n") { line.append(byte) }
        port = try #require(Int(String(decoding: line, as: UTF8.self)))
    }

    func stop() {
        close(input)
        close(output)
        _ = child.wait()
        try? FileManager.default.removeItem(atPath: folder)
    }
}

@Suite struct HTTPCertificateTests {
    @Test(.enabled(if: SecureServer.isPossible, "needs openssl and python3"))
    func theCertificateMustBeTrustedAndForThisHost() throws {
        let server = try SecureServer()
        defer { server.stop() }
        func answer(_ host: String, caFile: String?) throws(Fault) -> Int {
            var request = HTTPRequest(.get, try HTTPAddress("https://\(host):\(server.port)/"))
            request.reach = .anywhere
            request.caFile = caFile
            return try request.send().status
        }
        let certificate = server.folder + "/cert.pem"
        #expect(try answer("localhost", caFile: certificate) == 204)
        let untrusted = #expect(throws: Fault.self) { try answer("localhost", caFile: nil) }
        #expect(untrusted?.cause.contains("certificate") == true)
        let otherHost = #expect(throws: Fault.self) { try answer("127.0.0.1", caFile: certificate) }
        #expect(otherHost?.cause.contains("certificate") == true)
        #expect(throws: Fault.self) { try answer("localhost", caFile: server.folder + "/missing.pem") }
    }
}
