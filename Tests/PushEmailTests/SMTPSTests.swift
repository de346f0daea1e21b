import Core
import Foundation
import TestKit
import Testing

@testable import Push
@testable import PushEmail

/// A relay that speaks TLS from the first byte, by Python's ssl module, with a certificate of its own for `localhost`.
private final class SecureRelay {
    let folder: TemporaryFolder
    let port: Int
    private let child: ChildProcess
    private let ends: [Int32]

    static let isPossible = access("/usr/bin/openssl", X_OK) == 0 && access("/usr/bin/python3", X_OK) == 0

    private static let program = """
        import socketserver, ssl, sys, threading
        class Relay(socketserver.StreamRequestHandler):
            def handle(self):
                said = open(sys.argv[1] + '/said', 'a')
                def say(text): self.wfile.write((text + '\\r\\n').encode())
                say('220 relay ESMTP')
                content = False
                for raw in self.rfile:
                    line = raw.decode().rstrip()
                    print(line, file=said, flush=True)
                    if content:
                        if line == '.':
                            content = False
                            say('250 2.0.0 taken')
                    elif line == 'DATA':
                        content = True
                        say('354 go on')
                    elif line == 'QUIT':
                        say('221 bye')
                        return
                    else: say('250 ok')
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(sys.argv[1] + '/cert.pem', sys.argv[1] + '/key.pem')
        class Server(socketserver.ThreadingTCPServer):
            daemon_threads = True
            def handle_error(self, *_): pass
        server = Server(('127.0.0.1', 0), Relay)
        server.socket = context.wrap_socket(server.socket, server_side=True)
        sys.stdout.write(f'{server.server_address[1]}\\n')
        sys.stdout.flush()
        threading.Thread(target=server.serve_forever, daemon=True).start()
        sys.stdin.read()
        """

    init() throws {
        folder = try TemporaryFolder()
        let made = try ChildProcess.run(
            "/usr/bin/openssl",
            [
                "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes", "-days", "2", "-subj", "/CN=localhost",
                "-addext", "subjectAltName=DNS:localhost", "-keyout", folder.file("key.pem"), "-out", folder.file("cert.pem"),
            ])
        try #require(made.status == 0, "\(made.errorText)")
        let (childInput, toChild) = try makePipe()
        let (fromChild, childOutput) = try makePipe()
        child = try ChildProcess(
            "/usr/bin/python3", ["-c", Self.program, folder.path], input: childInput, output: childOutput, errors: 2)
        close(childInput)
        close(childOutput)
        ends = [toChild, fromChild]
        var line: [UInt8] = []
        var byte: UInt8 = 0
        while read(fromChild, &byte, 1) == 1, byte != UInt8(ascii: "\n") { line.append(byte) }
        port = try #require(Int(String(decoding: line, as: UTF8.self)))
    }

    deinit {
        for end in ends { close(end) }
        _ = child.wait()
    }

    var said: String { (try? String(contentsOfFile: folder.file("said"), encoding: .utf8)) ?? "" }
}

@Suite("SMTPS", .enabled(if: SecureRelay.isPossible, "needs openssl and python3"))
struct SMTPSTests {
    private static func outbound(_ relay: SecureRelay, host: String = "localhost", trusted: Bool = true) throws -> Outbound {
        try Outbound(
            to: .smtp(
                url: "smtps://\(host):\(relay.port)", startTLS: .required, user: nil, passwordFile: nil,
                caFile: trusted ? relay.folder.file("cert.pem") : nil), recipients: ["a@koege.example", "b@koege.example"])
    }

    @Test("With TLS from the first byte no STARTTLS is asked for, and the mails arrive")
    func delivered() throws {
        let relay = try SecureRelay()
        let outbound = try Self.outbound(relay)
        try outbound.carryOnce()
        #expect(try outbound.states() == [.sent, .sent])
        #expect(relay.said.contains("RCPT TO:<b@koege.example>") && !relay.said.contains("STARTTLS"))
    }

    /// FAULTS 13.
    @Test("A certificate that nobody vouches for, or for another name, is refused", arguments: [("localhost", false), ("127.0.0.1", true)])
    func refused(host: String, trusted: Bool) throws {
        let relay = try SecureRelay()
        let outbound = try Self.outbound(relay, host: host, trusted: trusted)
        let fault = #expect(throws: Fault.self) { try outbound.carryOnce() }
        #expect(fault?.cause.contains("certificate") == true)
        #expect(try outbound.states() == [.pending, .pending] && relay.said.isEmpty)
    }
}
