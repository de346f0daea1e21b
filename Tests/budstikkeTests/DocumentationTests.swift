import Core
import Foundation
import TestKit
import Testing

/// Every example of README and of the documentation is tried by the program itself; what is wrong is told with file and line.
@Suite struct DocumentationTests {
    /// Lines of a configuration's example stand in the file at the numbers that they have on the page, so what `check` says of them is
    /// where to look.
    private static func padded(_ block: DocumentationExamples.Block) -> String {
        String(repeating: "\n", count: block.line - 1) + block.text
    }

    /// An installation that is good in itself, for what an example adds to it.
    private static func house() throws -> Installation {
        let house = try Installation()
        let check = try house.command("check")
        try #require(check.status == 0, "\(check.outputText)")
        return house
    }

    private func findings(_ house: Installation) throws -> String? {
        let check = try house.command("check")
        return check.status == 0 ? nil : check.outputText
    }

    @Test func configurationsAndSchedulesAreGood() throws {
        let blocks = try DocumentationExamples.blocks().filter { $0.language == "ini" && !Self.isUnit($0) }
        #expect(blocks.count >= 5 && blocks.contains(where: Self.isSchedule))
        let body = try DocumentationExamples.blocks().first { $0.lines.first?.hasPrefix("{") == true }
        for block in blocks {
            let house = try Self.house()
            if Self.isSchedule(block) {
                try house.write("Schedules/eksempel.schedule", Self.padded(block))
            } else {
                try FileManager.default.createDirectory(atPath: house.path + "/budstikke.conf.d", withIntermediateDirectories: true)
                try house.write("budstikke.conf.d/eksempel.conf", Self.padded(block))
                if block.lines.contains("[Recipients]") {
                    // Another source stands in place of the file.
                    let text = try String(contentsOfFile: house.configuration, encoding: .utf8)
                    try house.write("budstikke.conf", text.replacing("CSV=recipients.csv", with: ""))
                }
                for (key, file) in Self.files(block) {
                    // What the sections name: a template is the page's own.
                    try house.write(file, key == "Body" ? body?.text ?? "" : Self.secret(file))
                    #expect(chmod(house.path + "/" + file, 0o600) == 0)
                }
            }
            if let found = try findings(house) { Issue.record("\(block.place): \(found)") }
            // It takes part: without it `check` would be as good.
            let name = Self.isSchedule(block) ? "Schedules/eksempel.schedule" : "budstikke.conf.d/eksempel.conf"
            try house.write(name, Self.padded(block) + "\nUkendt=1\n")
            #expect(try findings(house)?.contains("Ukendt") == true, "\(block.place)")
        }
    }

    private static func isSchedule(_ block: DocumentationExamples.Block) -> Bool { block.lines.contains("[Publication]") }
    private static func isUnit(_ block: DocumentationExamples.Block) -> Bool { block.lines.first?.hasPrefix("# systemctl edit") == true }

    private static func files(_ block: DocumentationExamples.Block) -> [(key: String, file: String)] {
        block.lines.compactMap { line in
            line.firstMatch(of: /^(SecretFile|PasswordFile|TokenFile|CAFile|Body)=(.+)$/).map { (String($0.1), String($0.2)) }
        }
    }

    /// As each kind of endpoint wants it.
    private static func secret(_ file: String) -> String {
        switch file {
        case _ where file.hasSuffix(".address"): "https://teams.example/workflows/1\n"
        case "kjukken.secret", "alarm.secret": "whsec_\(Data((0..<32).map { UInt8($0) }).base64EncodedString())\n"
        default: "en hemmelighed\n"
        }
    }

    @Test(.enabled(if: Oracle.hasProgram("/usr/bin/systemd-analyze"), "needs systemd")) func unitsDropInsAreKnownToSystemd() throws {
        let blocks = try DocumentationExamples.blocks().filter(Self.isUnit)
        #expect(!blocks.isEmpty)
        for block in blocks {
            let folder = try TemporaryFolder()
            let unit = try folder.write("eksempel.service", "[Service]\nExecStart=/bin/true\n" + block.text)
            let checked = try ChildProcess.run("/usr/bin/systemd-analyze", ["verify", "--man=no", unit])
            let found = checked.errorText.split(separator: "\n").filter { $0.contains("eksempel.service:") }
            #expect(found.isEmpty, "\(block.place): \(found.joined(separator: "\n"))")
        }
    }

