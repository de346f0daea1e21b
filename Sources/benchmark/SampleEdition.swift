import Core
import Foundation
import PushEmail

/// The edition that the mail figures send: 40 KB as it travels, personal in four places, without pictures.
enum SampleEdition {
    /// What smtp-source is told to send, so that both send the same.
    static let size = 40_000

    static var rendering: EditionRendering {
        let item = """
            <tr><td style="padding:12px 0;font-family:Arial,sans-serif"><h2 style="font-size:18px">Ny cykelsti ved Søndre Allé</h2>
            <p>Kommunen anlægger 1,4 kilometer cykelsti mellem skolen og hallen. Arbejdet begynder efter påske.</p></td></tr>

            """
        let name = SlottedText.marker(.name)
        let link = SlottedText.marker(.preferencesURL)
        return EditionRendering(
            subject: "Direktionens nyhedsbrev: Ny cykelsti og færre møder",
            mailHTML: SlottedText(
                marked: "<html lang=\"da\"><p>Kære \(name)</p>\(repeated(item, 28_000))<a href=\"\(link)\">Afmeld</a></html>\n"),
            mailText: SlottedText(marked: "Kære \(name)\n\(repeated("Ny cykelsti ved Søndre Allé.\n", 8_000))Afmeld: \(link)\n"),
            pictures: [],
            web: "")
    }

    static func preferences(_ recipient: RecipientID, _ publication: String) -> LinkTarget {
        let text = "https://nyt.koege.example/u/AAAAAAAAAAFhYWFhYWFhYWJiYmJiYmJiYmJiYmJiYmI\(recipient)"
        guard let target = LinkTarget(text) else { preconditionFailure("a valid address") }
        return target
    }

    static func person(_ number: Int) -> Person? {
        EmailAddress("person\(number)@koege.example").map { Person(address: $0, name: "Åse Sørensen \(number)") }
    }

    static func recipient(_ number: Int) -> MailRecipient? {
        let id = RecipientID(Int64(number))
        return person(number).map {
            MailRecipient(id: id, address: $0.address, name: $0.name, preferences: preferences(id, "direktionens-nyhedsbrev"))
        }
    }

    static func shared() throws(Fault) -> SharedMail {
        guard let from = Mailbox("Direktionens nyhedsbrev <nyhedsbrev@koege.example>") else { preconditionFailure("a valid mailbox") }
        let headers = MailHeaders(
            from: from, date: Instant(seconds: 1_796_108_400), zone: .copenhagen, publication: "direktionens-nyhedsbrev",
            publicationTitle: "Direktionens nyhedsbrev", editionSlug: "direktionens-nyhedsbrev-2026-12-01", language: .da,
            unsubscription: .offered(mailbox: from.address))
        return try SharedMail(rendering: rendering, pictures: [:], headers: headers)
    }

    private static func repeated(_ text: String, _ bytes: Int) -> String { String(repeating: text, count: bytes / text.utf8.count) }
}

/// Processor time of this process, or of the children that it has waited for, in seconds.
func processorTime(ofChildren: Bool = false) -> Double {
    var usage = rusage()
    getrusage(ofChildren ? RUSAGE_CHILDREN.rawValue : RUSAGE_SELF.rawValue, &usage)
    func seconds(_ time: timeval) -> Double { Double(time.tv_sec) + Double(time.tv_usec) / 1_000_000 }
    return seconds(usage.ru_utime) + seconds(usage.ru_stime)
}

func median(_ values: [Double]) -> Double { values.sorted()[values.count / 2] }
func rounded(_ value: Double, _ digits: Int = 2) -> String { String(format: "%.\(digits)f", value) }
