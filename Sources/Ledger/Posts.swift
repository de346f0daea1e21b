import Core
import Database

// What intranet endpoints shall have and what they are known to have; see ``PostRecord`` for the states. Nothing else writes `post`.
extension Ledger {
    /// How long a version is tried at an endpoint.
    package static let postPeriod = Span.days(5)

    /// Notes what endpoints shall have. A version that is wanted already changes nothing, so it may be said again and again; one
    /// that was never sent and is wanted no more is done. Returns how many posts changed.
    @discardableResult
    package func plan(_ posts: [PostPlan], at now: Instant) throws(Fault) -> Int {
        let changed = try read { db throws(Fault) in
            var changed: [PostPlan] = []
            for plan in posts where try db.differs(plan) { changed.append(plan) }
            return changed
        }
        guard !changed.isEmpty else { return 0 }
        try write([.posts]) { db throws(Fault) in for plan in changed { try db.plan(plan, now) } }
        return changed.count
    }

    /// The post of an item that was superseded becomes the post of the item that came in its place, so that the receiver's post is
    /// corrected, not doubled. Nothing happens when that one has a post of its own.
    package func handOver(_ post: PostID, to item: ItemID, at now: Instant) throws(Fault) {
        try write([.posts]) { db throws(Fault) in
            _ = try db.run("UPDATE OR IGNORE post SET subject = ? WHERE id = ? AND kind = 'item'", Value(item), Value(post))
        }
    }

    /// The number of a feed of ours, by which its posts are known.
    package func feedNumber(_ name: String) throws(Fault) -> FeedID {
        let known = try read { db throws(Fault) in try db.first("SELECT id FROM feed WHERE name = ?", Value(name)) { FeedID($0.integer(0)) }
        }
        if let known { return known }
        return try write([]) { db throws(Fault) in
            try db.run("INSERT OR IGNORE INTO feed (name) VALUES (?)", Value(name))
            return try db.first("SELECT id FROM feed WHERE name = ?", Value(name)) { FeedID($0.integer(0)) } ?? FeedID(0)
        }
    }

    /// The name of a feed of a number; `nil` when there never was one.
    package func feedName(_ id: FeedID) throws(Fault) -> String? {
        try read { db throws(Fault) in try db.first("SELECT name FROM feed WHERE id = ?", Value(id)) { $0.text(0) } }
    }

    /// pending | deferred | ambiguous → sending: the post that is due for longest, an urgent one before others. The attempt is on the disk before this returns.
    package func claimPost(_ endpoint: String, at now: Instant) throws(Fault) -> PostRecord? {
        guard let due = try nextPostDue(endpoint), due <= now else { return nil }
        return try write([]) { db throws(Fault) in
            let urgent = try db.first(
                "\(PostRecord.columns) WHERE urgent AND endpoint = ? AND due <= ? AND \(PostRecord.isFree) ORDER BY due, id LIMIT 1",
                Value(endpoint), Value(now)
            ) { PostRecord($0) }
            let other = try db.first(
                "\(PostRecord.columns) WHERE endpoint = ? AND due <= ? AND \(PostRecord.isFree) ORDER BY due, id LIMIT 1",
                Value(endpoint), Value(now)
            ) { PostRecord($0) }
            guard var post = urgent ?? other else { return nil }
            try db.run(
                """
                UPDATE post SET state = 'sending', attempt = attempt + 1, uncertain = 1, since = ?1, due = NULL,
                stop_by = coalesce(stop_by, ?2) WHERE id = ?3
                """, Value(now), Value(now + Self.postPeriod), Value(post.id))
            post.attempt += 1
            post.stopBy = post.stopBy ?? now + Self.postPeriod
            return post
        }
    }

    /// sending → what became of it. When another version is wanted by now, it is due at once or when the outcome says.
    package func settle(_ post: PostRecord, _ outcome: PostOutcome, at now: Instant) throws(Fault) {
        try write([.posts]) { db throws(Fault) in
            let count = try db.settle(post, outcome, now)
            // The first telling alone: a correction is later by its nature.
            if case .done = outcome, post.told == nil, post.wanted != nil, let edition = post.edition {
                try db.noteMoment(edition, ReleaseChannel.endpoint(post.endpoint), first: now, last: now)
            }
            guard count == 1 else {
                throw Fault(
                    "settle", "post \(post.id)", cause: "it is not being sent in this attempt any more", mend: "Report this with the log.")
            }
            try db.add(1, to: .posts, post.endpoint, outcome.state.rawValue)
        }
    }

