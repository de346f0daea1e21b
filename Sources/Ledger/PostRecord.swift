import Core
import Database

package enum PostSubject: Sendable {}
package typealias PostID = Identifier<PostSubject>

package enum FeedSubject: Sendable {}
package typealias FeedID = Identifier<FeedSubject>

/// What a post at an intranet endpoint is about.
package enum PostTopic: Hashable, Codable, Sendable {
    case item(ItemID)
    case edition(EditionID)
    /// One of our own feeds, whose hub is told when it changes.
    case feed(FeedID)

    var kind: String {
        switch self {
        case .item: "item"
        case .edition: "edition"
        case .feed: "feed"
        }
    }

    var number: Int64 {
        switch self {
        case .item(let id): id.number
        case .edition(let id): id.number
        case .feed(let id): id.number
        }
    }

    init(kind: String, number: Int64) {
        self =
            switch kind {
            case "item": .item(ItemID(number))
            case "feed": .feed(FeedID(number))
            default: .edition(EditionID(number))
            }
    }
}

/// What an endpoint shall have of an item or an edition. A version is a short text that is another one whenever the post would be.
package struct PostPlan: Hashable, Sendable {
    package var endpoint: String
    package var topic: PostTopic
    /// `nil`: the receiver shall have it no more.
    package var version: String?
    /// Whether a new post goes before all that wait at its endpoint.
    package var urgency = Urgency.routine
    /// The edition whose release makes it; `nil` for what is posted on its own.
    package var edition: EditionID?

    package init(endpoint: String, topic: PostTopic, version: String?) {
        self.endpoint = endpoint
        self.topic = topic
        self.version = version
    }

    /// An item's post, in the item's own version.
    package init(_ item: ItemRecord, for endpoint: Endpoint) {
        self.init(endpoint: endpoint.name, topic: .item(item.id), version: Self.version([item]))
    }

    /// The version of a post that shows these items: `12.1,13.2`, and `12.1,13.2+1` after the edition's first correction.
    package static func version(_ items: [ItemRecord], corrections: Int = 0) -> String {
        items.map { "\($0.id).\($0.version)" }.joined(separator: ",") + (corrections > 0 ? "+\(corrections)" : "")
    }

    /// Which version of an item a post's version names; `nil` when it names another item.
    package static func version(of item: ItemID, in version: String) -> Int? {
        let parts = version.split(separator: ".")
        return parts.count == 2 && parts[0] == "\(item)" ? Int(parts[1]) : nil
    }

    /// What endpoints get of a crisis message's edition, or of its all-clear's: one post each, also where items have posts of their own.
    package static func alert(_ edition: EditionID, _ alert: AlertRecord, to endpoints: [String]) -> [PostPlan] {
        endpoints.map { endpoint in
            var plan = PostPlan(endpoint: endpoint, topic: .edition(edition), version: "\(alert.item).\(alert.version)")
            plan.urgency = .urgent
            plan.edition = edition
            return plan
        }
    }

    /// What an endpoint gets of an edition when it is released: one post, or one for each item that is for it.
    package static func release(_ edition: EditionID, _ items: [ItemRecord], to endpoint: Endpoint) -> [PostPlan] {
        let items = endpoint.kind.takesPosts ? items.filter { endpoint.takes($0.content) } : []
        let plans =
            switch endpoint.per {
            case .item: items.map { PostPlan($0, for: endpoint) }
            case .edition: items.isEmpty ? [] : [PostPlan(endpoint: endpoint.name, topic: .edition(edition), version: version(items))]
            }
        return plans.map { plan in
            var plan = plan
            plan.edition = edition
            return plan
        }
    }
}

/// A post as the ledger has it: one row for each endpoint and item or edition, whatever becomes of it.
///
///     pending ──claim──▶ sending ──settle──▶ sent          the receiver has `wanted`
///        ▲                  ├──────────────▶ deferred      refused for now
///        │                  ├──────────────▶ ambiguous     it may have it: the answer was lost
///        │                  └──────────────▶ failed        given up, a dead letter; ──retry──▶ pending
///        └── a new version is wanted: sent | failed ──▶ pending; what waits or is under way gets it at its next attempt
///
/// So a correction can never overtake its original: there is one row, and it says the last word. A post that is stuck holds up
/// its own corrections and nothing else.
package struct PostRecord: Hashable, Codable, Sendable {
    package var id: PostID
    package var endpoint: String
    package var topic: PostTopic
    package var wanted: String?
    /// The version that the receiver is known to have; `nil` for none.
    package var told: String?
    /// What the receiver calls it; for the connector alone to read.
    package var remote: String?
    package var state: DeliveryState
    /// How often the present version has been tried.
    package var attempt: Int
    /// Whether the receiver may have it under a name that we do not know.
    package var isUncertain: Bool
    package var doubtful: Int
    package var created: Instant
    package var since: Instant
    package var due: Instant?
    package var stopBy: Instant?
    package var reply: String?
    /// The edition whose release made it.
    package var edition: EditionID?

    /// Whether nothing but time keeps it waiting: what a paused edition has not told yet waits for a person, its corrections and
    /// withdrawals do not.
    static let isFree = """
        (told IS NOT NULL OR wanted IS NULL OR NOT EXISTS
        (SELECT 1 FROM dispatch WHERE dispatch.edition = post.edition AND dispatch.paused IS NOT NULL))
        """

    static let columns = """
        SELECT id, endpoint, kind, subject, wanted, told, remote, state, attempt, uncertain, doubtful, created, since, due, stop_by, reply, edition
        FROM post
        """

    init(_ row: borrowing Row) {
        id = row.identifier(0)
        endpoint = row.text(1)
        topic = PostTopic(kind: row.text(2), number: row.integer(3))
        wanted = row.optionalText(4)
        told = row.optionalText(5)
        remote = row.optionalText(6)
        state = DeliveryState(rawValue: row.text(7)) ?? .failed
        attempt = row.int(8)
        isUncertain = row.bool(9)
        doubtful = row.int(10)
        created = row.instant(11)
        since = row.instant(12)
        due = row.optionalInstant(13)
        stopBy = row.optionalInstant(14)
        reply = row.optionalText(15)
        edition = row.isNull(16) ? nil : row.identifier(16)
    }
}

/// How an endpoint's posts stand.
package struct PostSummary: Hashable, Sendable {
    package var counts: [DeliveryState: Int] = [:]
    /// When the receiver last took a post, or said that it has it no more.
    package var lastSent: Instant?

    /// Posts that wait for their turn or for another attempt.
    package var waiting: Int { [.pending, .sending, .deferred, .ambiguous].reduce(0) { $0 + (counts[$1] ?? 0) } }
    package var failed: Int { counts[.failed] ?? 0 }

    package init() {}
}

/// What became of one attempt at a post.
package enum PostOutcome: Hashable, Sendable {
    /// The receiver has the version; `remote` is what it calls the post, `nil` when it has it no more or gives no name.
    case done(remote: String?, reply: String)
    /// Refused for now; `arrived` is false when not a byte of it can have been taken.
    case deferred(reply: String, until: Instant, arrived: Bool)
    case ambiguous(reply: String, until: Instant)
    case failed(reply: String)

    /// The state that the post is in after it.
    package var state: DeliveryState {
        switch self {
        case .done: .sent
        case .deferred: .deferred
        case .ambiguous: .ambiguous
        case .failed: .failed
        }
    }
}
