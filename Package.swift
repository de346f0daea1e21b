// swift-tools-version: 6.2
import PackageDescription

// The rooms of the house, in the order of the way of the data (see Architecture in the documentation).
// A room may import what its line names; Tests/ArchitectureTests holds every import line against the same table.
let systemModules: [(name: String, package: String, debian: String)] = [
    ("CCurl", "libcurl", "libcurl4-openssl-dev"),
    ("CMarkGFM", "libcmark-gfm", "libcmark-gfm-extensions-dev"),
    ("CMicroHTTPD", "libmicrohttpd", "libmicrohttpd-dev"),
    ("COpenSSL", "libcrypto", "libssl-dev"),
    ("CQREncode", "libqrencode", "libqrencode-dev"),
    ("CSQLite", "sqlite3", "libsqlite3-dev"),
    ("CZlib", "zlib", "zlib1g-dev"),
]

let rooms: [(name: String, imports: [String])] = [
    ("Core", ["CLinux"]),
    ("Crypto", ["COpenSSL", "Core"]),
    ("Curl", ["CCurl", "Core"]),
    ("Database", ["CSQLite", "Core"]),
    ("HTTPServer", ["CMicroHTTPD", "CZlib", "Core"]),
    ("Press", ["Core"]),
    ("QRCode", ["CQREncode", "Core"]),
    ("Supervisor", ["Core"]),
    ("Configuration", ["Core"]),
    ("Ledger", ["Database", "Core"]),
    ("Directory", ["Ledger", "Curl", "Crypto", "Core"]),
    ("Retention", ["Ledger", "Core"]),
    ("Intake", ["CMarkGFM", "Ledger", "Crypto", "Core"]),
    ("Planner", ["Ledger", "Core"]),
    ("Push", ["Ledger", "Core"]),
    ("Alarms", ["Ledger", "Core"]),
    ("Bounces", ["Ledger", "Curl", "Crypto", "Core"]),
    ("PushEmail", ["Push", "Ledger", "Curl", "Crypto", "Core"]),
    ("PushIntranet", ["Ledger", "Press", "Curl", "Crypto", "Core"]),
    ("PushPhones", ["Ledger", "Curl", "HTTPServer", "Crypto", "Core"]),
    ("PushStore", ["Ledger", "Curl", "Crypto", "Core"]),
    ("PushScreens", ["Push", "Ledger", "HTTPServer", "QRCode", "Crypto", "Core"]),
    ("PushWeb", ["Push", "Ledger", "HTTPServer", "Crypto", "Core"]),
    ("Desk", ["HTTPServer", "Ledger", "Press", "Crypto", "Core"]),
    ("TestKit", ["Ledger", "Crypto", "Core"]),
]

/// What tests read from the disk by their own path, and what is neither source nor resource.
let fixtures: [String: [String]] = [
    "Bounces": ["Samples"],
    "Intake": ["Oracles"],
    "Ledger": ["Golden"],
    "Planner": ["Oracles"],
    "Press": ["Golden", "Oracles", "Specification"],
    "PushEmail": ["Golden"],
    "PushIntranet": ["Oracles"],
    "PushPhones": ["Oracles"],
    "PushScreens": ["Oracles"],
    "PushStore": ["Oracles"],
]
/// Rooms that only others' tests go through.
let untested: Set<String> = ["Database", "Desk", "TestKit"]

let strict: [SwiftSetting] = [.swiftLanguageMode(.v6), .treatAllWarnings(as: .error)]
func dependencies(_ names: [String]) -> [Target.Dependency] { names.map { .byName(name: $0) } }
let everyRoom = rooms.map(\.name)

var targets: [Target] = systemModules.map {
    .systemLibrary(name: $0.name, pkgConfig: $0.package, providers: [.apt([$0.debian])])
}
// glibc and the kernel's headers: always there, so neither pkg-config nor a package.
targets.append(.systemLibrary(name: "CLinux"))
targets += rooms.map { .target(name: $0.name, dependencies: dependencies($0.imports), swiftSettings: strict) }
targets += [
    .executableTarget(
        name: "budstikke", dependencies: dependencies(everyRoom.filter { $0 != "TestKit" }), exclude: ["Samples"], swiftSettings: strict),
    .executableTarget(name: "benchmark", dependencies: dependencies(everyRoom), swiftSettings: strict),
]
targets += everyRoom.filter { !untested.contains($0) }.map {
    .testTarget(name: "\($0)Tests", dependencies: dependencies(everyRoom), exclude: fixtures[$0] ?? [], swiftSettings: strict)
}
targets += [
    .testTarget(name: "ArchitectureTests", dependencies: dependencies(["Core", "TestKit"]), swiftSettings: strict),
    // These run the binary itself, so it has to be built before them.
    .testTarget(
        name: "budstikkeTests", dependencies: dependencies(everyRoom + ["budstikke"]), exclude: ["Oracles"], swiftSettings: strict),
]

let package = Package(name: "budstikke", products: [.executable(name: "budstikke", targets: ["budstikke"])], targets: targets)
