/// What a selection has to know of an item.
package protocol Selectable {
    var id: ItemID { get }
    var source: String { get }
    var received: Instant { get }
    var facts: SelectionFacts { get }
}

/// What publications choose by, of an item's content.
package struct SelectionFacts: Hashable, Sendable {
    package var category: String?
    package var audience: String?
    package var channels: Set<ChannelKind>
    package var visibleFrom: Instant?
    package var visibleUntil: Instant?
    package var priority: Priority
    package var lacksAlternativeText: Bool

    private static let everywhere = Set(ChannelKind.allCases)

    package init(_ content: ItemContent) {
        category = content.category
        audience = content.audience
        // Thousands may be kept, and most say the same.
        channels = content.channels == Self.everywhere ? Self.everywhere : content.channels
        visibleFrom = content.visibleFrom
        visibleUntil = content.visibleUntil
        priority = content.priority
        lacksAlternativeText = content.lacksAlternativeText
    }

    /// As ``ItemContent/isVisible(at:)``.
    package func isVisible(at instant: Instant) -> Bool { instant.isBetween(visibleFrom, visibleUntil) }
}

extension Publication {
    /// The items that this publication carries at an instant, in its order: visible then, for its audience, on one of its channels,
    /// of its categories and sources, with described pictures where it demands them, within the quota of each source and the whole.
    package func select<Item: Selectable>(from items: [Item], at instant: Instant) -> [Item] {
        selection.select(from: items.filter { $0.facts.isVisible(at: instant) && suits($0.facts) })
    }

    /// Whether an item may be in this publication at all, by whom it is for and where it may be shown.
    private func suits(_ facts: SelectionFacts) -> Bool {
        let forThese = [nil, Audience.everybody.name, audience].contains { $0?.lowercased() == facts.audience?.lowercased() }
        return forThese && !facts.channels.isDisjoint(with: channels.kinds)
    }
}

extension Publication.Channels {
    /// The kinds of channel that are switched on.
    package var kinds: Set<ChannelKind> {
        var kinds: Set<ChannelKind> = []
        if email { kinds.insert(.email) }
        if web { kinds.insert(.web) }
        if feed { kinds.insert(.screens) }
        if !endpoints.isEmpty { kinds.insert(.intranet) }
        return kinds
    }
}

extension Publication.Selection {
    /// The items of its categories and sources, with described pictures where it demands them, in its order, within the quota of each
    /// source and the whole.
    func select<Item: Selectable>(from items: [Item]) -> [Item] {
        var taken: [String: Int] = [:]
        let withinQuota = order.sorted(items.filter(takes)).filter { item in
            taken[item.source, default: 0] += 1
            return perSource.map { taken[item.source, default: 0] <= $0 } ?? true
        }
        return Array(withinQuota.prefix(max))
    }

    private func takes(_ item: some Selectable) -> Bool {
        matches(item.source, item.facts.category) && !(requiresAlternativeText && item.facts.lacksAlternativeText)
    }

    private func matches(_ source: String, _ category: String?) -> Bool {
        func contains(_ names: [String], _ name: String) -> Bool { names.contains { $0.lowercased() == name.lowercased() } }
        return (categories.isEmpty || contains(categories, category ?? "")) && !contains(excludedCategories, category ?? "")
            && (sources.isEmpty || contains(sources, source))
    }
}

extension Publication.Order {
    func sorted<Item: Selectable>(_ items: [Item]) -> [Item] {
        items.sorted { a, b in
            switch self {
            case .priority:
                (b.facts.priority, b.received, b.id) < (a.facts.priority, a.received, a.id)
            case .newest: (b.received, b.id) < (a.received, a.id)
            case .oldest: (a.received, a.id) < (b.received, b.id)
            case .source: a.source != b.source ? a.source < b.source : (b.received, b.id) < (a.received, a.id)
            }
        }
    }
}
