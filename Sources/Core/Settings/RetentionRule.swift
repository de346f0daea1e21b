/// What is kept for a time, and then no more.
package enum RetentionKind: String, Hashable, Codable, Sendable, CaseIterable {
    /// Items that no edition carries.
    case items
    /// Editions, with what they said and the items that no other edition carries; crisis messages too.
    case editions
    /// Who was sent what, and the service's own mails; counts stay.
    case deliveries
    /// Reports of mails that did not arrive.
    case bounces
    /// Who did what.
    case audit
    /// Pictures that nothing shows any more.
    case pictures
    /// People who have left the directory, with their choices.
    case formerRecipients
    /// What lies in `Modtaget/` and `Afvist/` of the drop folder.
    case receipts

    /// The key in `[Retention]`.
    package var key: String { rawValue.prefix(1).uppercased() + rawValue.dropFirst() }
}

/// How long each kind is kept; what has no span is kept for ever.
package struct RetentionRule: Hashable, Sendable {
    package var spans: [RetentionKind: Span] = [
        .items: .days(730), .editions: .days(1_825), .deliveries: .days(180), .bounces: .days(180), .audit: .days(730),
        .pictures: .days(30),
        .formerRecipients: .days(180), .receipts: .days(90),
    ]
    /// When the nightly pass begins, in minutes after midnight of the organisation's zone.
    package var minute = 3 * 60

    package init() {}

    /// What is older than the returned instant is not kept; `nil` when everything is.
    package func limit(_ kind: RetentionKind, at now: Instant) -> Instant? { spans[kind].map { now - $0 } }
}
