// swift-tools-version: 6.2
import Foundation
import PackageDescription

// The rooms of the house, in the order of the way of the data (see Architecture in the documentation).
// A room may import Core and what its line names; Tests/ArchitectureTests holds every import line against it.
let systemModules: [(name: String, package: String, debian: String)] = [
    ("CCurl", "libcurl", "libcurl4-openssl-dev"),
    ("CMarkGFM", "libcmark-gfm", "libcmark-gfm-extensions-dev"),
    ("CMicroHTTPD", "libmicrohttpd", "libmicrohttpd-dev"),
    ("COpenSSL", "libcrypto", "libssl-dev"),
    ("CSQLite", "sqlite3", "libsqlite3-dev"),
]

let rooms: [(name: String, imports: [String])] = [
    ("Core", ["CLinux"]),
    ("Crypto", ["COpenSSL", "Core"]),
    ("Curl", ["CCurl", "Core"]),
    ("Database", ["CSQLite", "Core"]),
    ("HTTPServer", ["CMicroHTTPD", "Core"]),
    ("Press", ["Core"]),
    ("Supervisor", ["Core"]),
    ("Configuration", ["Core"]),
    ("Ledger", ["Database", "Core"]),
    ("Directory", ["Ledger", "Core"]),
    ("Intake", ["CMarkGFM", "Ledger", "Crypto", "Core"]),
    ("Planner", ["Ledger", "Core"]),
    ("Push", ["Ledger", "Core"]),
    ("PushEmail", ["Push", "Ledger", "Curl", "Crypto", "Core"]),
    ("PushIntranet", ["Push", "Ledger", "Curl", "Crypto", "Core"]),
    ("PushScreens", ["Push", "Ledger", "HTTPServer", "Crypto", "Core"]),
    ("PushWeb", ["Push", "Ledger", "HTTPServer", "Crypto", "Core"]),
    ("Desk", ["HTTPServer", "Ledger", "Press", "Crypto", "Core"]),
    ("TestKit", ["Ledger", "Core"]),
]
let everyRoom = rooms.map(\.name)

let strict: [SwiftSetting] = [.swiftLanguageMode(.v6), .treatAllWarnings(as: .error)]
func dependencies(_ names: [String]) -> [Target.Dependency] { names.map { .byName(name: $0) } }
// During construction only: rooms whose folder does not exist yet are left out.
let root = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
func exists(_ path: String) -> Bool { FileManager.default.fileExists(atPath: root.appendingPathComponent(path).path) }
let built = everyRoom.filter { exists("Sources/\($0)") }

var targets: [Target] = systemModules.map {
    .systemLibrary(name: $0.name, pkgConfig: $0.package, providers: [.apt([$0.debian])])
}
// glibc and the kernel's headers: always there, so neither pkg-config nor a package.
targets.append(.systemLibrary(name: "CLinux"))
targets += rooms.filter { built.contains($0.name) }.map {
    .target(
        name: $0.name,
        dependencies: dependencies(
            $0.imports.filter { built.contains($0) || $0.hasPrefix("C") && (systemModules.map(\.name) + ["CLinux"]).contains($0) }),
        swiftSettings: strict)
}
if exists("Sources/budstikke") {
    targets.append(
        .executableTarget(name: "budstikke", dependencies: dependencies(built.filter { $0 != "TestKit" }), swiftSettings: strict))
}
if exists("Sources/benchmark") {
    targets.append(.executableTarget(name: "benchmark", dependencies: dependencies(built), swiftSettings: strict))
}
targets += (everyRoom + ["Architecture", "budstikke"]).filter { exists("Tests/\($0)Tests") }.map { room in
    .testTarget(
        name: "\(room)Tests",
        dependencies: dependencies(built + (room == "budstikke" && exists("Sources/budstikke") ? ["budstikke"] : [])),
        // What tests read from disk by #filePath, and is neither source nor resource.
        exclude: ["Golden", "Oracles", "Specification"].filter { exists("Tests/\(room)Tests/\($0)") },
        swiftSettings: strict)
}

let package = Package(
    name: "budstikke", products: exists("Sources/budstikke") ? [.executable(name: "budstikke", targets: ["budstikke"])] : [],
    targets: targets)
