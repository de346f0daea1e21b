import Core
import Foundation
import TestKit
import Testing

/// The imports of every source file against the table of rooms: a newcomer learns here, not in review, that an import breaks the house.
@Suite struct ImportTests {
    /// What a room may import besides Core, the standard library and Foundation. In the order of the way of the data.
    static let table: [String: Set<String>] = [
        "Core": ["CLinux"],
        "Crypto": ["COpenSSL"],
        "Curl": ["CCurl"],
        "Database": ["CSQLite"],
        "HTTPServer": ["CMicroHTTPD", "CZlib"],
        "Press": [],
        "QRCode": ["CQREncode"],
        "Supervisor": [],
        "Configuration": [],
        "Ledger": ["Database"],
        "Directory": ["Ledger", "Curl", "Crypto"],
        "Retention": ["Ledger"],
        "Intake": ["CMarkGFM", "Ledger", "Crypto"],
        "Planner": ["Ledger"],
        "Push": ["Ledger"],
        "Alarms": ["Ledger"],
        "Bounces": ["Ledger", "Curl", "Crypto"],
        "PushEmail": ["Push", "Ledger", "Curl", "Crypto"],
        "PushIntranet": ["Ledger", "Press", "Curl", "Crypto"],
        "PushPhones": ["Ledger", "Curl", "HTTPServer", "Crypto"],
        "PushScreens": ["Push", "Ledger", "HTTPServer", "QRCode", "Crypto"],
        "PushStore": ["Ledger", "Curl", "Crypto"],
        "PushWeb": ["Push", "Ledger", "HTTPServer", "Crypto"],
        "Desk": ["HTTPServer", "Ledger", "Press", "Crypto"],
        "TestKit": ["Ledger", "Push", "Crypto"],
    ]
    /// Rooms where everything meets.
    static let wiring: Set<String> = ["budstikke", "benchmark"]
    static let system: Set<String> = ["Foundation", "Glibc", "Dispatch", "Synchronization", "Testing"]
    static let sources = Oracle.root + "/Sources"

    static func imports(of room: String) throws -> [(file: String, module: String)] {
        let folder = sources + "/" + room
        let files = (FileManager.default.subpaths(atPath: folder) ?? []).filter { $0.hasSuffix(".swift") }
        var found: [(file: String, module: String)] = []
        for file in files {
            let text = try String(contentsOfFile: folder + "/" + file, encoding: .utf8)
            for line in text.split(separator: "\n") {
                let words = line.split(separator: " ").map(String.init)
                guard let at = words.firstIndex(of: "import"), words[..<at].allSatisfy({ $0.hasPrefix("@") || $0 == "package" }) else {
                    continue
                }
                // `import struct Foundation.Date` names a kind first.
                let name = words[(at + 1)...].first { !Self.kinds.contains($0) } ?? ""
                found.append((file, String(name.prefix { $0 != "." })))
            }
        }
        return found
    }

    static let kinds: Set<String> = ["struct", "class", "enum", "func", "protocol", "typealias", "var", "let"]

    static func rooms() throws -> [String] { try FileManager.default.contentsOfDirectory(atPath: sources).sorted() }

    @Test func everyRoomImportsOnlyWhatTheTableSays() throws {
        for room in try Self.rooms() where !Self.wiring.contains(room) && !isSystemModule(room) {
            let permitted = try #require(Self.table[room], "\(room) is not in the table of rooms")
            for (file, module) in try Self.imports(of: room) {
                #expect(
                    module == "Core" || Self.system.contains(module) || permitted.contains(module),
                    "Sources/\(room)/\(file) imports \(module)")
            }
        }
    }

    @Test func everyRoomOfTheTableExists() throws {
        let rooms = Set(try Self.rooms())
        #expect(Set(Self.table.keys).subtracting(rooms).isEmpty)
    }

    @Test func everyCModuleHasOneSwiftImporter() throws {
        var importers: [String: Set<String>] = [:]
        for room in try Self.rooms() where !isSystemModule(room) {
            for (_, module) in try Self.imports(of: room) where isSystemModule(module) { importers[module, default: []].insert(room) }
        }
        for (module, rooms) in importers { #expect(rooms.count == 1, "\(module) is imported by \(rooms.sorted())") }
    }

    @Test func theManifestNamesNoPackage() throws {
        let manifest = try String(contentsOfFile: Oracle.root + "/Package.swift", encoding: .utf8)
        #expect(!manifest.contains(".package("))
    }

    @Test func theTopLevelHoldsWhatItsOwnerAskedFor() throws {
        let visible = try FileManager.default.contentsOfDirectory(atPath: Oracle.root).filter {
            !$0.hasPrefix(".") && $0 != "Package.resolved"
        }
        #expect(Set(visible) == ["Package.swift", "README.md", "Schedules", "Sources", "Templates", "Tests", "systemd"])
    }

    private func isSystemModule(_ name: String) -> Bool {
        FileManager.default.fileExists(atPath: Self.sources + "/" + name + "/module.modulemap")
    }
}
