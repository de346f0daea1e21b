import Core
import Crypto
import Foundation
import Ledger
import TestKit

/// How long the desk's pages take beside a feed request: 10,000 items and 200 editions in the ledger, one request at a time on a kept
/// connection, the feed's and the pages' in the same run. Asked of the daemon itself, as it is built beside this program.
///
/// Each page is asked for once after a change in the ledger, and many times without one.
enum DeskFigure {
    private static let items = 10_000
    private static let editions = 200
    private static let rounds = 40
    /// What issue 7 asks for.
    private static let permitted = 50.0

    static func run() throws {
        let program = URL(fileURLWithPath: "/proc/self/exe").resolvingSymlinksInPath().deletingLastPathComponent().path + "/budstikke"
        guard Oracle.hasProgram(program) else {
            return print("desk: left out, needs the daemon: swift build -c release --product budstikke")
        }
        let folder = try TemporaryFolder()
        let house = folder.file("house")
        let made = try ChildProcess.run(program, ["init", house])
        guard made.status == 0 else { throw Fault("make", house, cause: made.errorText, mend: "See the message.") }
        let text = try String(contentsOfFile: house + "/budstikke.conf", encoding: .utf8).replacing("127.0.0.1:8080", with: "127.0.0.1:0")
        try folder.write("house/budstikke.conf", text)
        let cookie = try fill(house + "/state")
        try folder.write("house/daemon.log", "")
        let log = open(house + "/daemon.log", O_WRONLY | O_APPEND | O_CLOEXEC)
        defer { close(log) }
        let daemon = try ChildProcess(program, ["serve", "--config", house + "/budstikke.conf"], input: log, output: log, errors: log)
        defer {
            daemon.signal(SIGTERM)
            _ = daemon.wait()
        }
        let port = try port(house + "/daemon.log")
        try measure(try RawHTTPClient(port: port), cookie, Editor(port: port, cookie: cookie))
    }

    /// Somebody who changes an item, so that what was kept of a page is of no use.
    private struct Editor {
        let port: UInt16
        let cookie: String

        func change(_ number: Int) throws {
            let client = try RawHTTPClient(port: port)
            let page = try client.request("GET", "/desk/items/\(DeskFigure.items)", [cookie]).text
            func field(_ name: String) -> String {
                page.components(separatedBy: "name=\"\(name)\" value=\"").dropFirst().first.map { String($0.prefix { $0 != "\"" }) } ?? ""
            }
            let body = "act=edit&token=\(field("token"))&version=\(field("version"))&title=Rettet+\(number)&summary=Ny"
            try client.send(
                "POST /desk/items/\(DeskFigure.items) HTTP/1.1\r\nHost: localhost\r\n\(cookie)\r\nContent-Type: application/x-www-form-urlencoded\r\nContent-Length: \(body.utf8.count)\r\n\r\n\(body)"
            )
            guard try client.answer().status == 303 else { throw DeskFigure.unexpected("the edit was not taken") }
        }
    }

    private static func measure(_ client: RawHTTPClient, _ cookie: String, _ editor: Editor) throws {
        // The feed is there when the stages have had their first pass; the menu names every page that there is.
        guard eventually(within: .minutes(2), { (try? client.request("GET", "/feeds/infoskaerm.rss").status) == 200 }) else {
            throw unexpected("no feed")
        }
        let menu = try client.request("GET", "/desk/", [cookie]).text.matches(of: /<li><a href="(\/desk\/[a-z]*)"/).map { String($0.1) }
        let coming = try client.request("GET", "/desk/editions", [cookie]).text
        let waiting = Set(coming.matches(of: /\/desk\/editions\/[a-z-]+-202[0-9-]+/).map { String($0.output) })
        guard !waiting.isEmpty, menu.count > 3 else { throw unexpected("the menu or the coming editions are missing") }
        let pages =
            menu + [
                "/desk/items?before=5000", "/desk/items?q=kantinen", "/desk/items?q=findes+ikke", "/desk/items?state=used",
                "/desk/items?state=held", "/desk/items/1234", "/desk/editions/nyt-100", "/desk/log?q=findes+ikke",
            ] + waiting.sorted()
        _ = try times(client, "/feeds/infoskaerm.rss", "", 2_000)
        let feed = median(try times(client, "/feeds/infoskaerm.rss", "", 4_000))
        print("desk, a cached feed request: \(rounded(feed * 1_000, 3)) ms")
        var worst = 0.0
        for (number, page) in pages.enumerated() {
            try editor.change(number)
            let first = try times(client, page, cookie, 1)[0]
            let usual = median(try times(client, page, cookie, rounds))
            worst = max(worst, usual / feed)
            print(
                """
                desk, \(page.replacing(/\d{4}-\d\d-\d\d/, with: "…")): \(rounded(usual * 1_000)) ms, ratio \(rounded(usual / feed, 1)); \
                after a change \(rounded(first * 1_000)) ms, ratio \(rounded(first / feed, 1))
                """)
        }
        print("desk, the slowest page: ratio \(rounded(worst, 1)) of \(rounded(permitted, 0))\(worst > permitted ? ", TOO SLOW" : "")")
    }

