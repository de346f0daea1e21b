import Core
import Foundation

/// The header lines' values, read into their types.
struct HeaderValues {
    var title: String?
    var summary: String?
    var category: String?
    var audience: String?
    var channels = Set(ChannelKind.allCases)
    var visibleFrom: Instant?
    var visibleUntil: Instant?
    var priority = Priority.normal
    var pictureName: String?
    var caption: String?
    var alternativeText: String?
    var link: LinkTarget?
    var contact: String?
    var leaderNotes: String?
    var side: CommitteeSide?
    var lints: [Lint] = []

    private static let channelWords: [ChannelKind: [String]] = [
        .email: ["mail", "e-mail", "email", "e-post", "epost", "nyhedsbrev", "nyhetsbrev", "newsletter"],
        .screens: ["skærm", "skærme", "infoskærm", "infoskærme", "skjerm", "skjermer", "infoskjerm", "infoskjermer", "screen", "screens"],
        .web: ["web", "hjemmeside", "nettside", "website"],
        .intranet: ["intranet", "intranettet", "intranett"],
    ]
    private static let priorityWords: [(Priority, [String])] = [
        (.high, ["høj", "høy", "high"]), (.normal, ["normal", "almindelig", "vanlig"]), (.low, ["lav", "low"]),
    ]

    /// Throws a ``Refusal`` that names the line and the key, for the first value that cannot be read.
    init(_ entries: [HeaderReader.Entry], _ rules: ReadingRules) throws(Refusal) {
        for entry in entries where !entry.value.isEmpty { try read(entry, rules) }
        if rules.kind == .committee, side == nil { lints.append(Lint(.missingSide)) }
        if let visibleFrom, let visibleUntil, visibleUntil <= visibleFrom {
            let entry = entries.first { $0.key == .visibleUntil }
            throw Refusal(.badValidity, line: entry?.line, key: entry?.label, value: entry?.value)
        }
    }

    private mutating func read(_ entry: HeaderReader.Entry, _ rules: ReadingRules) throws(Refusal) {
        let oneLine = entry.value.split(separator: "\n").joined(separator: " ")
        switch entry.key {
        case .title: title = oneLine
        case .summary: summary = oneLine
        case .category: category = oneLine
        case .audience: audience = try Self.audience(entry, oneLine, rules)
        case .channels: channels = try Self.channels(entry)
        case .visibleFrom:
            let reading = try Self.date(entry)
            visibleFrom = rules.zone.instant(reading.time ?? CivilDateTime(secondsSince1970: Int64(reading.date.dayNumber) * 86_400))
        case .visibleUntil: visibleUntil = try Self.end(entry, rules)
        case .picture: pictureName = oneLine
        case .caption: caption = oneLine
        case .alternativeText: alternativeText = oneLine
        case .link: link = try Self.link(entry, oneLine)
        case .contact: contact = oneLine
        case .leaderNotes: leaderNotes = entry.value
        case .priority:
            guard let word = Self.priorityWords.first(where: { $0.1.contains(oneLine.lowercased()) }) else {
                throw Refusal(.badPriority, line: entry.line, key: entry.label, value: oneLine)
            }
            priority = word.0
        case .side: try read(side: entry, oneLine, rules)
        }
    }

    /// Only a committee has sides; a department's line says nothing and stops nothing.
    private mutating func read(side entry: HeaderReader.Entry, _ text: String, _ rules: ReadingRules) throws(Refusal) {
        if let kind = rules.kind, kind != .committee { return lints.append(Lint(.sideUnused, text)) }
        guard let read = SideReader.side(text) else {
            throw Refusal(.badSide, line: entry.line, key: entry.label, value: text, nearest: SideReader.nearest(text))
        }
        side = read
    }

    private static func date(_ entry: HeaderReader.Entry) throws(Refusal) -> DateReader.Reading {
        guard let reading = DateReader.read(entry.value) else {
            throw Refusal(.badDate, line: entry.line, key: entry.label, value: entry.value)
        }
        return reading
    }

    /// Without a time of day: the end of that day.
    private static func end(_ entry: HeaderReader.Entry, _ rules: ReadingRules) throws(Refusal) -> Instant {
        let reading = try date(entry)
        let midnight = CivilDateTime(secondsSince1970: Int64((reading.date + 1).dayNumber) * 86_400)
        let end = rules.zone.instant(reading.time ?? midnight)
        guard end > rules.now else { throw Refusal(.expired, line: entry.line, key: entry.label, value: entry.value) }
        return end
    }

    private static func audience(_ entry: HeaderReader.Entry, _ name: String, _ rules: ReadingRules) throws(Refusal) -> String {
        guard let known = rules.audiences.first(where: { $0.lowercased() == name.lowercased() }) else {
            throw Refusal(
                .unknownAudience, line: entry.line, key: entry.label, value: name, nearest: nearestName(to: name, among: rules.audiences))
        }
        return known
    }

    private static func channels(_ entry: HeaderReader.Entry) throws(Refusal) -> Set<ChannelKind> {
        var channels: Set<ChannelKind> = []
        for word in entry.value.lowercased().split(whereSeparator: { ",;/+&\n ".contains($0) }) where !["og", "and"].contains(word) {
            guard let channel = channelWords.first(where: { $0.value.contains(String(word)) })?.key else {
                let nearest = nearestName(to: String(word), among: channelWords.values.flatMap { $0 })
                throw Refusal(.badChannel, line: entry.line, key: entry.label, value: String(word), nearest: nearest)
            }
            channels.insert(channel)
        }
        return channels.isEmpty ? Set(ChannelKind.allCases) : channels
    }

    /// A bare `www.` address and a bare mail address get the scheme that people leave out.
    private static func link(_ entry: HeaderReader.Entry, _ text: String) throws(Refusal) -> LinkTarget {
        let full = text.lowercased().hasPrefix("www.") ? "https://" + text : EmailAddress(text) != nil ? "mailto:" + text : text
        guard let link = LinkTarget(full) else { throw Refusal(.badLink, line: entry.line, key: entry.label, value: text) }
        return link
    }
}
