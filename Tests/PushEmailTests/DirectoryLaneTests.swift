import Core
import Foundation
import Ledger
import TestKit
import Testing

@testable import Push
@testable import PushEmail

@Suite("Mail into a folder")
struct DirectoryLaneTests {
    private static func files(_ folder: String) throws -> [String] {
        try FileManager.default.subpathsOfDirectory(atPath: folder).filter { $0.hasSuffix(".eml") || $0.hasSuffix(".part") }.sorted()
    }

    @Test("Each recipient's mail is one file under the edition, the bytes that a relay would get")
    func written() throws {
        let outbound = try Outbound(to: .directory("outbox"), recipients: ["a@koege.example", "b+c/d@koege.example"])
        try outbound.carryOnce()
        #expect(try outbound.states() == [.sent, .sent])
        let outbox = outbound.folder.file("outbox")
        let expected = ["nyt-2026-12-01/00001-a@koege.example.eml", "nyt-2026-12-01/00002-b+c_d@koege.example.eml"]
        #expect(try Self.files(outbox) == expected)
        let server = try ScriptedSMTPServer()
        defer { server.stop() }
        let relayed = try Outbound(
            to: .smtp(url: server.url, startTLS: .none, user: nil, passwordFile: nil, caFile: nil), recipients: ["a@koege.example"])
        try relayed.carryOnce()
        let file = try Data(contentsOf: URL(fileURLWithPath: outbox + "/" + expected[0]))
        #expect(Array(file) == server.record.mails.first?.content)
    }

    @Test("A mail written again replaces itself, and a link in its place is not followed")
    func again() throws {
        let outbound = try Outbound(to: .directory("outbox"), recipients: ["a@koege.example"])
        let folder = outbound.folder.file("outbox/nyt-2026-12-01")
        let victim = try outbound.folder.write("victim", "untouched")
        try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
        try FileManager.default.createSymbolicLink(atPath: folder + "/00001-a@koege.example.eml", withDestinationPath: victim)
        try outbound.carryOnce()
        #expect(try String(contentsOfFile: victim, encoding: .utf8) == "untouched")
        #expect(try Self.files(folder) == ["00001-a@koege.example.eml"])
        #expect(try Data(contentsOf: URL(fileURLWithPath: folder + "/00001-a@koege.example.eml")).count > 500)
    }

    @Test("A folder that cannot be written is a fault, and the deliveries go back")
    func unwritable() throws {
        let outbound = try Outbound(to: .directory("outbox/file"), recipients: ["a@koege.example"])
        try outbound.folder.write("outbox", "a file, where a folder is needed")
        #expect(throws: Fault.self) { try outbound.carryOnce() }
        #expect(try outbound.states() == [.pending])
    }

    @Test("The longest address that there is makes a file name that every file system takes")
    func longName() throws {
        let outbound = try Outbound(to: .directory("outbox"), recipients: ["\(String(repeating: "x", count: 60))@\(Self.longDomain)"])
        try outbound.carryOnce()
        #expect(try outbound.states() == [.sent])
        #expect(try Self.files(outbound.folder.file("outbox")).allSatisfy { $0.utf8.count < 255 })
    }

    private static var longDomain: String { Array(repeating: String(repeating: "d", count: 40), count: 4).joined(separator: ".") }
}
