import Core
import Curl
import Foundation
import TestKit
import Testing

/// `/metrics` of the real daemon, as Prometheus' own tool, the rules, the dashboard and the documentation see it.
@Suite struct MetricsTests {
    private static let promtool = "/usr/bin/promtool"
    private static let hasPromtool = Oracle.hasProgram(promtool)
    private static let rules = Oracle.root + "/systemd/budstikke-alerts.rules.yml"

    private static let sections = """

        [Metrics]
        Listen=127.0.0.1:0

        """

    static func scrape(_ daemon: Daemon) throws -> String {
        let text = daemon.logText
        let found = text.firstMatch(of: /metrics: listening on (http:\/\/127\.0\.0\.1:\d+)/)
        let url = try #require(found.map { String($0.1) }, "no address in the log: \(text)")
        var request = HTTPRequest(.get, try HTTPAddress(url + "/metrics"))
        request.reach = .anywhere
        return String(decoding: try request.send().body, as: UTF8.self)
    }

    private static func value(_ series: String, in text: String) -> Double? {
        text.split(separator: "\n").first { $0.hasPrefix(series + " ") }.flatMap { Double($0.dropFirst(series.count + 1)) }
    }

    private static func families(_ text: String) -> [String: String] {
        var kinds: [String: String] = [:]
        for line in text.split(separator: "\n") where line.hasPrefix("# TYPE ") {
            let words = line.split(separator: " ").map(String.init)
            kinds[words[2]] = words[3]
        }
        return kinds
    }

    @Test(.enabled(if: hasPromtool, "needs promtool (prometheus)")) func theToolTheRulesAndTheManualAgreeWithAScrape() throws {
        let house = try Installation { $0 + Self.sections }
        let daemon = try Daemon(house)
        #expect(try ServiceTests.get(daemon, "/metrics").status == 404, "the public listener has no metrics")
        try ServiceTests.drop(house, "HR/Ny kantine.md", "Ny kantine\n\nDen åbner på mandag.\n")
        try ServiceTests.drop(house, "HR/CPR.txt", "Ny kollega\n\nVelkommen til Anne, 070761-4285.\n")
        #expect(try eventually { try ServiceTests.items(house).count == 1 }, "\(daemon.logText)")
        #expect(try eventually { try house.hasPeople() })
        #expect(try house.command("run", "direktionens-nyhedsbrev", "--yes").status == 0)
        #expect(eventually { house.files("outbox").count { $0.hasSuffix(".eml") && !$0.hasPrefix("notices") } == 28 })
        #expect(try ServiceTests.get(daemon, "/feeds/infoskaerm.rss?screen=kantinen").status == 200)
        #expect(try house.command("backup", house.folder.file("sikker.sqlite")).status == 0)
        #expect(
            try eventually {
                Self.value("budstikke_delivery_attempts_total{relay=\"outbox\",state=\"sent\"}", in: try Self.scrape(daemon)) ?? 0 >= 28
            })
        let text = try Self.scrape(daemon)
        #expect(Self.value("budstikke_intake_files_total{result=\"new\"}", in: text) == 1)
        #expect(Self.value("budstikke_intake_refused_total{reason=\"personalNumber\"}", in: text) == 1)
        #expect(Self.value("budstikke_feed_requests_total{feed=\"infoskaerm\"}", in: text) == 1)
        #expect(Self.value("budstikke_recipients", in: text) == 28)
        #expect(Self.value("budstikke_intake_receipt_delay_seconds_count", in: text) == 1)
        #expect(Self.value("budstikke_delivery_attempt_duration_seconds_count{relay=\"outbox\"}", in: text) ?? 0 >= 28)
        #expect(Self.value("budstikke_ledger_readable", in: text) == 1)
        #expect(Self.value("process_resident_memory_bytes", in: text) ?? 0 > 1_000_000)
        #expect(Self.value("process_open_fds", in: text) ?? 0 > 5 && Self.value("budstikke_backup_last_timestamp_seconds", in: text) != nil)
        #expect(!text.contains("@") && !text.contains("070761"))

        let checked = try ChildProcess.run(Self.promtool, ["check", "metrics"], input: Array(text.utf8))
        #expect(checked.status == 0 && checked.outputText.isEmpty, "\(checked.outputText)\(checked.errorText)")
        let names = Self.families(text)
        #expect(try Self.documented() == names)
        let dashboard = try String(contentsOfFile: Oracle.root + "/systemd/grafana-dashboard.json", encoding: .utf8)
        _ = try #require(try JSONSerialization.jsonObject(with: Data(dashboard.utf8)) as? [String: Any])
        for (file, used) in [("rules", try String(contentsOfFile: Self.rules, encoding: .utf8)), ("dashboard", dashboard)] {
            let found = Set(used.matches(of: /\b((?:budstikke|process)_[a-z_]+)\b/).map { String($0.1) })
            #expect(found.count > 8)
            for name in found {
                let family =
                    ["_bucket", "_sum", "_count"].lazy.filter(name.hasSuffix).map { String(name.dropLast($0.count)) }
                    .first { names[$0] == "histogram" } ?? name
                #expect(names[family] != nil, "\(name) of the \(file) is in no scrape")
            }
        }
        // What the ledger counts outlives the process; what the process counts begins anew.
        daemon.terminate()
        let again = try Daemon(house)
        let after = try Self.scrape(again)
        #expect(Self.value("budstikke_delivery_attempts_total{relay=\"outbox\",state=\"sent\"}", in: after) ?? 0 >= 28)
        #expect(Self.value("budstikke_feed_requests_total{feed=\"infoskaerm\"}", in: after) == 0)
        again.terminate()
    }

    /// Names and kinds in the table of the manual.
    private static func documented() throws -> [String: String] {
        let page = try String(contentsOfFile: Oracle.root + "/Sources/budstikke/Documentation.docc/Metrics.md", encoding: .utf8)
        var kinds: [String: String] = [:]
        for match in page.matches(of: /\n\| `((?:budstikke|process)_\w+)` \| (\w+) \|/) { kinds[String(match.1)] = String(match.2) }
        return kinds
    }

    @Test(.enabled(if: hasPromtool, "needs promtool (prometheus)")) func everyRuleFiresInItsCase() throws {
        let checked = try ChildProcess.run(Self.promtool, ["check", "rules", Self.rules])
        #expect(checked.status == 0, "\(checked.outputText)\(checked.errorText)")
        let folder = try TemporaryFolder()
        let cases = try String(contentsOfFile: Oracle.root + "/Tests/budstikkeTests/Oracles/alerts.test.yml", encoding: .utf8)
        let file = try folder.write("alerts.test.yml", cases.replacing("RULES", with: Self.rules))
        let tested = try ChildProcess.run(Self.promtool, ["test", "rules", file])
        #expect(tested.status == 0, "\(tested.outputText)\(tested.errorText)")
        let rules = try String(contentsOfFile: Self.rules, encoding: .utf8)
        for match in rules.matches(of: /- alert: (\w+)/) {
            #expect(cases.contains("alertname: \(match.1)\n        exp_alerts:\n"), "\(match.1) fires in no case")
        }
    }

    @Test func aUnixSocketServesItToo() throws {
        let folder = try TemporaryFolder()
        let house = try Installation { $0 + "\n[Metrics]\nListen=unix:\(folder.file("m.sock"))\n" }
        let daemon = try Daemon(house)
        let answer = try RawHTTPClient(unixPath: folder.file("m.sock")).request("GET", "/metrics")
        #expect(answer.status == 200 && answer.text.contains("budstikke_build_info"))
        daemon.terminate()
    }
}