    /// Seconds that each request took.
    private static func times(_ client: RawHTTPClient, _ path: String, _ cookie: String, _ count: Int) throws -> [Double] {
        try (0..<count).map { _ in
            let start = ContinuousClock.now
            let answer = try client.request("GET", path, cookie.isEmpty ? [] : [cookie])
            guard answer.status == 200 else { throw unexpected("\(path) said \(answer.status)") }
            return (ContinuousClock.now - start) / .seconds(1)
        }
    }

    // MARK: The ledger

    /// Returns the header of somebody who is logged in.
    private static func fill(_ state: String) throws -> String {
        try FileManager.default.createDirectory(atPath: state, withIntermediateDirectories: true)
        let ledger = try Ledger(folder: state)
        let now = SystemClock().now()
        let begin = now - .days(700)
        let sources = ["Teknik og Miljø", "Børn og Unge", "Sundhed og Omsorg", "HR", "Direktionen", "Hovedudvalget"]
        for part in stride(from: 0, to: items, by: 500) {
            let submissions = (part..<(part + 500)).map { number in
                Submission(
                    source: sources[number % sources.count], name: "nyt-\(number).md", digest: "\(number)", content: content(number),
                    pictures: [])
            }
            _ = try ledger.accept(submissions, at: begin + .hours(Int64(part)))
        }
        for number in 0..<editions {
            let plan = EditionPlan(
                publication: "direktionens-nyhedsbrev", slug: "nyt-\(number)", title: "Direktionens nyhedsbrev", audience: "alle",
                scheduled: Zone.copenhagen.civil(begin + .days(Int64(3 * number))).description, release: begin + .days(Int64(3 * number)),
                cutOff: begin + .days(Int64(3 * number)),
                leaderNotes: false)
            let id = try ledger.planEdition(plan, at: begin)
            let page = SlottedText(marked: String(repeating: "<p>Nyt fra kommunen.</p>\n", count: 500))
            let rendering = EditionRendering(subject: "Nyt", mailHTML: page, mailText: page, pictures: [], web: "<p>Nyt")
            let frozen = (0..<10).map { FrozenItem(item: ItemID(Int64(number * 10 + $0 + 1)), version: 1) }
            try ledger.releaseEdition(
                id,
                Release(
                    items: frozen, renderings: [.da: rendering], recipients: [], mandatory: false, web: true, stopBy: begin + .days(800)),
                by: "planner", at: begin + .days(Int64(3 * number)))
        }
        let roles = [DeskRole.editor, .director, .operator]
        try ledger.addAccount("anne", address: nil, roles: roles, passwordHash: "none", by: "benchmark", at: now)
        let token = base64URL(randomBytes(32))
        try ledger.beginSession(SHA256.hexadecimalDigest(token.utf8), of: "anne", from: "127.0.0.1", at: now)
        return "Cookie: desk=\(token)"
    }

    private static func content(_ number: Int) -> ItemContent {
        let sentence =
            "Vejarbejdet nummer \(number) på Ringvejen begynder mandag, og \(number % 7 == 0 ? "kantinen" : "cafeen") holder åbent. "
        let paragraph = Block.paragraph([.text(String(repeating: sentence, count: 8))])
        return ItemContent(
            title: "Nyhed nummer \(number)", summary: "Vejarbejdet begynder mandag.", category: ["Drift", "Personale", "MED"][number % 3],
            body: Document([paragraph, paragraph, paragraph]))
    }

    private static func port(_ log: String) throws -> UInt16 {
        var found: UInt16?
        let isThere = eventually(within: .minutes(2)) {
            let text = (try? String(contentsOfFile: log, encoding: .utf8)) ?? ""
            found = text.firstMatch(of: /http:\/\/127\.0\.0\.1:(\d+)/).flatMap { UInt16($0.1) }
            return found != nil
        }
        guard isThere, let found else { throw unexpected("the daemon does not start; see \(log)") }
        return found
    }

    private static func unexpected(_ cause: String) -> Fault { Fault("measure", "the desk", cause: cause, mend: "Run the figure alone.") }
}
