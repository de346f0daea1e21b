import Core
import Foundation
import TestKit
import Testing

/// A set-up of its own in a temporary folder, made and run by the real binary.
final class Installation: Sendable {
    /// The one that was built with these tests: a sanitizer's tests run the sanitizer's.
    static let program =
        URL(fileURLWithPath: "/proc/self/exe").resolvingSymlinksInPath().deletingLastPathComponent().path + "/budstikke"

    let folder: TemporaryFolder
    var path: String { folder.path + "/house" }
    var configuration: String { path + "/budstikke.conf" }

    /// Makes the set-up with `init`. `change` edits the configuration's text.
    init(_ change: (String) -> String = { $0 }) throws {
        folder = try TemporaryFolder()
        let made = try Self.run(["init", folder.path + "/house"])
        try #require(made.status == 0, "\(made.errorText)")
        var text = try String(contentsOfFile: configuration, encoding: .utf8)
        text = text.replacing("Listen=127.0.0.1:8080", with: "Listen=127.0.0.1:0").replacing("Settle=5s", with: "Settle=100ms")
            .replacing("Rescan=15s", with: "Rescan=200ms")
        try Data(change(text).utf8).write(to: URL(fileURLWithPath: configuration))
    }

    /// A copy of a set-up that nothing has open.
    init(copyOf other: Installation) throws {
        folder = try TemporaryFolder()
        try FileManager.default.copyItem(atPath: other.path, toPath: folder.path + "/house")
    }

    static func run(_ words: [String], input: String = "", environment: [String: String] = [:]) throws -> ChildProcess.Outcome {
        try ChildProcess.run(
            program, words, input: Array(input.utf8), environment: ProcessInfo.processInfo.environment.merging(environment) { $1 },
            limit: .minutes(2))
    }

    /// Runs a command on this installation.
    @discardableResult
    func command(_ words: String..., input: String = "") throws -> ChildProcess.Outcome {
        try Self.run(words + ["--config", configuration], input: input)
    }

    /// A command's JSON.
    func json(_ words: String...) throws -> Any {
        let outcome = try Self.run(words + ["--json", "--config", configuration])
        return try JSONSerialization.jsonObject(with: Data(outcome.output), options: .fragmentsAllowed)
    }

    func write(_ name: String, _ text: String) throws { try folder.write("house/" + name, text) }

    /// Everything below a folder of the set-up.
    func files(_ name: String) -> [String] { (FileManager.default.subpaths(atPath: path + "/" + name) ?? []).sorted() }

    /// Recipients p0…p<count - 1> in place of the sample ones.
    func writeRecipients(_ count: Int) throws {
        try write("recipients.csv", "email;name\n" + (0..<count).map { "p\($0)@koege.example;Person \($0)" }.joined(separator: "\n") + "\n")
    }
}

/// What the tests of the drop folder ask again and again.
extension Installation {
    func drop(_ name: String, _ text: String) throws { try write("drop/" + name, text) }

    /// The items, oldest first.
    func items() throws -> [[String: Any]] {
        try #require(try json("items", "--limit", "100000") as? [[String: Any]]).reversed()
    }

    func names() throws -> [String] { try items().compactMap { $0["name"] as? String } }

    /// Kinds of the alarms that stand.
    func alarms() throws -> [String] {
        let status = try #require(try json("status") as? [String: Any])
        let alarms = try #require(status["alarms"] as? [[String: Any]])
        return alarms.compactMap { $0["kind"] as? String }
    }

    /// What lies in a source's folder, without its three trays.
    func left(_ source: String = "HR") -> [String] {
        files("drop/" + source).filter { !["Modtaget", "Afvist", "Tilbagetræk"].contains($0.split(separator: "/").first ?? "") }
    }

    func text(_ name: String) throws -> String { try String(contentsOfFile: path + "/" + name, encoding: .utf8) }

    /// Drops a file and waits until it is taken in, twice: whatever lay there before has been looked at more than once then, and has
    /// settled in between.
    func passes(_ source: String = "HR", in folder: String = "drop") throws {
        for _ in 0..<2 {
            // Fewer digits than a personal number has.
            let name = "prøve-\(Int.random(in: 0..<100_000_000)).txt"
            try write("\(folder)/\(source)/\(name)", "Prøve \(name)\n\nTekst.\n")
            try #require(eventually { files("\(folder)/\(source)/Modtaget").contains(name) }, "\(name) is not taken in")
        }
    }
}
