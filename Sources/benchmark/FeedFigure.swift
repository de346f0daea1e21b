import Core
import Foundation
import HTTPServer
import PushScreens
import TestKit

/// Feed requests a second, in turns with Debian's nginx with one worker that serves the same bytes from a file: by `wrk` over 64 to
/// 1,000 connections that are kept, for the whole feed (200) and for a client that has it (304).
enum FeedFigure {
    private static let rounds = 3
    private static let connections = [64, 128, 256, 512, 1_000]
    private static let wrk = "/usr/bin/wrk"

    static func run() throws {
        guard Oracle.hasProgram(Nginx.program, wrk) else { return print("feed: left out, needs nginx, wrk (Debian's nginx-light and wrk)") }
        // With the list of screens, as the daemon has it.
        let shelf = FeedShelf(clock: SystemClock(), watch: ScreenWatch(clock: SystemClock()))
        shelf.publish(feed)
        var router = Router()
        shelf.addRoutes(to: &router)
        let server = try Server(.ipv4("127.0.0.1", port: 0), handler: router.response)
        defer { server.stop() }
        guard case .ipv4(_, let port) = server.address, let bytes = shelf.resource(feed.name, .rss)?.bytes.array else { return }
        let nginx = try Nginx(serving: bytes)
        defer { nginx.stop() }
        let (ours, theirs) = ((port, "/feeds/\(feed.name).rss"), (nginx.port, "/feed.rss"))
        for isConditional in [false, true] {
            for connections in connections { try figure(ours, theirs, isConditional, connections, bytes.count) }
        }
    }

    private static func figure(
        _ ours: (UInt16, String), _ theirs: (UInt16, String), _ isConditional: Bool, _ connections: Int, _ size: Int
    ) throws {
        var pairs: [(ours: Double, theirs: Double)] = []
        for _ in 0..<rounds {
            pairs.append((try round(ours, isConditional, connections), try round(theirs, isConditional, connections)))
        }
        let ratios = pairs.map { $0.ours / $0.theirs }.sorted()
        print(
            "feed, \(size) bytes, \(isConditional ? 304 : 200), \(connections) connections: \(middle(pairs.map(\.ours))) requests a second,",
            "nginx \(middle(pairs.map(\.theirs))), ratio \(ratios.map { String(format: "%.2f", $0) }.joined(separator: " · "))")
    }

    /// About 20 KB: what a screen of a middling municipality polls.
    static var feed: Feed {
        Feed(
            name: "infoskaerm", title: "Infoskærm", description: "Nyt fra Køge Kommune", language: .da,
            publicURL: "https://nyt.koege.example",
            publisher: "Køge Kommune",
            entries: (1...24).map { number in
                FeedEntry(
                    id: "tag:nyt.koege.example,2026-11-01:item/\(number)", title: "Nyhed nummer \(number) fra Teknik og Miljø",
                    summary: String(repeating: "Vejarbejdet på Ringvejen begynder mandag. ", count: 9), text: "",
                    published: Instant(seconds: 1_795_000_000), updated: Instant(seconds: 1_795_000_000), author: "Teknik og Miljø",
                    picture: .init(address: "https://nyt.koege.example/pictures/\(number).jpg", mediaType: "image/jpeg", length: 40_000))
            })
    }

    /// Requests a second over three seconds. Throws a ``Fault`` when a single answer was not the one expected.
    private static func round(_ target: (port: UInt16, path: String), _ isConditional: Bool, _ connections: Int) throws -> Double {
        let tag = try RawHTTPClient(port: target.port).request("GET", target.path).headers["etag"] ?? ""
        let condition = isConditional ? ["If-None-Match: \(tag)"] : []
        let status = try RawHTTPClient(port: target.port).request("GET", target.path, condition).status
        guard status == (isConditional ? 304 : 200) else { throw unexpected("it answered \(status)") }
        let outcome = try ChildProcess.run(
            wrk,
            ["-t1", "-c\(connections)", "-d3s"] + condition.flatMap { ["-H", $0] } + ["http://127.0.0.1:\(target.port)\(target.path)"])
        let report = outcome.outputText
        guard outcome.status == 0, !report.contains("Socket errors"), !report.contains("Non-2xx"),
            let line = report.split(separator: "\n").first(where: { $0.hasPrefix("Requests/sec:") }),
            let rate = Double(line.dropFirst("Requests/sec:".count).trimmingCharacters(in: .whitespaces))
        else { throw unexpected(report) }
        return rate
    }

    private static func middle(_ values: [Double]) -> Int { Int(values.sorted()[values.count / 2]) }

    private static func unexpected(_ cause: String) -> Fault { Fault("measure", "the feed", cause: cause, mend: "Run the figure alone.") }
}
