import Core
import Ledger

/// What endpoints shall have, as the ledger says.
///
/// Comes in: items and editions as they are. Goes out: for each post that an endpoint has the version it shall have now, and new posts
/// for the items of continuous publications. What was withdrawn, held or has expired shall be there no more; what was superseded is
/// there as its successor. Nothing is told to anybody here.
package struct PostPlanning: Sendable {
    private let endpoints: [Endpoint]
    private let publications: [Publication]
    private let ledger: Ledger

    package init(endpoints: [Endpoint], publications: [Publication], ledger: Ledger) {
        self.endpoints = endpoints
        self.publications = publications
        self.ledger = ledger
    }

    private static let part = 500

    /// Plans everything as of now. Returns when the next item appears or expires, `nil` when nothing will change by itself.
    package func pass(at now: Instant) throws(Fault) -> Instant? {
        var next: [Instant] = []
        var last = PostID(0)
        while case let posts = try ledger.postsInForce(after: last, limit: Self.part), let end = posts.last?.id {
            last = end
            var plans: [PostPlan] = []
            for post in posts {
                guard let endpoint = endpoints.first(where: { $0.name == post.endpoint }) else { continue }
                plans.append(try plan(post, for: endpoint, at: now, &next))
            }
            try ledger.plan(plans, at: now)
        }
        let live = try ledger.liveItems(at: now)
        var plans: [PostPlan] = []
        for publication in publications where publication.timing == .continuous && !publication.channels.endpoints.isEmpty {
            next += live.flatMap { [$0.facts.visibleFrom, $0.facts.visibleUntil] }.compactMap { $0 }
            let items = try ledger.records(of: publication.running(from: live, at: now))
            for endpoint in endpoints
            where endpoint.kind.takesPosts && endpoint.per == .item && publication.channels.endpoints.contains(endpoint.name) {
                plans += items.filter { endpoint.takes($0.content) }.map { PostPlan($0, for: endpoint) }
            }
        }
        try ledger.plan(plans, at: now)
        return next.filter { $0 > now }.min()
    }

    /// Whether everything that an endpoint is told of needs somebody's approval.
    private func needsApproval(_ endpoint: Endpoint) -> Bool {
        let own = publications.filter { $0.channels.endpoints.contains(endpoint.name) }
        return !own.isEmpty && own.allSatisfy { $0.approval != .none }
    }

    /// The items of each edition that is closed and will be told to an endpoint when it is released.
    func coming(for endpoint: Endpoint) throws(Fault) -> [[ItemRecord]] {
        let names = publications.filter { $0.channels.endpoints.contains(endpoint.name) }.map(\.name)
        return try ledger.editions([.closed]).filter { names.contains($0.publication) }.map { edition throws(Fault) in
            edition.arranged(try ledger.items(of: edition.id)).filter { $0.state != .held && endpoint.takes($0.content) }
        }
    }

    private func plan(_ post: PostRecord, for endpoint: Endpoint, at now: Instant, _ next: inout [Instant]) throws(Fault) -> PostPlan {
        switch post.topic {
        // Planned by who makes the feed.
        case .feed: return PostPlan(endpoint: endpoint.name, topic: post.topic, version: post.wanted)
        case .edition(let id):
            let edition = try ledger.edition(id)
            let isOut = edition?.state == .released
            // What a crisis message said stays; that it is over is a post of its own.
            if isOut, edition?.publication == AlertPublication.name {
                return PostPlan(endpoint: endpoint.name, topic: post.topic, version: post.wanted)
            }
            let items = isOut ? try ledger.items(of: id).filter { endpoint.takes($0.content) } : []
            return PostPlan(
                endpoint: endpoint.name, topic: post.topic,
                version: items.isEmpty ? nil : PostPlan.version(items, corrections: edition?.corrections ?? 0))
        case .item(let id):
            guard var item = try ledger.item(id) else { return PostPlan(endpoint: endpoint.name, topic: post.topic, version: nil) }
            if item.state == .superseded, let other = try ledger.successor(of: item), let successor = try ledger.item(other) {
                try ledger.handOver(post.id, to: other, at: now)
                item = successor
            }
            next += [item.content.visibleUntil].compactMap { $0 }
            let isShown = [.accepted, .approved].contains(item.state) && item.content.isVisible(at: now) && endpoint.takes(item.content)
            guard isShown, needsApproval(endpoint), !item.isApproved, post.wanted != nil else {
                return PostPlan(endpoint: endpoint.name, topic: .item(item.id), version: isShown ? PostPlan.version([item]) : nil)
            }
            // What nobody has approved waits: the receiver keeps what was approved before.
            return PostPlan(endpoint: endpoint.name, topic: .item(item.id), version: post.wanted)
        }
    }
}
