import Core
import Foundation
import TestKit
import Testing

@testable import Configuration

/// What the contract's examples mean.
@Suite struct SettingsTests {
    @Test func theContractsConfiguration() throws {
        let setUp = try SetUpFolder()
        let settings = try setUp.load()
        let path = setUp.path
        #expect(settings.organisation.name == "Køge Kommune")
        #expect(settings.organisation.language == .da)
        #expect(settings.organisation.zone.identifier == "Europe/Copenhagen")
        #expect(settings.organisation.stateFolder == path + "/state")
        #expect(settings.drop.folder == path + "/drop")
        #expect(settings.drop.settle == .seconds(5) && settings.drop.rescan == .seconds(15))
        #expect(settings.sources == [Source(name: "Teknik og Miljø", kind: .department)])
        #expect(settings.recipientsFile == path + "/recipients.csv")
        #expect(settings.email?.from == Mailbox("Direktionens nyhedsbrev <nyhedsbrev@koege.example>"))
        #expect(settings.relays == [Relay(name: "outbox", destination: .directory(path + "/outbox"))])
        #expect(settings.web.listen == .address(host: "127.0.0.1", port: 8080))
        #expect(settings.web.publicURL == "https://nyt.koege.example")
        let endpoint = Endpoint(
            name: "kjukken", kind: .webhook, url: "https://kjukken.koege.example/hook", secretFile: path + "/kjukken.secret")
        #expect(settings.endpoints == [endpoint])
        #expect(settings.audiences == [.everybody])
        #expect(setUp.problems() == [])
    }

    @Test func theContractsSchedule() throws {
        let publication = try #require(try SetUpFolder().load().publications.first)
        var expected = Publication(
            name: "direktionens-nyhedsbrev", title: "Direktionens nyhedsbrev",
            timing: .recurring(try RecurrenceRule("FREQ=MONTHLY;BYDAY=1TU;BYHOUR=8;BYMINUTE=0"), from: nil))
        expected.cutOff = .days(2)
        expected.atLeastEvery = .days(31)
        expected.ifEmpty = .alert
        expected.selection.perSource = 3
        expected.channels.email = true
        expected.channels.web = true
        expected.channels.endpoints = ["kjukken"]
        #expect(publication == expected)
    }

