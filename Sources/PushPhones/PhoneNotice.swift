import Core
import Crypto
import Foundation

/// What a phone shows of an edition: the service worker reads it as JSON.
package struct PhoneNotice: Hashable, Sendable {
    package var title: String
    package var text: String
    /// Where a tap leads, below the server's root: `/editions/nyt-2026-12-01`.
    package var link: String
    /// A notice takes the place of the one of the same tag that is still shown: a second copy is never seen, and an all-clear removes its
    /// crisis message.
    package var tag: String
    package var isUrgent: Bool
    package var language: Language

    package init(title: String, text: String, link: String, tag: String, isUrgent: Bool, language: Language) {
        self.title = title
        self.text = text
        self.link = link
        self.tag = tag
        self.isUrgent = isUrgent
        self.language = language
    }

    private struct Form: Encodable {
        var title: String
        var text: String
        var link: String
        var tag: String
        var urgent: Bool
        var lang: String
    }

    /// UTF-8 of at most ``PushEncryption/limit`` bytes: a text that is too long is cut at a word.
    func bytes() throws(Fault) -> [UInt8] {
        var form = Form(
            title: title.shortened(to: 200), text: text.shortened(to: 1_500), link: link, tag: tag, urgent: isUrgent,
            lang: language.rawValue)
        while true {
            let bytes = try Self.encoded(form)
            if bytes.count <= PushEncryption.limit { return bytes }
            guard !form.text.isEmpty else {
                throw Fault("write", "a phone's message", cause: "its title and link are too long", mend: "Report this with the log.")
            }
            form.text = form.text.shortened(to: form.text.count * 3 / 4)
        }
    }

    private static func encoded(_ form: Form) throws(Fault) -> [UInt8] {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
        do { return Array(try encoder.encode(form)) } catch {
            throw Fault("write", "a phone's message", cause: "\(error)", mend: "Report this with the log.")
        }
    }

    /// What a push service replaces an undelivered message by (RFC 8030, section 5.4): at most 32 characters of base64url.
    var topic: String { base64URL(Array(SHA256.digest(Array(tag.utf8)).prefix(18))) }
}

extension String {
    /// The text cut at a word's end to a length in characters, with an ellipsis where something is missing.
    func shortened(to limit: Int) -> String {
        guard count > limit else { return self }
        guard limit > 1 else { return "" }
        let head = prefix(limit - 1)
        let end = head.lastIndex(where: \.isWhitespace) ?? head.endIndex
        return head[..<end].trimmingCharacters(in: .whitespacesAndNewlines) + "…"
    }
}
