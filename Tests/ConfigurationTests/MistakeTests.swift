import Core
import Foundation
import TestKit
import Testing

@testable import Configuration

@Suite struct MistakeTests {
    /// One look mends all: ten different mistakes over three files, each with its place and what to do.
    @Test func tenMistakesAreTenProblems() throws {
        let setUp = try SetUpFolder(
            SetUpFolder.configuration
                .replacing("Settle=5s", with: "Setle=5s")  // 1
                .replacing("TimeZone=Europe/Copenhagen", with: "TimeZone=Europe/Kobenhavn")  // 2
                .replacing("Listen=127.0.0.1:8080", with: "Listen=8080")  // 3
                .replacing("PublicURL=https", with: "PublicURL=http")  // 4
                .replacing("[Recipients]", with: "[Recipient]")  // 5: the section is unknown, and so is missing
                .replacing("AllowPrivate=no", with: "AllowPrivate=perhaps"))  // 6
        try setUp.secret("kjukken.secret", mode: 0o644)  // 7
        try setUp.folder.write(
            "Schedules/direktionens-nyhedsbrev.schedule",
            SetUpFolder.schedule
                .replacing("Audience=alle", with: "Audience=alel")  // 8
                .replacing("BYDAY=1TU", with: "BYDAY=6TU")  // 9
                .replacing("Endpoint=kjukken", with: "Endpoint=kjuken"))  // 10
        let found = setUp.problems()
        let expected = [
            "budstikke.conf:10 Setle: [Drop] has no key ‘Setle’. Did you mean Settle=?",
            "budstikke.conf:5 TimeZone: ‘Europe/Kobenhavn’ is not a zone",
            "budstikke.conf:27 Listen: ‘8080’ is not address:port",
            "budstikke.conf:28 PublicURL: ‘http://nyt.koege.example’ is not an https:// address",
            "budstikke.conf:16: there is no section [Recipient]. Did you mean [Recipients]?",
            "budstikke.conf:34 AllowPrivate: ‘perhaps’ is not yes or no",
            "budstikke.conf:30 SecretFile: others may read the secret's file kjukken.secret. chmod 600",
            "Schedules/direktionens-nyhedsbrev.schedule:5 Audience: there is no audience ‘alel’. Did you mean ‘alle’?",
            "Schedules/direktionens-nyhedsbrev.schedule:8 When: ‘6TU’ in BYDAY",
            "Schedules/direktionens-nyhedsbrev.schedule:23 Endpoint: there is no endpoint ‘kjuken’. Did you mean ‘kjukken’?",
        ]
        for text in expected { #expect(found.contains { $0.hasPrefix(text) }, "\(text)\nis not in\n\(found.joined(separator: "\n"))") }
        // Nothing else but what the missing section brings with it.
        let others = found.filter { problem in !expected.contains { problem.hasPrefix($0) } }
        #expect(others.allSatisfy { $0.contains("Recipients") || $0.contains("CSV") }, "\(others)")
    }

    /// Each line of the configuration broken in one way: exactly the problem that says so.
    @Test(arguments: [
        ("[Drop]", "[Drop", "budstikke.conf:8: the section heading [Drop has no closing bracket"),
        ("Settle=5s", "Settle 5s", "budstikke.conf:10: ‘Settle 5s’ is not a Key=value line"),
        ("Settle=5s", "Settle=5", "budstikke.conf:10 Settle: ‘5’ is not a time"),
        ("Rescan=15s", "Rescan=0s", "budstikke.conf:11 Rescan: ‘0s’ is not a time such as 15s, and no less than 100ms"),
        ("Settle=5s", "Settle=5s\nSettle=6s", "budstikke.conf:11 Settle: Settle= stands a second time; the first is in line 10"),
        ("[Web]", "[Drop]\n[Web]", "budstikke.conf:26: [Drop] stands a second time; the first is in line 8"),
        ("Name=Køge Kommune", "", "budstikke.conf:2 Name: [Organisation] has no Name="),
        ("Name=Køge Kommune", "Name=Køge\u{7}", "budstikke.conf:3: the line has a control character"),
        ("Language=da", "Language=dk", "budstikke.conf:4 Language: ‘dk’ is none of da, nb, en. Did you mean da?"),
        ("[Source Teknik og Miljø]", "[Source]", "budstikke.conf:13: [Source] has no name"),
        ("[Source Teknik og Miljø]", "[Source a/b]", "budstikke.conf:13: ‘a/b’ cannot be a folder's name"),
        ("[Source Teknik og Miljø]", "[Source Akut]", "budstikke.conf:13: ‘Akut’ is the folder of crisis messages"),
        ("[Source Teknik og Miljø]", "[Source HR]\n[Source hr]", "budstikke.conf:14: ‘hr’ and ‘HR’ would be one folder"),
        ("Kind=department", "Kind=departement", "budstikke.conf:14 Kind: ‘departement’ is none of"),
        (
            "From=Direktionens nyhedsbrev <nyhedsbrev@koege.example>", "From=nobody",
            "budstikke.conf:20 From: ‘nobody’ is not Name <address>"
        ),
        ("Directory=outbox", "", "budstikke.conf:22: [Relay outbox] has neither URL= nor Directory="),
        ("Directory=outbox", "Directory=outbox\nURL=smtp://x", "budstikke.conf:22: [Relay outbox] has both URL= and Directory="),
        ("Directory=outbox", "Directory=outbox\nUser=x", "budstikke.conf:24 User: User= would do nothing"),
        ("Directory=outbox", "URL=http://x", "budstikke.conf:23 URL: ‘http://x’ is not smtp://host:port"),
        ("Directory=outbox", "URL=smtp://x:99999", "budstikke.conf:23 URL: ‘smtp://x:99999’ is not smtp://host:port"),
        ("Directory=outbox", "URL=smtp://x\nUser=y", "budstikke.conf:22 PasswordFile: [Relay outbox] has no PasswordFile="),
        ("Directory=outbox", "URL=smtp://x\nConnections=0", "budstikke.conf:24 Connections: ‘0’ is not a whole number from 1 to 64"),
        ("Directory=outbox", "Directory=elsewhere", "budstikke.conf:22 Directory: the folder elsewhere does not exist"),
        ("PublicURL=https://nyt.koege.example", "PublicURL=http://localhost.evil.example", "budstikke.conf:28 PublicURL"),
        (
            "PublicURL=https://nyt.koege.example", "PublicURL=https://nyt.koege.example\nTrustedProxy=10.0.0.0/33",
            "budstikke.conf:29 TrustedProxy: ‘10.0.0.0/33’ is no address or network. Write"
        ),
        (
            "PublicURL=https://nyt.koege.example", "PublicURL=https://nyt.koege.example\nTrustedProxy=proxy.koege.example",
            "budstikke.conf:29 TrustedProxy: ‘proxy.koege.example’ is no address or network. Write"
        ),
        (
            "PublicURL=https://nyt.koege.example", "PublicURL=https://nyt.koege.example\nFrameAncestors=https://x.example/path",
            "budstikke.conf:29 FrameAncestors: ‘https://x.example/path’ is no origin. Write"
        ),
        (
            "PublicURL=https://nyt.koege.example", "PublicURL=https://nyt.koege.example\nFrameAncestors=*; script-src *",
            "budstikke.conf:29 FrameAncestors: ‘*; script-src *’ is no origin. Write"
        ),
        (
            "PublicURL=https://nyt.koege.example", "PublicURL=https://nyt.koege.example\nCertificate=nyt.pem",
            "budstikke.conf:26 Key: [Web] has no Key="
        ),
        (
            "PublicURL=https://nyt.koege.example", "PublicURL=https://nyt.koege.example\nKey=nyt.key",
            "budstikke.conf:26 Certificate: [Web] has no Certificate="
        ),
        (
            "PublicURL=https://nyt.koege.example", "PublicURL=https://nyt.koege.example\nCertificate=none.pem\nKey=kjukken.secret",
            "budstikke.conf:26 Certificate: none.pem cannot be read"
        ),
        (
            "PublicURL=https://nyt.koege.example", "PublicURL=https://nyt.koege.example\nCertificate=kjukken.secret\nKey=none.key",
            "budstikke.conf:26 Key: none.key cannot be read"
        ),
        (
            "PublicURL=https://nyt.koege.example", "PublicURL=https://nyt.koege.example\nCertificate=recipients.csv\nKey=recipients.csv",
            "budstikke.conf:26 Key: everybody may read the key recipients.csv"
        ),
        (
            "SecretFile=kjukken.secret", "SecretFile=other.secret",
            "budstikke.conf:30 SecretFile: the secret's file other.secret does not exist"
        ),
        ("SecretFile=kjukken.secret", "", "budstikke.conf:30 SecretFile: [Endpoint kjukken] has no SecretFile="),
        ("Folder=drop", "Folder=drip", "budstikke.conf:8 Folder: the drop folder drip does not exist"),
        ("CSV=recipients.csv", "CSV=people.csv", "budstikke.conf:16 CSV: people.csv cannot be read"),
        ("# budstikke.conf", "[Audience alle]\nMatch=role=x", "budstikke.conf:1: the audience alle is everybody"),
        ("# budstikke.conf", "[Audience x]\nMatch=role", "budstikke.conf:2 Match: ‘role’ is not column=value"),
        ("# budstikke.conf", "[ClosingDays]\nClosed=24/12", "budstikke.conf:2 Closed: ‘24/12’ is not a day"),
        ("# budstikke.conf", "Name=x", "budstikke.conf:1: a key stands before the first section"),
    ])
    func oneMistakeInTheConfiguration(_ line: String, _ broken: String, _ problem: String) throws {
        let setUp = try SetUpFolder(SetUpFolder.configuration.replacing(line + "\n", with: broken + "\n", maxReplacements: 1))
        let found = setUp.problems()
        #expect(found.contains { $0.hasPrefix(problem) }, "\(found.joined(separator: "\n"))")
        #expect(found.allSatisfy { $0.contains(". ") }, "a problem has no mend: \(found)")
    }

    @Test(arguments: [
        ("Title=Direktionens nyhedsbrev", "", ":2 Title: [Publication] has no Title="),
        ("Template=newsletter", "Template=newsleter", ":4 Template: there is no folder Templates/newsleter. Did you mean newsletter?"),
        ("[Selection]", "[Select]", ":16: there is no section [Select] in a schedule"),
        ("[Selection]", "[Schedule]", ":16: [Schedule] stands a second time; the first is in line 7"),
        ("When=FREQ=MONTHLY;BYDAY=1TU;BYHOUR=8;BYMINUTE=0", "", ":7 When: [Schedule] has no When="),
        ("When=FREQ=MONTHLY;BYDAY=1TU;BYHOUR=8;BYMINUTE=0", "When=FREQ=WEEKLY;INTERVAL=2", ":7 From: a rule with INTERVAL or COUNT needs"),
        ("When=FREQ=MONTHLY;BYDAY=1TU;BYHOUR=8;BYMINUTE=0", "When=continuous\nFrom=2026-01-01", ":9 From: From= would do nothing"),
        ("When=FREQ=MONTHLY;BYDAY=1TU;BYHOUR=8;BYMINUTE=0", "When=continuous\nApproval=two", ":9 Approval: a continuous publication shows"),
        ("When=FREQ=MONTHLY;BYDAY=1TU;BYHOUR=8;BYMINUTE=0", "When=FREQ=DAILY\nAhead=2h", ":9 Ahead: Ahead= would do nothing"),
        ("When=FREQ=MONTHLY;BYDAY=1TU;BYHOUR=8;BYMINUTE=0", "When=FREQ=DAILY\nFollows=x", ":8 When: a publication that follows another"),
        ("When=FREQ=MONTHLY;BYDAY=1TU;BYHOUR=8;BYMINUTE=0", "Follows=med-nyt\nAhead=2h", ":8 Follows: there is no publication ‘med-nyt’"),
        ("When=FREQ=MONTHLY;BYDAY=1TU;BYHOUR=8;BYMINUTE=0", "Follows=med-nyt", ":7 Ahead: [Schedule] has no Ahead="),
        ("OnHoliday=nextWorkingDay", "OnHoliday=nextWorkday", ":9 OnHoliday: ‘nextWorkday’ is none of"),
        ("CutOff=2d", "CutOff=5w", ":10 CutOff: a cut-off of 5w is no shorter than the time between two editions"),
        ("Email=yes", "Email=yes\nPrivateFeed=yes", ":22 PrivateFeed: PrivateFeed= would do nothing: there is no Feed=yes"),
        ("Email=yes", "Feed=yes\nFeedTokenVersion=2", ":22 FeedTokenVersion: FeedTokenVersion= would do nothing"),
        ("PerSource=3", "PerSource=0", ":17 PerSource: ‘0’ is not a whole number"),
        ("PerSource=3", "Source=Teknik", ":17 Source: there is no source ‘Teknik’"),
        ("PerSource=3", "PrSource=3", ":17 PrSource: [Selection] has no key ‘PrSource’. Did you mean PerSource=?"),
        ("Email=yes\nWeb=yes\nEndpoint=kjukken", "Email=no", ":20 Email: the publication has no channel"),
    ])
    func oneMistakeInASchedule(_ line: String, _ broken: String, _ problem: String) throws {
        let setUp = try SetUpFolder()
        try setUp.folder.write(
            "Schedules/direktionens-nyhedsbrev.schedule", SetUpFolder.schedule.replacing(line + "\n", with: broken + "\n"))
        let found = setUp.problems()
        #expect(
            found.contains { $0.hasPrefix("Schedules/direktionens-nyhedsbrev.schedule" + problem) }, "\(found.joined(separator: "\n"))")
    }

