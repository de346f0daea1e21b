import Foundation
import TestKit

/// The examples of README and of the documentation's catalogue, with the place where each stands.
enum DocumentationExamples {
    struct Block {
        /// Below the checkout's root.
        var file: String
        /// That of the first line in it, from 1.
        var line: Int
        /// The word behind the fence; empty for none.
        var language: String
        var lines: [String]

        var text: String { lines.joined(separator: "\n") + "\n" }
        var place: String { "\(file):\(line)" }
    }

    struct CommandLine {
        var file: String
        var line: Int
        /// What follows the program's name, without what is optional in brackets.
        var words: [String]

        var place: String { "\(file):\(line)" }
    }

    static let catalogue = "Sources/budstikke/Documentation.docc"

    static func pages() throws -> [String] {
        let names = try FileManager.default.contentsOfDirectory(atPath: "\(Oracle.root)/\(catalogue)").filter { $0.hasSuffix(".md") }
        return ["README.md"] + names.sorted().map { "\(catalogue)/\($0)" }
    }

    static func lines(_ page: String) throws -> [String] {
        try String(contentsOfFile: "\(Oracle.root)/\(page)", encoding: .utf8).split(separator: "\n", omittingEmptySubsequences: false)
            .map(String.init)
    }

    /// What stands between fences.
    static func blocks() throws -> [Block] {
        var found: [Block] = []
        for page in try pages() {
            var open: Block?
            for (index, line) in try lines(page).enumerated() {
                if line.hasPrefix("```") {
                    if let block = open { found.append(block) }
                    open = open == nil ? Block(file: page, line: index + 2, language: String(line.dropFirst(3)), lines: []) : nil
                } else {
                    open?.lines.append(line)
                }
            }
        }
        return found
    }

    /// Every command line of the program: those that are set off by four spaces, and those in the running text.
    static func commandLines() throws -> [CommandLine] {
        var found: [CommandLine] = []
        for page in try pages() {
            var isFenced = false
            for (index, line) in try lines(page).enumerated() {
                if line.hasPrefix("```") { isFenced.toggle() }
                guard !isFenced else { continue }
                let texts =
                    line.hasPrefix("    ")
                    // Behind two spaces stands what it does.
                    ? [line.dropFirst(4).firstRange(of: "  ").map { String(line[..<$0.lowerBound]) } ?? line]
                    : line.matches(of: /`([^`]+)`/).map { String($0.1) }
                for text in texts {
                    for part in text.split(separator: "&&") {
                        guard let words = words(String(part)) else { continue }
                        found.append(CommandLine(file: page, line: index + 1, words: words))
                    }
                }
            }
        }
        return found
    }

    /// `nil` for what is no command line of ours.
    private static func words(_ text: String) -> [String]? {
        let called = text.trimmingCharacters(in: .whitespaces)
            .replacing(/^(sudo (-u budstikke )?|swift run )/, with: "").replacing(/^\.build\/release\//, with: "")
        let words = called.split(separator: " ").map { $0.trimmingCharacters(in: ["[", "]"]) }
        guard words.count > 1, words[0] == "budstikke", !words[1].isEmpty else { return nil }
        return words.dropFirst().filter { $0 != "|" && $0 != "…" }
    }
}
