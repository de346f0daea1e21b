import Core
import Foundation
import TestKit

@testable import Configuration

/// An installation's files in a temporary folder: DESIGN's examples, with whatever a test writes over them.
struct SetUpFolder {
    let folder: TemporaryFolder

    var file: String { folder.file("budstikke.conf") }
    /// The folder as the settings write it.
    var path: String { URL(fileURLWithPath: folder.path).standardizedFileURL.path }

    init(_ configuration: String = Self.configuration) throws {
        folder = try TemporaryFolder()
        try folder.write("budstikke.conf", configuration)
        try folder.write("Schedules/direktionens-nyhedsbrev.schedule", Self.schedule)
        try folder.write("recipients.csv", "email;name\n")
        try folder.write("Templates/newsletter/mail.txt.mustache", "")
        try secret("kjukken.secret")
        for name in ["drop", "outbox"] {
            try FileManager.default.createDirectory(atPath: folder.file(name), withIntermediateDirectories: true)
        }
    }

    func secret(_ name: String, mode: Int = 0o600) throws {
        try folder.write(name, "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw")
        try FileManager.default.setAttributes([.posixPermissions: mode], ofItemAtPath: folder.file(name))
    }

    func load() throws(SettingsProblems) -> Settings { try Settings.load(file) }

    /// Everything that is wrong, as `check` lists it, with paths from the folder on.
    func problems() -> [String] {
        let (settings, problems) = Settings.read(file)
        return (problems + settings.problemsOutside()).map { "\($0)".replacing(path + "/", with: "") }
    }

    static let configuration = """
        # budstikke.conf
        [Organisation]
        Name=Køge Kommune
        Language=da
        TimeZone=Europe/Copenhagen
        State=state

        [Drop]
        Folder=drop
        Settle=5s
        Rescan=15s

        [Source Teknik og Miljø]
        Kind=department

        [Recipients]
        CSV=recipients.csv

        [Email]
        From=Direktionens nyhedsbrev <nyhedsbrev@koege.example>

        [Relay outbox]
        Directory=outbox
        # or: URL=smtp://relay.koege.example:587, StartTLS=required|preferred|none, User=, PasswordFile=, Connections=8, PerMinute=1800

        [Web]
        Listen=127.0.0.1:8080
        PublicURL=https://nyt.koege.example

        [Endpoint kjukken]
        Kind=webhook
        URL=https://kjukken.koege.example/hook
        SecretFile=kjukken.secret
        AllowPrivate=no

        """

    static let schedule = """
        # Schedules/direktionens-nyhedsbrev.schedule
        [Publication]
        Title=Direktionens nyhedsbrev
        Template=newsletter
        Audience=alle

        [Schedule]
        When=FREQ=MONTHLY;BYDAY=1TU;BYHOUR=8;BYMINUTE=0
        OnHoliday=nextWorkingDay
        CutOff=2d
        AtLeastEvery=31d
        IfEmpty=alert
        IfLate=6h
        Approval=none

        [Selection]
        PerSource=3
        Max=20

        [Channels]
        Email=yes
        Web=yes
        Endpoint=kjukken

        """
}