    @Test func publicationsThatFollowOneAnother() throws {
        let setUp = try SetUpFolder()
        for (name, other) in [("a", "b"), ("b", "a")] {
            try setUp.folder.write(
                "Schedules/\(name).schedule", "[Publication]\nTitle=\(name)\n[Schedule]\nFollows=\(other)\nAhead=1h\n[Channels]\nWeb=yes\n")
        }
        let found = setUp.problems()
        #expect(found.count == 2)
        #expect(found.allSatisfy { $0.contains("has no rule of its own to follow") }, "\(found)")
    }

    @Test func aNameThatCannotStandInAnAddress() throws {
        let setUp = try SetUpFolder()
        try setUp.folder.write("Schedules/Kunngørelser.schedule", SetUpFolder.schedule)
        #expect(setUp.problems().contains { $0.contains("cannot stand in an address") })
    }

    @Test func aFileThatIsMissingOrNotUTF8() throws {
        let setUp = try SetUpFolder()
        try setUp.folder.write("budstikke.conf.d/a.conf", [0x5B, 0x57, 0x65, 0x62, 0x5D, 0x0A, 0x23, 0xE6, 0x0A])
        #expect(setUp.problems().contains { $0.hasPrefix("budstikke.conf.d/a.conf:1: the file is not UTF-8") })
        let (_, problems) = Settings.read(setUp.folder.file("nowhere.conf"))
        #expect(problems.first?.cause == "the file does not exist or may not be read")
        try FileManager.default.removeItem(atPath: setUp.folder.file("Schedules"))
        #expect(setUp.problems().contains { $0.hasPrefix("Schedules: the folder of schedules does not exist") })
    }