    /// sending → pending: claimed and never begun.
    package func giveBack(_ post: PostRecord, at now: Instant) throws(Fault) {
        try write([.posts]) { db throws(Fault) in
            _ = try db.run(
                """
                UPDATE post SET state = 'pending', attempt = attempt - 1, uncertain = ?1, since = ?2, due = ?2
                WHERE id = ?3 AND state = 'sending' AND attempt = ?4
                """, Value(post.isUncertain), Value(now), Value(post.id), Value(post.attempt))
        }
    }

    /// sending → pending, for what a former process left; whether the receiver got it is not known. Returns how many.
    package func recoverPosts(at now: Instant) throws(Fault) -> Int {
        try write([.posts]) { db throws(Fault) in
            try db.run("UPDATE post SET state = 'pending', since = ?1, due = ?1, reply = 'interrupted' WHERE state = 'sending'", Value(now))
        }
    }

    /// failed → pending: of one endpoint or all. An endpoint among them that was stopped gets posts again. Returns how many.
    package func retryPosts(_ endpoint: String?, by actor: String, at now: Instant) throws(Fault) -> Int {
        try write([.posts, .alarms]) { db throws(Fault) in
            try db.run("DELETE FROM endpoint_stop WHERE ?1 IS NULL OR endpoint = ?1", Value(endpoint))
            let count = try db.run(
                """
                UPDATE post SET state = 'pending', attempt = 0, stop_by = NULL, since = ?1, due = ?1
                WHERE state = 'failed' AND (?2 IS NULL OR endpoint = ?2)
                """, Value(now), Value(endpoint))
            try db.run(
                "UPDATE alarm SET ended = ? WHERE kind = ? AND object = 'posts' AND ended IS NULL", Value(now), Value(Ledger.setbackAlarm))
            try db.audit(
                now, actor, "retry", endpoint.map { "endpoint \($0)" } ?? "all endpoints", Phrase.posts.written(["count": "\(count)"]))
            return count
        }
    }

    package func nextPostDue(_ endpoint: String) throws(Fault) -> Instant? {
        try read { db throws(Fault) in
            try db.first(
                "SELECT due FROM post WHERE endpoint = ? AND due IS NOT NULL AND \(PostRecord.isFree) ORDER BY due, id LIMIT 1",
                Value(endpoint)
            ) { $0.instant(0) }
        }
    }

    /// The newest change first.
    package func posts(
        _ endpoint: String? = nil, failedOnly: Bool = false, limit: Int = 200, offset: Int = 0
    ) throws(Fault) -> [PostRecord] {
        try read { db throws(Fault) in
            try db.all(
                """
                \(PostRecord.columns) WHERE (?1 IS NULL OR endpoint = ?1) AND (NOT ?2 OR state = 'failed') ORDER BY since DESC, id DESC
                LIMIT ?3 OFFSET ?4
                """, Value(endpoint), Value(failedOnly), Value(limit), Value(offset)
            ) { PostRecord($0) }
        }
    }

    /// Those of editions' posts, or of items', that an endpoint shall have, in order of their making, up to `limit` after one.
    package func postsInForce(after id: PostID, limit: Int) throws(Fault) -> [PostRecord] {
        try read { db throws(Fault) in
            try db.all(
                "\(PostRecord.columns) WHERE wanted IS NOT NULL AND kind != 'feed' AND id > ? ORDER BY id LIMIT ?", Value(id), Value(limit)
            ) {
                PostRecord($0)
            }
        }
    }

    /// How many posts are in each state.
    package func postCounts(_ endpoint: String? = nil) throws(Fault) -> [DeliveryState: Int] {
        let counts = try read { db throws(Fault) in
            try db.all("SELECT state, count(*) FROM post WHERE ?1 IS NULL OR endpoint = ?1 GROUP BY state", Value(endpoint)) {
                (DeliveryState(rawValue: $0.text(0)), $0.int(1))
            }
        }
        return counts.reduce(into: [:]) { if let state = $1.0 { $0[state] = $1.1 } }
    }

    /// Every endpoint's posts by state, and when the receiver last took one.
    package func postSummaries() throws(Fault) -> [String: PostSummary] {
        let rows = try read { db throws(Fault) in
            try db.all("SELECT endpoint, state, count(*), max(since) FROM post GROUP BY endpoint, state") {
                (endpoint: $0.text(0), state: DeliveryState(rawValue: $0.text(1)), count: $0.int(2), since: $0.instant(3))
            }
        }
        return rows.reduce(into: [:]) { summaries, row in
            guard let state = row.state else { return }
            summaries[row.endpoint, default: PostSummary()].counts[state] = row.count
            if state == .sent { summaries[row.endpoint]?.lastSent = row.since }
        }
    }

