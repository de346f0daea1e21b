import Core
import Foundation
import Testing

@testable import PushEmail

/// An edition's mail and its recipients, as the Press and the ledger would give them.
enum Samples {
    static func address(_ text: String) throws -> EmailAddress { try #require(EmailAddress(text)) }

    static func headers(
        from: String = "Direktionens nyhedsbrev, Køge <nyhedsbrev@koege.example>", title: String = "Direktionens nyhedsbrev",
        slug: String = "direktionens-nyhedsbrev-2026-12", mandatory: Bool = false
    ) throws -> MailHeaders {
        MailHeaders(
            from: try #require(Mailbox(from)), date: Instant(seconds: 1_796_108_400), zone: .copenhagen,
            publication: "direktionens-nyhedsbrev", publicationTitle: title, editionSlug: slug, language: .da,
            unsubscription: mandatory ? .mandatory : .offered(mailbox: try address("nyhedsbrev@koege.example")))
    }

    static func picture(_ digit: Character = "a", format: Picture.Format = .png, bytes: [UInt8] = Array(0...255)) throws -> Picture {
        let digest = try #require(PictureDigest(String(repeating: digit, count: 64)))
        return Picture(digest: digest, format: format, width: 1, height: 1, bytes: bytes)
    }

    static func rendering(
        subject: String = "Direktionens nyhedsbrev: Ny cykelsti, færre møder og æbler til alle i december",
        html: String = "", text: String = "", pictures: [Picture] = []
    ) -> EditionRendering {
        let name = SlottedText.marker(.name)
        let link = SlottedText.marker(.preferencesURL)
        let images = pictures.map { "<img src=\"cid:\($0.digest.hexadecimal.prefix(8))\" alt=\"\">" }.joined()
        return EditionRendering(
            subject: subject,
            mailHTML: SlottedText(
                marked: """
                    <!DOCTYPE html>
                    <html lang="da"><body><p>Kære \(name), her er nyt fra direktionen.</p>\(images)
                    \(html)<p><a href="\(link)">Afmeld</a></p></body></html>

                    """),
            mailText: SlottedText(
                marked: """
                    Kære \(name), her er nyt.
                    .
                    ..to prikker
                    From Køge
                    \(text)Slut på linjen \u{20}
                    Afmeld: \(link)

                    """),
            pictures: pictures.map { .init(contentID: String($0.digest.hexadecimal.prefix(8)), digest: $0.digest) }, web: "")
    }

    static func shared(
        _ rendering: EditionRendering = rendering(), pictures: [Picture] = [], headers: MailHeaders? = nil
    ) throws -> SharedMail {
        let known = Dictionary(uniqueKeysWithValues: pictures.map { ($0.digest, $0) })
        return try SharedMail(rendering: rendering, pictures: known, headers: try headers ?? self.headers())
    }

    static func recipient(_ number: Int64 = 7, _ address: String? = nil, name: String = "Åse Sørensen") throws -> MailRecipient {
        MailRecipient(
            id: RecipientID(number), address: try self.address(address ?? "person\(number)@koege.example"), name: name,
            preferences: try #require(LinkTarget("https://nyt.koege.example/u/token\(number)?a=1&b=2")))
    }

    static func bytes(_ shared: SharedMail, _ recipient: MailRecipient) -> [UInt8] {
        var buffer: [UInt8] = []
        shared.append(to: recipient, into: &buffer)
        return buffer
    }
}

extension Samples {
    static var anywhere: LinkTarget {
        guard let target = LinkTarget("https://example.org/") else { preconditionFailure("a valid address") }
        return target
    }
}