    @Test func whatIsEmptyNamesAllThatIsMissing() throws {
        let found = try SetUpFolder("").problems()
        for name in ["[Organisation]", "[Drop]", "[Recipients]", "[Email]", "[Source …]", "[Relay …]"] {
            #expect(found.contains { $0.contains(name) }, "\(name)")
        }
    }
}

/// No bytes stop the reader.
@Suite struct RandomBytesTests {
    @Test func anyBytesAreReadOrRefused() throws {
        var random = SeededRandom(printedFor: "anyBytesAreReadOrRefused")
        let setUp = try SetUpFolder()
        let whole = Array((SetUpFolder.configuration + SetUpFolder.schedule).utf8)
        for round in 0..<250 {
            var bytes = whole
            if round.isMultiple(of: 5) {
                bytes = (0..<Int.random(in: 0...400, using: &random)).map { _ in .random(in: 0...255, using: &random) }
            }
            for _ in 0..<Int.random(in: 0...12, using: &random) where !bytes.isEmpty {
                let at = Int.random(in: 0..<bytes.count, using: &random)
                switch Int.random(in: 0..<4, using: &random) {
                case 0: bytes[at] = .random(in: 0...255, using: &random)
                case 1: bytes.remove(at: at)
                case 2: bytes.insert([0x0A, 0x5B, 0x5D, 0x3D, 0x5C, 0x3B, 0x00, 0x0D].randomElement(using: &random) ?? 0, at: at)
                default: bytes.removeSubrange(at..<min(bytes.count, at + 30))
                }
            }
            let name = random.once(in: 2) ? "budstikke.conf" : "Schedules/direktionens-nyhedsbrev.schedule"
            try setUp.folder.write(name, bytes)
            for problem in setUp.problems() { #expect(problem.contains(": ") && problem.contains(". "), "\(problem)") }
        }
    }
}