    /// The live item that came in the place of a superseded one; `nil` when there is none.
    package func successor(of item: ItemRecord) throws(Fault) -> ItemID? {
        try read { db throws(Fault) in
            try db.first(
                """
                SELECT id FROM item WHERE source = ? AND name = ? AND id > ? AND state NOT IN ('withdrawn', 'superseded')
                ORDER BY id DESC LIMIT 1
                """, Value(item.source), Value(item.name), Value(item.id)
            ) { $0.identifier(0) }
        }
    }
}

extension Connection {
    fileprivate func differs(_ plan: PostPlan) throws(Fault) -> Bool {
        let wanted = try first(
            "SELECT wanted FROM post WHERE endpoint = ? AND kind = ? AND subject = ?", Value(plan.endpoint), Value(plan.topic.kind),
            Value(plan.topic.number)
        ) { [$0.optionalText(0)] }
        return wanted.map { $0.first != plan.version } ?? (plan.version != nil)
    }

    /// Called in a release's own transaction too.
    func plan(_ plan: PostPlan, _ now: Instant) throws(Fault) {
        if plan.version != nil {
            try run(
                """
                INSERT OR IGNORE INTO post (endpoint, kind, subject, urgent, state, created, since, due, edition)
                VALUES (?1, ?2, ?3, ?5, 'pending', ?4, ?4, ?4, ?6)
                """, Value(plan.endpoint), Value(plan.topic.kind), Value(plan.topic.number), Value(now), Value(plan.urgency == .urgent),
                Value(plan.edition))
        }
        try run(
            """
            UPDATE post SET wanted = ?1, attempt = iif(state = 'sending', attempt, 0),
            stop_by = iif(state = 'sending', stop_by, NULL),
            due = CASE WHEN state IN ('sent', 'failed', 'pending') THEN ?2 ELSE due END,
            since = iif(state = 'sending', since, ?2), state = iif(state IN ('sent', 'failed'), 'pending', state)
            WHERE endpoint = ?3 AND kind = ?4 AND subject = ?5 AND wanted IS NOT ?1
            """, Value(plan.version), Value(now), Value(plan.endpoint), Value(plan.topic.kind), Value(plan.topic.number))
        // The receiver never had it, or it has the very version again that is wanted: nothing to say.
        try run(
            """
            UPDATE post SET state = 'sent', due = NULL, reply = 'nothing to be said' WHERE endpoint = ? AND kind = ? AND subject = ?
            AND state = 'pending' AND wanted IS told AND NOT uncertain
            """, Value(plan.endpoint), Value(plan.topic.kind), Value(plan.topic.number))
    }

    fileprivate func settle(_ post: PostRecord, _ outcome: PostOutcome, _ now: Instant) throws(Fault) -> Int {
        let (state, due, reply): (DeliveryState, Instant?, String)
        var (remote, told, isUncertain, doubts) = (post.remote, post.told, true, 0)
        switch outcome {
        case .done(let name, let said):
            (state, due, reply) = (.sent, nil, said)
            (remote, told, isUncertain) = (name, post.wanted, false)
        case .deferred(let said, let until, let arrived):
            (state, due, reply) = (.deferred, until, said)
            isUncertain = arrived || post.isUncertain
        case .ambiguous(let said, let until):
            (state, due, reply) = (.ambiguous, until, said)
            doubts = 1
        case .failed(let said): (state, due, reply) = (.failed, nil, said)
        }
        // What changed meanwhile goes next, with attempts of its own once this one is out of the way.
        return try run(
            """
            UPDATE post SET remote = ?1, told = ?2, uncertain = ?3, doubtful = doubtful + ?4, reply = ?5, since = ?6,
            state = iif(?7 IN ('sent', 'failed') AND wanted IS NOT ?8, 'pending', ?7),
            due = iif(?7 IN ('sent', 'failed') AND wanted IS NOT ?8, ?6, ?9),
            attempt = iif(?7 IN ('sent', 'failed') AND wanted IS NOT ?8, 0, attempt),
            stop_by = iif(?7 IN ('sent', 'failed') AND wanted IS NOT ?8, NULL, stop_by)
            WHERE id = ?10 AND state = 'sending' AND attempt = ?11
            """, Value(remote), Value(told), Value(isUncertain), Value(doubts), Value(String(reply.prefix(500))), Value(now),
            Value(state.rawValue), Value(post.wanted), Value(due), Value(post.id), Value(post.attempt))
    }
}