    /// What a manager is shown is taken in as it stands. Its dates are those of the year in which somebody reads it.
    @Test func itemsAreTakenIn() throws {
        let blocks = try DocumentationExamples.blocks().filter { $0.language.isEmpty && $0.lines.first?.hasPrefix("{") == false }
        #expect(blocks.count >= 4)
        let house = try Self.house()
        let year = CivilDateTime(secondsSince1970: SystemClock().now().seconds).date.year + 1
        for (number, block) in blocks.enumerated() {
            let text = block.text.replacing(/(\d\d\.\d\d\.)20\d\d/) { "\($0.1)\(year)" }
            let file = try house.folder.write("nyhed-\(number).md", text)
            let tried = try house.command("try", "item", file)
            #expect(tried.status == 0, "\(block.place): \(tried.outputText)\(tried.errorText)")
            let title = block.lines.first.map { String($0.trimmingPrefix("Titel: ")) } ?? ""
            #expect(tried.outputText.contains(title), "\(block.place): \(tried.outputText)")
        }
    }

    @Test func everyFenceIsOfAKindThatIsTried() throws {
        for block in try DocumentationExamples.blocks() where block.language != "ini" {
            let isKnown = block.language.isEmpty && block.lines.first.map { !$0.isEmpty } == true
            #expect(isKnown, "\(block.place): nothing tries ‘\(block.language)’")
        }
    }

    @Test func commandLinesNameCommandsAndOptionsThatThereAre() throws {
        let commands = Dictionary(uniqueKeysWithValues: try CommandHelp.all().map { ($0.name, $0) })
        let lines = try DocumentationExamples.commandLines()
        #expect(lines.count > 40)
        for line in lines {
            if line.words[0] == "help" || line.words[0] == "COMMAND" { continue }
            guard let command = commands[line.words[0]] else {
                Issue.record("\(line.place): there is no command ‘\(line.words[0])’")
                continue
            }
            for word in line.words where word.hasPrefix("--") {
                let name = String(word.prefix { $0 != "=" })
                #expect(command.options.contains { $0.name == name }, "\(line.place): ‘\(command.name)’ has no \(name)")
            }
        }
    }

    /// What changes nothing beyond a set-up of its own is run: it ends with 0, or with 1 for something that it found.
    @Test func harmlessCommandLinesRun() throws {
        let house = try Self.house()
        let daemon = try Daemon(house)
        try house.drop("HR/Nyt.md", "En nyhed til alle\n\nMed en tekst.\n")
        #expect(try eventually { try ServiceTests.items(house).count == 1 && house.hasPeople() }, "\(daemon.logText)")
        let run = try house.command("run", "direktionens-nyhedsbrev", "--yes")
        try #require(run.status == 0, "\(run.errorText)")
        let status = try #require(try house.json("status") as? [String: Any])
        let edition = try #require((status["released"] as? [[String: Any]])?.first?["slug"] as? String)
        let places = [
            "PUBLICATION": "direktionens-nyhedsbrev", "EDITION": edition, "FILE": house.folder.file("kopi.sqlite"), "ID": "1",
            "ADDRESS": "p0@koege.example", "T": "En rettelse", "DIR": house.folder.file("ny"),
        ]
        let harmless: Set = [
            "status", "items", "item", "preview", "deliveries", "check", "feeds", "screens", "backup", "recipients", "suppressed", "posts",
            "schedule", "help",
        ]
        var count = 0
        for line in try DocumentationExamples.commandLines() where harmless.contains(line.words[0]) {
            let words = line.words.map { places[$0] ?? $0 }
            guard !words.contains("retry"), !words.contains("forget"), !words.contains("import"), !words.contains("lift"),
                !words.contains("--config")
            else { continue }
            let all = words.contains("preview") && !words.contains("--out") ? words + ["--out", house.folder.file("ud-\(count)")] : words
            unlink(house.folder.file("kopi.sqlite"))
            let outcome = try Installation.run(words[0] == "help" ? all : all + ["--config", house.configuration])
            #expect([0, 1].contains(outcome.status), "\(line.place): budstikke \(words.joined(separator: " ")): \(outcome.errorText)")
            #expect(!outcome.errorText.contains("Usage:"), "\(line.place): \(outcome.errorText)")
            count += 1
        }
        #expect(count > 15)
        #expect(daemon.terminate() == 0)
    }

    @Test func linksLeadToPagesThatThereAre() throws {
        let names = Set(try DocumentationExamples.pages().map { (($0 as NSString).lastPathComponent as NSString).deletingPathExtension })
        for page in try DocumentationExamples.pages() {
            for (index, line) in try DocumentationExamples.lines(page).enumerated() {
                for match in line.matches(of: /<doc:(\w+)>/) { #expect(names.contains(String(match.1)), "\(page):\(index + 1)") }
                for match in line.matches(of: /\]\(([^):#]+)\)/) {
                    let path = "\(Oracle.root)/\((page as NSString).deletingLastPathComponent)/\(match.1)"
                    #expect(FileManager.default.fileExists(atPath: path), "\(page):\(index + 1): \(match.1)")
                }
            }
        }
    }
}
