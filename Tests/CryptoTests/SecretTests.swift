import Core
import Foundation
import Testing

@testable import Crypto

@Suite struct SecretTests {
    let folder: String

    init() throws {
        folder = NSTemporaryDirectory() + "/budstikke-secret-" + hexadecimal(randomBytes(8))
        try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
    }

    private func write(_ text: String, to name: String, mode: mode_t) throws -> String {
        let path = folder + "/" + name
        try Data(text.utf8).write(to: URL(fileURLWithPath: path))
        #expect(chmod(path, mode) == 0)
        return path
    }

    private func remove() { try? FileManager.default.removeItem(atPath: folder) }

    @Test func readsWithoutTheLastLineBreak() throws {
        defer { remove() }
        #expect(try Secret(file: write("hemmelig\n", to: "a", mode: 0o600), environment: [:]).bytes == Array("hemmelig".utf8))
        #expect(try Secret(file: write("hemmelig\r\n", to: "b", mode: 0o400), environment: [:]).bytes == Array("hemmelig".utf8))
        #expect(try Secret(file: "b", relativeTo: folder, environment: [:]).bytes == Array("hemmelig".utf8))
    }

    @Test(arguments: [0o644, 0o640, 0o660, 0o604, 0o620, 0o601] as [mode_t])
    func refusesOneThatOthersMayTouch(_ mode: mode_t) throws {
        defer { remove() }
        let path = try write("hemmelig", to: "a", mode: mode)
        let fault = #expect(throws: Fault.self) { try Secret(file: path, environment: [:]) }
        #expect(fault?.mend == "chmod 600 \(path)")
        #expect(fault.map { "\($0)".contains("hemmelig") } == false)
    }

    @Test func refusesMissingEmptyAndStrangeFiles() throws {
        defer { remove() }
        let missing = folder + "/missing"
        #expect(throws: Fault.self) { try Secret(file: missing, environment: [:]) }
        let empty = try write("\n", to: "empty", mode: 0o600)
        #expect(throws: Fault.self) { try Secret(file: empty, environment: [:]) }
        let fifo = folder + "/fifo"
        #expect(mkfifo(fifo, 0o600) == 0)
        #expect(throws: Fault.self) { try Secret(file: fifo, environment: [:]) }
        let large = try write(String(repeating: "x", count: Secret.limit + 1), to: "large", mode: 0o600)
        #expect(throws: Fault.self) { try Secret(file: large, environment: [:]) }
        #expect(throws: Fault.self) { try Secret(file: folder, environment: [:]) }
    }

    @Test func aCredentialOfSystemdComesFirst() throws {
        defer { remove() }
        let credentials = folder + "/credentials"
        try FileManager.default.createDirectory(atPath: credentials, withIntermediateDirectories: true)
        _ = try write("file", to: "relay", mode: 0o600)
        let environment = ["CREDENTIALS_DIRECTORY": credentials]
        #expect(try Secret(file: "relay", relativeTo: folder, environment: environment).bytes == Array("file".utf8))
        // As systemd shows a credential whose right is given by an access list.
        _ = try write("credential", to: "credentials/relay", mode: 0o440)
        #expect(try Secret(file: "relay", relativeTo: folder, environment: environment).bytes == Array("credential".utf8))
        #expect(try Secret(file: folder + "/relay", environment: environment).bytes == Array("file".utf8))
        #expect(chmod(credentials + "/relay", 0o444) == 0)
        #expect(throws: Fault.self) { try Secret(file: "relay", relativeTo: folder, environment: environment) }
    }

    @Test func neverShowsItself() throws {
        defer { remove() }
        let secret = try Secret(file: write("hemmelig", to: "a", mode: 0o600), environment: [:])
        var dumped = ""
        dump(secret, to: &dumped)
        let bytes = "104"  // the first byte, as a dump of the array would show it
        for text in ["\(secret)", String(reflecting: secret), dumped, "\([secret])", "\(Optional(secret) as Any)"] {
            #expect(!text.contains("hemmelig") && !text.contains(bytes))
        }
    }
}
