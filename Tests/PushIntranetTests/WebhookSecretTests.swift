import Core
import Crypto
import Foundation
import TestKit
import Testing

@testable import PushIntranet

@Suite struct WebhookSecretTests {
    /// FAULTS 34: refused at start, with the mend; never printed.
    @Test func aSecretThatOthersCanReadRefusesTheStart() throws {
        let house = try ConnectorHouse(.webhook)
        let path = house.folder.file("kjukken.secret")
        #expect(chmod(path, 0o644) == 0)
        let open = #expect(throws: Fault.self) { try house.poster() }
        #expect(open?.mend == "chmod 600 \(path)")
        #expect(unlink(path) == 0)
        let missing = #expect(throws: Fault.self) { try house.poster() }
        #expect(missing?.object == path)
        for fault in [open, missing] { #expect(fault.map { "\($0)".contains("whsec_") && "\($0)".contains("AQID") } == false) }
    }

    @Test(arguments: [
        "hemmelig", "whsec_", "whsec_%%%", "whsec_" + base64([UInt8](repeating: 1, count: 23)),
        "whsec_" + base64([UInt8](repeating: 1, count: 65)), ConnectorHouse.whsec + "\nhemmelig", " " + ConnectorHouse.whsec,
    ])
    func aMalformedSecretIsRefused(_ text: String) throws {
        let folder = try TemporaryFolder()
        let path = try folder.write("s", text)
        #expect(chmod(path, 0o600) == 0)
        let secret = try Secret(file: path)
        let fault = #expect(throws: Fault.self) { try WebhookSecret(secret, file: path) }
        #expect(fault.map { "\($0)".contains("hemmelig") || "\($0)".contains("AQEB") } == false)
    }

    @Test func twoKeysSignWhileOneIsExchanged() throws {
        let folder = try TemporaryFolder()
        let second = "whsec_" + base64([UInt8](repeating: 9, count: 24))
        func signature(_ text: String) throws -> String {
            let path = try folder.write("s", text)
            #expect(chmod(path, 0o600) == 0)
            return try WebhookSecret(try Secret(file: path), file: path).signature(id: "msg_1", timestamp: 7, body: [65])
        }
        #expect(try signature("\(ConnectorHouse.whsec)\n\(second)\n") == signature(ConnectorHouse.whsec) + " " + signature(second))
    }

    @Test func anAddressWithAPasswordIsRefused() throws {
        let house = try ConnectorHouse(.webhook)
        house.endpoint.url = "https://bruger:hemmelig@kjukken.koege.example/"
        let fault = #expect(throws: Fault.self) { try house.poster() }
        #expect(fault.map { "\($0)".contains("hemmelig") } == false)
    }
}
