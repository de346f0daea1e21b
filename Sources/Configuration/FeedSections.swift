import Core
import Foundation

/// The sections about screens: `[Feed name]` and `[Screens]`.
extension SettingsReader {
    mutating func feed(_ section: inout SectionReader) {
        let name = section.section.name
        let isAddress = name.utf8.allSatisfy { (0x61...0x7A).contains($0) || (0x30...0x39).contains($0) || $0 == 0x2D }
        if !isAddress {
            problems.append(
                .init(
                    section.section.place, cause: "‘\(name)’ cannot stand in an address",
                    mend: "Name the feed with the letters a–z, digits and hyphens, such as [Feed kantinen]; Title= may be anything."))
        }
        var selection = Publication.Selection()
        let profile: FeedProfile = section.choice("Profile") ?? .plain
        selection.categories = section.entries("Category").map(\.value)
        selection.excludedCategories = section.entries("NotCategory").map(\.value)
        selection.sources = section.entries("Source").map(\.value)
        selection.perSource = section.count("PerSource", 1...1000)
        selection.max = section.count("Max", 1...1000) ?? profile.entries
        selection.order = section.choice("Order") ?? selection.order
        var feed = FeedRule(
            name: name, title: section.text("Title") ?? name,
            content: .items(audiences: section.entries("Audience").map(\.value), selection))
        feed.profile = profile
        feed.place = section.text("Place")
        feed.access = section.feedAccess("Private", "TokenVersion")
        feed.language = section.choice("Language")
        feed.textLimit = section.count("TextLimit", 40...100_000) ?? profile.textLimit
        feed.seconds = section.count("Seconds", 3...600) ?? profile.seconds
        feedLocations[name] = section.entries("Location").map(\.value)
        settings.ownFeeds.append(feed)
    }

    mutating func screens(_ section: inout SectionReader) {
        let silence = section.value("SilentAfter", "a time such as 15m, and no less than 2m: screens are noted once a minute") {
            Span($0).flatMap { $0 < .minutes(2) ? nil : $0 }
        }
        settings.screenSilence = silence ?? settings.screenSilence
    }

    /// A location stands for the audiences that nothing but the location decides: a screen at the town hall may show what is for the
    /// people at the town hall, and not what is for its leaders.
    mutating func resolveLocations() {
        for index in settings.ownFeeds.indices {
            let wanted = Set((feedLocations[settings.ownFeeds[index].name] ?? []).map { $0.lowercased() })
            guard !wanted.isEmpty, case .items(let audiences, let selection) = settings.ownFeeds[index].content else { continue }
            let local = settings.audiences.filter { audience in
                !audience.conditions.isEmpty
                    && audience.conditions.allSatisfy { condition in
                        condition.attribute.lowercased() == "location" && condition.values.contains { wanted.contains($0.lowercased()) }
                    }
            }
            settings.ownFeeds[index].content = .items(audiences: audiences + local.map(\.name), selection)
        }
    }
}

extension SectionReader {
    /// Who may read a feed, by the keys of the section that makes it.
    mutating func feedAccess(_ isPrivate: String, _ version: String) -> FeedRule.Access {
        guard boolean(isPrivate) ?? false else {
            refuse(version, "only a private feed's address has a token, see \(isPrivate)=")
            return .open
        }
        return .byAddress(version: count(version, 1...1_000_000) ?? 1)
    }
}

/// What is wrong with feeds when all the settings are seen together.
struct FeedsCheck {
    let settings: Settings

    var problems: [SettingsProblem] {
        var names = Set(settings.publications.filter(\.channels.feed).map(\.name))
        var found: [SettingsProblem] = []
        for feed in settings.ownFeeds {
            let place = settings.places["Feed \(feed.name)"] ?? Place(file: settings.file)
            if !names.insert(feed.name).inserted {
                found.append(
                    .init(
                        place, cause: "there is a feed ‘\(feed.name)’ already",
                        mend: "Name it otherwise, or write Feed=no in the schedule of that name."))
            }
            if feed.name == "assets" {
                found.append(.init(place, cause: "/screen/assets/ is taken by the screen page", mend: "Name the feed otherwise."))
            }
            guard case .items(let audiences, let selection) = feed.content else { continue }
            found += unknown(audiences, settings.audiences.map(\.name), "audience", place.with(key: "Audience"))
            found += unknown(selection.sources, settings.sources.map(\.name), "source", place.with(key: "Source"))
        }
        return found
    }

    private func unknown(_ names: [String], _ known: [String], _ what: String, _ place: Place) -> [SettingsProblem] {
        let lowercased = Set(known.map { $0.lowercased() })
        return names.filter { !lowercased.contains($0.lowercased()) }.map { name in
            SettingsProblem(
                place, cause: "there is no \(what) ‘\(name)’",
                mend: nearestName(to: name, among: known).map { "Did you mean ‘\($0)’?" } ?? "Known are: \(known.joined(separator: ", ")).")
        }
    }
}
