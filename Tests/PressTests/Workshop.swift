import Core
import Foundation
import Testing

@testable import Press

/// The shipped templates, read from the package root, and the press that they make.
enum Workshop {
    static let root = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()
    static let templatesFolder = root.appendingPathComponent("Templates")
    static let publicURL = "https://nyt.koege.example"
    static let preferencesURL = "https://nyt.koege.example/u/6Zt0c3b1"

    static func text(_ path: String) throws -> String {
        try String(contentsOf: templatesFolder.appendingPathComponent(path), encoding: .utf8)
    }

    /// Every `.mustache` file below `Templates/`, by path.
    static func sources() throws -> [String: String] {
        let paths = try FileManager.default.subpathsOfDirectory(atPath: templatesFolder.path).filter { $0.hasSuffix(".mustache") }
        return try Dictionary(uniqueKeysWithValues: paths.map { ($0, try text($0)) })
    }

    static func catalogue() throws -> Catalogue {
        try Catalogue(texts: Dictionary(uniqueKeysWithValues: Language.allCases.map { ($0, try text("Strings/\($0).strings")) }))
    }

    static let logo = Picture(
        digest: Sample.digest("eeb287bfa9cf2433"), format: .png, width: 96, height: 96, bytes: [])

    static func identity() throws -> Identity {
        var identity = try Identity(
            SectionFile(text: try text("identity.conf"), file: "identity.conf"), path: "identity.conf", organisation: "Køge Kommune"
        ) { _ in logo }
        identity.footer = "Rådhuset, Torvet 1, 4600 Køge"
        identity.accessibilityStatement = LinkTarget("https://www.was.digst.dk/koege-dk")
        return identity
    }

    static func press() throws -> Press { try Press(templates: sources(), identity: identity(), catalogue: catalogue()) }

    static func rendering(
        _ edition: EditionContent = Sample.edition(), language: Language = .da, template: String = "newsletter", hasWebEdition: Bool = true
    ) throws -> EditionRendering {
        try press().render(
            edition, language: language, publicURL: publicURL, pictures: Sample.pictures, template: template,
            hasWebEdition: hasWebEdition)
    }
}
