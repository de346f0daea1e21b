import Core
import Database
import Foundation
import TestKit
import Testing

@testable import Ledger

/// The steps of the schema: none that was released changes, and a ledger is copied before it is upgraded.
@Suite struct SchemaTests {
    private static let folder = Oracle.root + "/Tests/LedgerTests/Golden"
    private static let versions = Array(1...Schema.steps.count)

    private func connection(_ folder: TemporaryFolder, _ name: String = "ledger.sqlite") throws -> Connection {
        try FileManager.default.createDirectory(atPath: folder.file("state"), withIntermediateDirectories: true)
        return try Connection(path: folder.file("state/\(name)"), access: .readWrite)
    }

    /// Every table, index and trigger, as SQLite has it.
    private func description(_ connection: Connection) throws -> String {
        try connection.all(
            """
            SELECT sql FROM sqlite_schema WHERE sql IS NOT NULL AND name NOT LIKE 'sqlite_%'
            ORDER BY CASE type WHEN 'table' THEN 0 WHEN 'index' THEN 1 ELSE 2 END, name
            """
        ) { (row: borrowing Row) in row.text(0) }
        .map { $0 + ";\n" }.joined()
    }

    /// A golden file of a version that has been released is renewed by nothing: whoever changes its step sees it here.
    @Test(arguments: versions) func aStepIsAsItWas(version: Int) throws {
        let folder = try TemporaryFolder()
        let connection = try connection(folder)
        try connection.migrate(Array(Schema.steps[..<version]))
        let text = try description(connection)
        let golden = "\(Self.folder)/schema-\(version).sql"
        let environment = ProcessInfo.processInfo.environment
        if environment["BUDSTIKKE_RENEW_GOLDEN"] == "1", environment["CI"] == nil, version > Schema.released {
            try Data(text.utf8).write(to: URL(fileURLWithPath: golden))
        }
        let mend =
            version > Schema.released
            ? "renew it: BUDSTIKKE_RENEW_GOLDEN=1 swift test --filter SchemaTests"
            : "version \(version) has been released: put step \(version) back as it was, and add another"
        #expect(try String(contentsOfFile: golden, encoding: .utf8) == text, "\(mend)")
    }

    /// A ledger of each version, made from its golden file alone, is opened by this program.
    @Test(arguments: versions) func aLedgerOfEveryVersionOpens(version: Int) throws {
        let folder = try TemporaryFolder()
        do {
            let connection = try connection(folder)
            try connection.execute(
                "BEGIN; \(try String(contentsOfFile: "\(Self.folder)/schema-\(version).sql", encoding: .utf8)) PRAGMA user_version=\(version); COMMIT"
            )
            try connection.execute("INSERT INTO alarm (kind, object, text, raised) VALUES ('kept', 'over the upgrade', 'yes', 1)")
        }
        let ledger = try folder.ledger()
        try ledger.examine()
        #expect(try ledger.standingAlarms().map(\.object) == ["over the upgrade"])
        let copy = folder.file("state/ledger.sqlite.schema-\(version)")
        #expect(FileManager.default.fileExists(atPath: copy) == (version < Schema.steps.count))
    }

    private static let ladder = [
        "CREATE TABLE person (name TEXT NOT NULL)", "ALTER TABLE person ADD COLUMN age INTEGER; INSERT INTO person VALUES ('step 2', 2)",
        "DELETE FROM person WHERE age IS NULL",
    ]

    private func names(_ connection: Connection) throws -> [String] {
        try connection.all("SELECT name FROM person ORDER BY rowid") { (row: borrowing Row) in row.text(0) }
    }

    /// A ladder of three steps, up which a file of the first goes.
    @Test func aCopyIsMadeBeforeAnUpgradeAndIsWhole() throws {
        let folder = try TemporaryFolder()
        let path = folder.file("state/ledger.sqlite")
        let connection = try connection(folder)
        try Ledger.upgrade(connection, path, Array(Self.ladder[..<1]))
        // A new file is nothing to copy.
        #expect(try FileManager.default.contentsOfDirectory(atPath: folder.file("state")).allSatisfy { !$0.contains("schema") })
        try connection.execute("INSERT INTO person VALUES ('before')")
        try Ledger.upgrade(connection, path, Self.ladder)
        #expect(try names(connection) == ["step 2"])
        #expect(try connection.schemaVersion() == 3)
        var status = stat()
        #expect(stat(path + ".schema-1", &status) == 0 && status.st_mode & 0o777 == 0o600)
        let copy = try Connection(path: path + ".schema-1", access: .readOnly)
        #expect(try copy.damage() == nil)
        #expect(try names(copy) == ["before"])
        #expect(try copy.schemaVersion() == 1)
        // At the next start there is nothing to do, and no other copy.
        try Ledger.upgrade(connection, path, Self.ladder)
        #expect(
            try FileManager.default.contentsOfDirectory(atPath: folder.file("state")).filter { $0.contains("schema") } == [
                "ledger.sqlite.schema-1"
            ])
    }

    @Test func aStepThatFailsLeavesTheOneBeforeAndTheCopy() throws {
        let folder = try TemporaryFolder()
        let path = folder.file("state/ledger.sqlite")
        let connection = try connection(folder)
        try Ledger.upgrade(connection, path, Array(Self.ladder[..<1]))
        try connection.execute("INSERT INTO person VALUES ('before')")
        let broken = Array(Self.ladder[..<2]) + ["DELETE FROM person; INSERT INTO nowhere VALUES (1)"]
        #expect(throws: Fault.self) { try Ledger.upgrade(connection, path, broken) }
        let again = try Connection(path: path, access: .readWrite)
        #expect(try again.schemaVersion() == 2)
        #expect(try names(again) == ["before", "step 2"])
        #expect(try names(try Connection(path: path + ".schema-1", access: .readOnly)) == ["before"])
    }

    @Test func withoutACopyNothingIsUpgraded() throws {
        let folder = try TemporaryFolder()
        let path = folder.file("state/ledger.sqlite")
        let connection = try connection(folder)
        try Ledger.upgrade(connection, path, Array(Self.ladder[..<1]))
        // Where the copy should be stands a folder.
        try FileManager.default.createDirectory(atPath: path + ".schema-1/x", withIntermediateDirectories: true)
        #expect(throws: Fault.self) { try Ledger.upgrade(connection, path, Self.ladder) }
        #expect(try connection.schemaVersion() == 1)
    }
}
