import Core
import Desk
import Ledger
import PushScreens

/// Feeds and the screens that fetch them.
struct ScreenOperations {
    var house: House

    /// The longest list of screens that is printed.
    private static let listed = 500

    /// What each player will make of each item that its feed shows now.
    func lint(at now: Instant) throws(Fault) -> Answer {
        let composition = house.feeds()
        let live = try house.ledger.liveItems(at: now)
        var lines: [FeedLine] = []
        for rule in house.settings.feeds {
            let items = try composition.items(rule, live: live, at: now)
            let remarks = try items.map { item throws(Fault) in
                let facts = try item.content.picture.flatMap { own throws(Fault) -> FeedLint.PictureFacts? in
                    guard let picture = try house.ledger.pictureFacts(own.digest), let length = try house.ledger.pictureLength(own.digest)
                    else { return nil }
                    return .init(width: picture.width, bytes: length)
                }
                return FeedLine.Item(
                    id: item.id, title: item.content.title,
                    remarks: FeedLint(rule).remarks(item.content, picture: facts).map { house.text($0, .en) })
            }
            lines.append(.init(feed: rule.name, profile: rule.profile, items: remarks))
        }
        return Answer(text: text(lines), json: jsonText(lines))
    }

    private func text(_ lines: [FeedLine]) -> String {
        var parts = lines.map { line in
            let remarked = line.items.filter { !$0.remarks.isEmpty }
            let head = "\(line.feed) (\(line.profile.rawValue)): \(line.items.count) items, \(remarked.count) with remarks"
            return ([head] + remarked.flatMap { item in ["  \(item.id) \(item.title)"] + item.remarks.map { "    \($0)" } })
                .joined(separator: "\n")
        }
        let contrast = house.pressroom.press.screenContrast
        if contrast < 7 {
            parts.append(
                "The identity's colours have a contrast of \(Int(contrast * 10) / 10).\(Int(contrast * 10) % 10):1. On a wall 7:1 is read by more people (WCAG 2.1, 1.4.6)."
            )
        }
        return parts.isEmpty ? "There are no feeds." : parts.joined(separator: "\n\n")
    }

    /// Where each feed is read. With the tokens of private feeds: whoever may ask may know them.
    func addresses() -> Answer {
        let composition = house.feeds()
        let lines = house.settings.feeds.map { FeedAddresses($0, composition.frame($0)) }
        let text = lines.map { line in
            ([line.isPrivate ? "\(line.feed) (private)" : line.feed] + line.addresses.map { "  \($0)" } + ["  \(line.screen)"])
                .joined(separator: "\n")
        }
        return Answer(text: lines.isEmpty ? "There are no feeds." : text.joined(separator: "\n\n"), json: jsonText(lines))
    }

    func list() throws(Fault) -> Answer {
        let screens = try house.ledger.screens(limit: Self.listed)
        return Answer(text: screens.isEmpty ? "No screen has fetched yet." : Self.table(screens, house.zone), json: jsonText(screens))
    }

    static func table(_ screens: [ScreenRecord], _ zone: Zone) -> String {
        var table = TextTable("SCREEN", "FEED", "AS", "LAST FETCH", "FROM")
        for screen in screens {
            table.add(
                screen.key.isNamed ? screen.key.label : "–", screen.key.feed, screen.player, shown(screen.last, zone), screen.address)
        }
        return table.text
    }

    func forget(_ label: String, by actor: String, at now: Instant) throws(Fault) -> Answer {
        let keys = try house.ledger.forgetScreen(label, by: actor, at: now)
        guard !keys.isEmpty else {
            throw Fault("forget", label, cause: "no screen of that name has fetched", mend: "See the names with ‘budstikke screens’.")
        }
        for key in keys { try house.ledger.endAlarm(ScreenWatchStage.alarm, ScreenWatchStage.object(key), at: now) }
        return Answer(text: "\(label) is forgotten. It is known again when it fetches.", json: jsonText(keys))
    }
}

private struct FeedAddresses: Encodable {
    var feed: String
    var isPrivate: Bool
    var addresses: [String]
    var screen: String

    init(_ rule: FeedRule, _ feed: Feed) {
        self.feed = rule.name
        isPrivate = rule.access != .open
        addresses = FeedFormat.allCases.map(feed.address)
        screen = feed.screenAddress
    }
}

private struct FeedLine: Encodable {
    struct Item: Encodable {
        var id: ItemID
        var title: String
        var remarks: [String]
    }

    var feed: String
    var profile: FeedProfile
    var items: [Item]
}
