import Core

/// What only shows when all the settings are seen together: names that nothing bears, circles, times that cannot be.
struct SettingsCheck {
    let settings: Settings
    /// Publications whose times could not be read: nothing more is said of them.
    let untimed: Set<String>

    var problems: [SettingsProblem] {
        settings.publications.flatMap(problems(of:)) + settings.endpoints.flatMap(problems(of:)) + deskProblems
            + FeedsCheck(settings: settings).problems + alert
    }

    private var alert: [SettingsProblem] {
        var found: [SettingsProblem] = []
        let known = settings.audiences.map(\.name)
        if !known.contains(where: { $0.lowercased() == settings.alert.audience.lowercased() }) {
            let near = nearestName(to: settings.alert.audience, among: known)
            found.append(
                .init(
                    (settings.places["Alert"] ?? Place(file: settings.file)).with(key: "Audience"),
                    cause: "there is no audience ‘\(settings.alert.audience)’",
                    mend: near.map { "Did you mean ‘\($0)’?" } ?? "Known are: \(known.joined(separator: ", "))."))
        }
        for publication in settings.publications where publication.name == AlertPublication.name {
            found.append(
                .init(
                    Place(file: "\(settings.schedulesFolder)/\(publication.name).schedule"),
                    cause: "‘\(publication.name)’ is what crisis messages are called", mend: "Name the file otherwise."))
        }
        return found
    }

    /// A header that anybody may send, and roles for sources that there are not.
    private var deskProblems: [SettingsProblem] {
        guard let desk = settings.desk, let place = settings.places["Desk"] else { return [] }
        var found: [SettingsProblem] = []
        if desk.userHeader != nil, settings.web.trustedProxies.isEmpty {
            found.append(
                .init(
                    place.with(key: "UserHeader"), cause: "no proxy is trusted, so the header would never be believed",
                    mend: "Name the proxy in [Web] TrustedProxy=, or remove the line."))
        }
        for source in desk.groups.compactMap(\.role.source) where !settings.sources.contains(where: { $0.name == source }) {
            let near = nearestName(to: source, among: settings.sources.map(\.name))
            found.append(
                .init(
                    place.with(key: "Role"), cause: "there is no source ‘\(source)’",
                    mend: near.map { "Did you mean ‘\($0)’?" } ?? "Add [Source \(source)]."))
        }
        return found
    }

    private func problems(of publication: Publication) -> [SettingsProblem] {
        var found: [SettingsProblem] = []
        func unknown(_ key: String, _ what: String, _ name: String, _ known: [String]) {
            guard !known.contains(name) else { return }
            let near = nearestName(to: name, among: known)
            found.append(
                .init(
                    place(publication, key), cause: "there is no \(what) ‘\(name)’",
                    mend: near.map { "Did you mean ‘\($0)’?" }
                        ?? (known.isEmpty ? "Add it to budstikke.conf." : "Known are: \(known.joined(separator: ", "))."))
            )
        }
        unknown("Audience", "audience", publication.audience, settings.audiences.map(\.name))
        if let leaders = publication.leaderBlock { unknown("LeaderBlock", "audience", leaders, settings.audiences.map(\.name)) }
        for endpoint in publication.channels.endpoints { unknown("Endpoint", "endpoint", endpoint, endpointNames) }
        for source in publication.selection.sources { unknown("Source", "source", source, settings.sources.map(\.name)) }
        if case .ahead(let followed, _) = publication.timing {
            unknown("Follows", "publication", followed, settings.publications.map(\.name).filter { $0 != publication.name })
            if let other = settings.publications.first(where: { $0.name == followed }), !untimed.contains(followed) {
                switch other.timing {
                case .recurring: break
                case .continuous, .ahead:
                    found.append(
                        .init(
                            place(publication, "Follows"), cause: "‘\(followed)’ has no rule of its own to follow",
                            mend: "Follow a publication with When=FREQ=…"))
                }
            }
        }
        if case .recurring(let rule, let anchor) = publication.timing {
            if publication.cutOff >= rule.period {
                found.append(
                    .init(
                        place(publication, "CutOff"),
                        cause: "a cut-off of \(publication.cutOff) is no shorter than the time between two editions",
                        mend: "Make it shorter than \(rule.period)."))
            }
            if rule.needsAnchor, anchor == nil {
                found.append(
                    .init(
                        place(publication, "From"), cause: "a rule with INTERVAL or COUNT needs the day that it counts from",
                        mend: "Add a line such as From=2026-01-01 to [Schedule]."))
            }
        }
        return found
    }

    private func problems(of endpoint: Endpoint) -> [SettingsProblem] {
        let place = settings.places["Endpoint \(endpoint.name)"] ?? Place(file: settings.file)
        let known = settings.audiences.map(\.name)
        var found: [SettingsProblem] = endpoint.audiences.filter { !known.contains($0) }.map { name in
            let near = nearestName(to: name, among: known)
            return .init(
                place.with(key: "Audience"), cause: "there is no audience ‘\(name)’",
                mend: near.map { "Did you mean ‘\($0)’?" } ?? "Known are: \(known.joined(separator: ", ")).")
        }
        if !endpoint.kind.takesPosts,
            let publication = settings.publications.first(where: { $0.channels.endpoints.contains(endpoint.name) })
        {
            found.append(
                .init(
                    self.place(publication, "Endpoint"), cause: "‘\(endpoint.name)’ is a hub, which is told of every open feed by itself",
                    mend: "Remove the line."))
            return found
        }
        let continuous = settings.publications.filter { $0.timing == .continuous && $0.channels.endpoints.contains(endpoint.name) }
        if endpoint.per == .edition, let publication = continuous.first {
            found.append(
                .init(
                    place.with(key: "Per"), cause: "‘\(publication.name)’ is continuous and has no editions that could be posted",
                    mend: "Write Per=item, or name the endpoint in a publication with editions."))
        }
        return found
    }

    /// Those too that something is wrong with: they are there all the same.
    private var endpointNames: [String] {
        settings.places.keys.filter { $0.hasPrefix("Endpoint ") }.map { String($0.dropFirst(9)) }.sorted()
    }

    private func place(_ publication: Publication, _ key: String) -> Place {
        settings.places["Publication \(publication.name) \(key)"]
            ?? Place(file: "\(settings.schedulesFolder)/\(publication.name).schedule", key: key)
    }
}

extension RecurrenceRule {
    /// The time between two dates by the frequency alone; several days or hours in a period make it shorter still.
    fileprivate var period: Span {
        switch frequency {
        case .daily: .days(Int64(interval))
        case .weekly: .days(Int64(7 * interval))
        case .monthly: .days(Int64(28 * interval))
        case .yearly: .days(Int64(365 * interval))
        }
    }
}
