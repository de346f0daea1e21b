import Core
import Foundation
import TestKit
import Testing

/// `check` on a set-up with ten deliberate mistakes lists all ten, each with its place and its mend.
@Suite struct CheckTests {
    @Test func listsAllTenMistakes() throws {
        let house = try Installation { text in
            text.replacing("Language=da", with: "Language=dk")
                .replacing("Settle=100ms", with: "Settle=soon")
                .replacing("[Source HR]\nKind=department", with: "[Source HR]\nKnd=department")
                .replacing("[Web]", with: "[Wbe]")
                .replacing("From=Direktionens nyhedsbrev <nyhedsbrev@eksempel.example>", with: "From=nyhedsbrev")
                .replacing("CSV=recipients.csv", with: "CSV=medarbejdere.csv")
                + "\n[Endpoint kjukken]\nURL=https://kjukken.example/hook\nSecretFile=kjukken.secret\n"
        }
        let schedule = try String(contentsOfFile: house.path + "/Schedules/med-nyt.schedule", encoding: .utf8)
        try house.write(
            "Schedules/med-nyt.schedule",
            schedule.replacing("BYDAY=3TH", with: "BYDAY=3XX"))
        let jobs = try String(contentsOfFile: house.path + "/Schedules/ledige-stillinger.schedule", encoding: .utf8)
        try house.write("Schedules/ledige-stillinger.schedule", jobs.replacing("Audience=alle", with: "Audience=alel"))
        let mail = try String(contentsOfFile: house.path + "/Templates/newsletter/mail.text.mustache", encoding: .utf8)
        try house.write("Templates/newsletter/mail.text.mustache", mail + "\n{{/never opened}}\n")

        let outcome = try house.command("check")
        #expect(outcome.status == 1)
        let lines = outcome.outputText.split(separator: "\n").map(String.init)
        let expected: [(place: String, mend: String)] = [
            ("budstikke.conf:7 Language", "da"), ("budstikke.conf:13 Settle", "Settle="), ("Knd", "Did you mean Kind="),
            ("[Wbe]", "Did you mean [Web]"), (" From", "From="), (" CSV", "Export"), (" SecretFile", "chmod 600"),
            ("med-nyt.schedule:", "BYDAY"), ("ledige-stillinger.schedule:", "Did you mean ‘alle’"),
            ("mail.text.mustache:\(mail.components(separatedBy: "\n").count + 1)", "Write"),
        ]
        for (place, mend) in expected {
            #expect(lines.contains { $0.contains(place) && $0.contains(mend) }, "\(place) in:\n\(outcome.outputText)")
        }
        #expect(lines.last == "10 problems.", "\(outcome.outputText)")
    }
}
