import Core
import Foundation
import Testing

@testable import Press

/// What the shipped templates make of the sample edition, byte for byte. `BUDSTIKKE_RENEW_GOLDEN=1 swift test --filter GoldenTests`
/// writes the files anew; then look at them. CI never does.
@Suite struct GoldenTests {
    static let folder = URL(fileURLWithPath: #filePath).deletingLastPathComponent().appendingPathComponent("Golden")
    static let names = Pages.allCases.map(\.rawValue).sorted()

    @Test(arguments: Pages.allCases) func isAsItWas(_ given: Pages) throws {
        let name = given.rawValue
        let page = try given.rendered()
        let file = Self.folder.appendingPathComponent(name)
        let environment = ProcessInfo.processInfo.environment
        if environment["BUDSTIKKE_RENEW_GOLDEN"] == "1" {
            try #require(environment["CI"] == nil, "golden files are renewed by a person, who looks at them")
            try FileManager.default.createDirectory(at: Self.folder, withIntermediateDirectories: true)
            try Data(page.utf8).write(to: file)
        }
        let expected = try String(contentsOf: file, encoding: .utf8)
        #expect(page == expected, "\(name) differs from its golden file in \(Self.difference(page, expected))")
    }

    @Test func nothingElseLiesThere() throws {
        #expect(try FileManager.default.contentsOfDirectory(atPath: Self.folder.path).sorted() == Self.names)
    }

    private static func difference(_ a: String, _ b: String) -> String {
        let (a, b) = (
            a.split(separator: "\n", omittingEmptySubsequences: false), b.split(separator: "\n", omittingEmptySubsequences: false)
        )
        let line = zip(a, b).enumerated().first { $1.0 != $1.1 }?.offset ?? min(a.count, b.count)
        return "line \(line + 1): \(line < a.count ? String(a[line]) : "(end)")"
    }
}

/// Every kind of page, rendered from the sample; the raw value names its golden file.
enum Pages: String, CaseIterable, CustomTestStringConvertible {
    case mail = "mail.html"
    case mailText = "mail.txt"
    case leadersMail = "mail-leaders.html"
    case leadersText = "mail-leaders.txt"
    case englishText = "mail-en.txt"
    case web = "web.html"
    case leadersWeb = "web-leaders.html"
    case alertMail = "mail-alert.html"
    case alertText = "mail-alert.txt"
    case allClearMail = "mail-all-clear.html"
    case allClearText = "mail-all-clear.txt"
    case drillMail = "mail-drill.html"
    case drillText = "mail-drill.txt"
    case correctedWeb = "web-corrected.html"
    case recalledWeb = "web-recalled.html"
    case correctionMail = "mail-correction.html"
    case correctionText = "mail-correction.txt"
    case archive = "archive.html"
    case emptyArchive = "archive-empty.html"
    case receipt = "receipt.html"
    case receiptMail = "receipt.txt"
    case confirm = "notice-confirm.html"
    case preferences = "notice-preferences.html"
    case unsubscribed = "notice-unsubscribed.html"
    case useful = "notice-useful.html"
    case thanks = "notice-thanks.html"
    case saved = "notice-saved.html"
    case savedNone = "notice-saved-none.html"
    case unknownLink = "notice-unknown.html"
    case notFound = "notice-not-found.html"
    case phone = "phone.html"
    case offline = "offline.html"
    case archiveWithPhones = "archive-phones.html"

    var testDescription: String { rawValue }
    var isHTML: Bool { rawValue.hasSuffix(".html") }

    func rendered() throws -> String {
        let press = try Workshop.press()
        switch self {
        case .mail: return try Self.copy(.da).html
        case .mailText: return try Self.copy(.da).text
        case .leadersMail: return try Self.copy(.da, forLeaders: true).html
        case .leadersText: return try Self.copy(.da, forLeaders: true).text
        case .englishText: return try Self.copy(.en).text
        case .web: return try Workshop.rendering().web
        case .leadersWeb: return try Workshop.rendering(Sample.edition(forLeaders: true)).web
        case .alertMail: return try Self.alert(.raised).html
        case .alertText: return try Self.alert(.raised).text
        case .allClearMail: return try Self.alert(.ended).html
        case .allClearText: return try Self.alert(.ended).text
        case .drillMail: return try Self.alert(.raised, isDrill: true).html
        case .drillText: return try Self.alert(.raised, isDrill: true).text
        case .correctedWeb: return try Workshop.rendering(Sample.corrected).web
        case .recalledWeb: return try Workshop.rendering(Sample.recalled).web
        case .correctionMail, .correctionText:
            let mail = PersonalCopy(
                try Workshop.rendering(Sample.correctionMail), name: "Åse Nygård", preferencesURL: Workshop.preferencesURL)
            return self == .correctionMail ? mail.html : mail.text
        case .archive: return try press.archivePage(Sample.archive, language: .da, publicURL: Workshop.publicURL)
        case .emptyArchive: return try press.archivePage([], language: .nb, publicURL: Workshop.publicURL)
        case .archiveWithPhones:
            return try press.archivePage(Sample.archive, language: .nb, publicURL: Workshop.publicURL, offersPhones: true)
        case .phone: return try press.phonePage(Sample.phoneChoices, publicKey: "BKey", language: .da, publicURL: Workshop.publicURL)
        case .offline: return try press.offlinePage(language: .en, publicURL: Workshop.publicURL)
        case .receipt: return try press.receipt(Sample.receipt, language: .da, zone: .copenhagen)
        case .receiptMail: return try press.receiptMail(Sample.receipt, language: .da, zone: .copenhagen).text
        case .confirm, .preferences, .unsubscribed, .useful, .thanks, .saved, .savedNone, .unknownLink, .notFound:
            let notice = try #require(Sample.notices[self])
            return try press.noticePage(notice, language: .da, publicURL: Workshop.publicURL)
        }
    }

    /// One recipient's copy.
    private static func copy(_ language: Language, forLeaders: Bool = false) throws -> PersonalCopy {
        let rendering = try Workshop.rendering(Sample.edition(forLeaders: forLeaders), language: language)
        return PersonalCopy(rendering, name: "Åse Nygård", preferencesURL: Workshop.preferencesURL)
    }

    private static func alert(_ kind: AlertMark.Kind, isDrill: Bool = false) throws -> PersonalCopy {
        let rendering = try Workshop.rendering(Sample.alert(kind, isDrill: isDrill), template: "alert")
        return PersonalCopy(rendering, name: "Åse Nygård", preferencesURL: Workshop.preferencesURL)
    }
}
