import Foundation
import Testing

@testable import Press

/// The published specification, one file of cases per module; the names are the specification's, the texts our own.
@Suite struct MustacheSpecificationTests {
    struct Case: Sendable, CustomTestStringConvertible {
        var module: String
        var name: String
        var template: String
        var data: Value
        var partials: [String: String]
        var expected: String

        var testDescription: String { "\(module): \(name)" }
    }

    /// How many cases each file holds; a file that shrinks or is not read fails the count.
    static let modules = ["comments": 12, "delimiters": 14, "interpolation": 43, "inverted": 22, "partials": 14, "sections": 35]

    static let cases: [Case] = modules.keys.sorted().flatMap { module -> [Case] in
        let file = URL(fileURLWithPath: #filePath).deletingLastPathComponent().appendingPathComponent("Specification/\(module).json")
        guard let text = try? String(contentsOf: file, encoding: .utf8), let value = try? JSONReader.read(text, file: file.path),
            case .list(let rows) = value
        else { return [] }
        return rows.compactMap { row in
            guard case .map(let row) = row, case .text(let name) = row["name"], case .text(let template) = row["template"],
                case .text(let expected) = row["expected"], let data = row["data"]
            else { return nil }
            var partials: [String: String] = [:]
            if case .map(let entries) = row["partials"] ?? .null {
                for case (let name, .text(let source)) in entries { partials[name] = source }
            }
            return Case(module: module, name: name, template: template, data: data, partials: partials, expected: expected)
        }
    }

    @Test func everyCaseIsRead() {
        for (module, count) in Self.modules { #expect(Self.cases.count { $0.module == module } == count, "\(module)") }
    }

    @Test(arguments: cases) func holds(_ given: Case) throws {
        let partials = try given.partials.mapValues { try Template(source: $0, name: "partial") }
        #expect(try Template(source: given.template, name: given.name).render(given.data, partials: partials) == given.expected)
    }
}

@Suite struct TemplateProblemTests {
    @Test(arguments: [
        ("a\n{{#x}}\nb", 2, "never closed"),
        ("a\n\n{{/x}}", 3, "never opened"),
        ("{{#a}}\n{{#b}}\n{{/a}}{{/b}}", 3, "opened in line 2"),
        ("a\n{{name", 2, "never closed"),
        ("{{{name}}", 1, "never closed"),
        ("{{}}", 1, "no name"),
        ("{{two words}}", 1, "a space"),
        ("{{a..b}}", 1, "empty part"),
        ("{{=<%=}}", 1, "two words"),
        (String(repeating: "{{#a}}", count: 101), 1, "deeper than 100"),
    ])
    func namesTheLine(_ source: String, _ line: Int, _ cause: String) {
        #expect {
            try Template(source: source, name: "mail.mustache")
        } throws: { error in
            guard let problem = error as? TemplateProblem else { return false }
            return problem.file == "mail.mustache" && problem.line == line && problem.cause.contains(cause) && !problem.mend.isEmpty
        }
    }

    @Test func aPartialThatNeverEndsIsAnError() {
        #expect {
            try renderTemplate("\n{{>loop}}", json: "{}") { $0 == "loop" ? "x\n{{>loop}}" : nil }
        } throws: { error in
            guard let problem = error as? TemplateProblem else { return false }
            return problem.file == "loop" && problem.line == 2 && problem.cause.contains("50 deep")
        }
    }

    @Test(arguments: [
        ("{\n \"a\": 1,\n}", 3), ("[1 2]", 1), ("{} x", 1), ("\"abc", 1), ("[\n01]", 2), ("", 1), ("{\"a\" 1}", 1),
        ("\"\\ud800\\u0041\"", 1),
        (String(repeating: "[", count: 300), 1), ("nul", 1), ("\"\\x\"", 1), ("1.", 1), ("--1", 1),
    ])
    func dataThatIsNotJSONIsAnErrorWithItsLine(_ json: String, _ line: Int) {
        #expect {
            try renderTemplate("x", json: json) { _ in nil }
        } throws: { error in
            (error as? TemplateProblem).map { $0.file == "data" && $0.line == line && $0.cause.contains("JSON") } ?? false
        }
    }
}

@Suite struct JSONReaderTests {
    @Test(arguments: [
        ("1.210", "1.21"), ("-0.50", "-0.5"), ("100", "100"), ("1e3", "1000"), ("2.5E-1", "0.25"), ("7.0", "7"), ("-0", "0"),
        ("12345678901234567890123", "12345678901234567890123"), ("0.10000000000000000001", "0.10000000000000000001"),
    ])
    func showsANumberAsItWasWritten(_ json: String, _ shown: String) throws {
        #expect(try renderTemplate("{{.}}", json: json) { _ in nil } == shown)
    }

    @Test func readsEscapes() throws {
        let json = #" "\"\\\/\b\f\n\r\t\u00e6\ud83d\ude00" "#
        #expect(try JSONReader.read(json, file: "") == .text("\"\\/\u{8}\u{C}\n\r\tæ😀"))
    }

    @Test func anUnknownPartialIsNothingAndEachIsAskedForOnce() throws {
        var asked: [String] = []
        let text = try renderTemplate("{{>a}}{{>a}}{{>b}}", json: "{}") { name in
            asked.append(name)
            return name == "a" ? "A" : nil
        }
        #expect(text == "AA" && asked.sorted() == ["a", "b"])
    }
}
