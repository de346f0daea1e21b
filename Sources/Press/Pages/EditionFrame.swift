import Core

/// An edition with everything that its three pages share.
struct EditionFrame: Sendable {
    let press: Press
    let edition: EditionContent
    let language: Language
    let base: String
    let pictures: [PictureDigest: PictureDimensions]
    let folder: String
    let hasWebEdition: Bool
    let mandatoryReason: String?
    /// The mail names its pictures on the web in place of carrying them.
    let linksPictures: Bool
    let webToken: String?

    var dates: DateWords { DateWords(catalogue: press.catalogue, language: language) }
    var title: String { edition.title.singleLine }
    var address: String { "\(base)/editions/\(edition.slug)" + (webToken.map { "/" + $0 } ?? "") }

    func text(_ key: String, _ places: [String: String] = [:]) -> String { press.catalogue.text(key, language, places) }

    /// The entries that may be shown on a channel.
    func entries(for channel: ChannelKind) -> [EditionContent.Entry] { edition.entries.filter { $0.content.channels.contains(channel) } }

    func byline(_ source: String, _ side: CommitteeSide?) -> String { press.catalogue.byline(source, side, language) }

    static func anchor(_ entry: EditionContent.Entry) -> String { "item-\(entry.item)" }

    /// The subject of the mail: the title, and the day when the title itself is not the news.
    var subject: String {
        edition.isAboutCorrections ? text("mail.correctionSubject", ["subject": ownSubject]) : ownSubject
    }

    private var ownSubject: String {
        if let alert = edition.alert { return AlertWords(press.catalogue).title(title, alert, language) }
        if edition.entries.count == 1, edition.entries[0].content.title.singleLine == title { return title }
        return text("mail.subject", ["title": title, "date": dates.day(edition.date)])
    }

    /// What every page of an edition says of it.
    func values(_ entries: [EditionContent.Entry], contentsTitle: (Int, String) -> String = { $1 }) -> [String: Value] {
        [
            "title": .text(title),
            "subject": .text(subject),
            "number": .text(text("edition.number", ["number": String(edition.number)])),
            "date": .text(dates.long(edition.date)),
            "isoDate": .text(edition.date.description),
            "webURL": hasWebEdition ? .text(address) : .null,
            "archiveURL": hasWebEdition ? .text("\(base)/editions/") : .null,
            "usefulURL": .text("\(base)/useful/\(edition.slug)"),
            "reason": .text(text("edition.reason", ["organisation": press.identity.name.singleLine])),
            "mandatoryReason": Value(mandatoryReason?.singleLine),
            "isForLeaders": .bool(edition.showsLeaderNotes),
            "contents": contents(entries, contentsTitle),
            "alert": alert,
            "hasCorrections": .bool(!edition.corrections.isEmpty),
            "corrections": .list(
                correctionLines.map { ["label": .text($0.label), "note": .text($0.note)] }),
            "correctionIntro": edition.isAboutCorrections ? .text(correctionIntro) : .null,
            "recalledText": isRecalled ? .text(text("edition.recalled")) : .null,
        ]
    }

    /// Each correction as readers see it: `Rettet 3. december:` and the note.
    var correctionLines: [(label: String, note: String)] {
        edition.corrections.map { correction in
            let date = dates.short(correction.date, in: edition.date.year)
            return (text("edition.corrected", ["date": date]), correction.note.singleLine)
        }
    }

    var correctionIntro: String { text("mail.correctionIntro", ["title": title, "date": dates.day(edition.date)]) }

    /// Whether a correction has left nothing in it.
    var isRecalled: Bool { !edition.isAboutCorrections && !edition.corrections.isEmpty && edition.entries.isEmpty }

    /// What a crisis message's templates say of it.
    private var alert: Value {
        guard let alert = edition.alert else { return .null }
        return [
            "banner": .text(AlertWords(press.catalogue).banner(alert, language)),
            "isDrill": .bool(alert.isDrill), "isRaised": .bool(alert.kind == .raised), "isEnded": .bool(alert.kind == .ended),
            "endLabel": .text(text("alert.endLabel")), "endText": .text(text("alert.endText")),
            "drillText": .text(text("alert.drillText")),
            "until": Value(alert.until.map { text("alert.until", ["moment": dates.moment($0)]) }),
            "reason": .text(text("alert.reason", ["organisation": press.identity.name.singleLine])),
        ]
    }

    /// A list of contents helps from the sixth item on; before that it is only in the way.
    private func contents(_ entries: [EditionContent.Entry], _ title: (Int, String) -> String) -> Value {
        guard entries.count > 5 else { return .null }
        return .map([
            "items": .list(
                entries.enumerated().map { index, entry in
                    [
                        "anchor": .text(Self.anchor(entry)), "title": .text(title(index + 1, entry.content.title.singleLine)),
                    ]
                })
        ])
    }

    /// Throws a ``Fault`` for a picture that nobody knows the size of: the ledger has every picture, so one that is missing here is
    /// a mistake that would show as a hole in the mail.
    func checkPictures() throws(Fault) {
        for entry in edition.entries {
            for picture in entry.content.pictureReferences where pictures[picture.digest] == nil {
                throw Fault(
                    "render", "edition \(edition.slug)", cause: "item \(entry.item) names a picture that is not known (\(picture.digest))",
                    mend: "Drop the item again together with its picture.")
            }
        }
    }
}
