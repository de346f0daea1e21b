/// What a selection has to know of an item.
package protocol Selectable {
    var id: ItemID { get }
    var source: String { get }
    var received: Instant { get }
    var content: ItemContent { get }
}

extension Publication {
    /// The items that this publication carries at an instant, in its order: visible then, for its audience, on one of its channels,
    /// of its categories and sources, with described pictures where it demands them, within the quota of each source and the whole.
    package func select<Item: Selectable>(from items: [Item], at instant: Instant) -> [Item] {
        selection.select(from: items.filter { $0.content.isVisible(at: instant) && suits($0.content) })
    }

    /// Whether an item may be in this publication at all, by whom it is for and where it may be shown.
    private func suits(_ content: ItemContent) -> Bool {
        let forThese = [nil, Audience.everybody.name, audience].contains { $0?.lowercased() == content.audience?.lowercased() }
        return forThese && !content.channels.isDisjoint(with: channels.kinds)
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
        matches(item.source, item.content.category) && !(requiresAlternativeText && item.content.lacksAlternativeText)
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
                (b.content.priority, b.received, b.id) < (a.content.priority, a.received, a.id)
            case .newest: (b.received, b.id) < (a.received, a.id)
            case .oldest: (a.received, a.id) < (b.received, b.id)
            case .source: a.source != b.source ? a.source < b.source : (b.received, b.id) < (a.received, a.id)
            }
        }
    }
}