    @Test func everyOtherKey() throws {
        let setUp = try SetUpFolder(
            SetUpFolder.configuration + """
                [Audience ledere]
                Match = role = leder | direktør
                Match=location=Rådhuset
                [Source HR]
                Kind=Directorate
                Contact=hr@koege.example
                Category=Ledig stilling
                [Relay smart]
                URL=smtp://relay.koege.example:587
                StartTLS=Preferred
                User=nyt
                PasswordFile=/etc/relay.password
                CAFile=ca.pem
                Connections=8
                PerMinute=1800
                [ClosingDays]
                ConstitutionDay=off
                ChristmasEve=YES
                NewYearsEve=0
                Closed=2026-12-28
                Closed=2026-12-29
                """)
        try setUp.folder.write(
            "Schedules/leder.schedule",
            """
            [Publication]
            Title=Leder
            Audience=ledere
            Language=nb
            LeaderNotes=on
            Mandatory=Du er leder.
            [Schedule]
            Follows=direktionens-nyhedsbrev
            Ahead=1d 12h
            [Selection]
            Category=MED
            Category=HR
            NotCategory=Sport
            Source=HR
            Order=newest
            Repeats=true
            [Channels]
            Feed=1
            """)
        try setUp.folder.write(
            "Schedules/uge.schedule",
            "[Publication]\nTitle=Uge\n[Schedule]\nWhen=FREQ=WEEKLY;INTERVAL=2\nFrom=2026-01-05\n[Channels]\nWeb=y\n")
        let settings = try setUp.load()
        #expect(
            settings.audiences.last
                == Audience(
                    name: "ledere",
                    conditions: [
                        .init(attribute: "role", values: ["leder", "direktør"]), .init(attribute: "location", values: ["Rådhuset"]),
                    ]))
        #expect(
            settings.sources.last
                == Source(name: "HR", kind: .directorate, contact: EmailAddress("hr@koege.example"), category: "Ledig stilling"))
        let relay = try #require(settings.relays.last)
        #expect(
            relay.destination
                == .smtp(
                    url: "smtp://relay.koege.example:587", startTLS: .preferred, user: "nyt", passwordFile: "/etc/relay.password",
                    caFile: setUp.path + "/ca.pem"))
        #expect(relay.connections == 8 && relay.perMinute == 1800)
        #expect(!settings.closingDays.constitutionDay && settings.closingDays.christmasEve && !settings.closingDays.newYearsEve)
        #expect(settings.closingDays.others.map(\.description).sorted() == ["2026-12-28", "2026-12-29"])
        let leader = try #require(settings.publications.first { $0.name == "leder" })
        #expect(leader.timing == .ahead(of: "direktionens-nyhedsbrev", by: .hours(36)))
        #expect(leader.language == .nb && leader.showsLeaderNotes && leader.mandatoryReason == "Du er leder.")
        #expect(
            leader.selection.categories == ["MED", "HR"] && leader.selection.excludedCategories == ["Sport"] && leader.selection.repeats)
        #expect(leader.selection.order == .newest && leader.channels.feed && !leader.channels.email)
        let weekly = try #require(settings.publications.first { $0.name == "uge" })
        #expect(weekly.timing == .recurring(try RecurrenceRule("FREQ=WEEKLY;INTERVAL=2"), from: CivilDate(iso: "2026-01-05")))
    }

    @Test func dropInsOverrideKeyByKeyInTheOrderOfTheirNames() throws {
        let setUp = try SetUpFolder()
        try setUp.folder.write("budstikke.conf.d/20-late.conf", "[Drop]\nSettle=20s\n[Web]\nListen=[::1]:9090\n")
        try setUp.folder.write("budstikke.conf.d/10-early.conf", "[Drop]\nSettle=10s\nRescan=30s\n[Source HR]\n")
        try setUp.folder.write("budstikke.conf.d/note.txt", "[Nothing]\n")
        try setUp.folder.write("budstikke.conf.d/30-clear.conf", "[Organisation]\nState=\n")
        let settings = try setUp.load()
        #expect(settings.drop.settle == .seconds(20) && settings.drop.rescan == .seconds(30))
        #expect(settings.web.listen == .address(host: "::1", port: 9090) && settings.web.publicURL == "https://nyt.koege.example")
        #expect(settings.sources.map(\.name) == ["Teknik og Miljø", "HR"])
        #expect(settings.organisation.stateFolder == setUp.path + "/state")
    }

    @Test func whatWindowsWrites() throws {
        let setUp = try SetUpFolder("\u{FEFF}" + SetUpFolder.configuration.replacing("\n", with: "\r\n"))
        #expect(try setUp.load().organisation.name == "Køge Kommune")
    }

    @Test func aContinuedLineSkipsComments() throws {
        let setUp = try SetUpFolder(
            SetUpFolder.configuration.replacing("Name=Køge Kommune", with: "Name=Køge \\\n# in between\n  ; and this\n  Kommune"))
        #expect(try setUp.load().organisation.name == "Køge Kommune")
    }

    /// The six schedules that are shipped, with the least configuration that they need.
    @Test func theShippedSchedulesLoad() throws {
        let setUp = try SetUpFolder(SetUpFolder.configuration + "[Audience ledere]\nMatch=role=leder\n")
        let shipped = Oracle.root + "/Schedules"
        let names = try FileManager.default.contentsOfDirectory(atPath: shipped).filter { $0.hasSuffix(".schedule") }.sorted()
        for name in names { try setUp.folder.write("Schedules/" + name, try String(contentsOfFile: shipped + "/" + name, encoding: .utf8)) }
        #expect(setUp.problems() == [])
        let publications = try setUp.load().publications
        #expect(
            publications.map(\.name) == [
                "direktionens-nyhedsbrev", "infoskaerm", "kunngoerelser", "lederbriefing", "ledige-stillinger", "med-nyt",
            ])
        #expect(publications.first { $0.name == "lederbriefing" }?.timing == .ahead(of: "direktionens-nyhedsbrev", by: .hours(24)))
        #expect(publications.first { $0.name == "infoskaerm" }?.timing == .continuous)
    }

    @Test func theTableOfKeysNamesEachOnce() {
        let kinds = KnownKeys.configuration.map(\.kind) + KnownKeys.schedule.map(\.kind)
        #expect(Set(kinds).count == kinds.count)
        for rule in KnownKeys.configuration + KnownKeys.schedule {
            #expect(Set(rule.keys.map(\.name)).count == rule.keys.count)
            #expect(rule.keys.allSatisfy { !$0.meaning.isEmpty })
        }
    }
}
