import Core
import Foundation
import Ledger
import TestKit
import Testing

@testable import PushIntranet

/// What every connector has to do, whatever the receiver does. A new kind is added to ``ConnectorHouse`` and has to pass it all.
@Suite struct ConnectorConformanceTests {
    @Test(arguments: ConnectorHouse.posting)
    func anItemIsPublishedCorrectedAndWithdrawn(_ kind: Endpoint.Kind) throws {
        let house = try ConnectorHouse(kind)
        let item = try house.accept(ConnectorHouse.item("Ny børnehave"))
        #expect(try house.carry()?.state == .sent, "\(house.receiver.violations)")
        #expect(house.receiver.titles == ["Ny børnehave"])
        #expect(try house.carry()?.attempt == 1 && house.receiver.decisive == 1, "what is told is not told again")

        #expect(try house.accept(ConnectorHouse.item("Ny børnehave i Herfølge")) == item)
        let corrected = try #require(try house.carry())
        #expect(corrected.state == .sent && corrected.told == corrected.wanted, "\(house.receiver.violations)")
        if house.keepsPosts {
            #expect(house.receiver.titles == ["Ny børnehave i Herfølge"])
        } else {
            #expect(house.receiver.titles == ["Ny børnehave", "Rettelse: Ny børnehave i Herfølge"])
        }

        try house.ledger.withdrawItem(item, by: "test", at: house.clock.now())
        let withdrawn = try #require(try house.carry())
        #expect(withdrawn.state == .sent && withdrawn.told == nil && withdrawn.remote == nil, "\(house.receiver.violations)")
        #expect(house.keepsPosts ? house.receiver.titles == [] : house.receiver.titles.last == "Trukket tilbage: Ny børnehave i Herfølge")
        #expect(house.receiver.violations.isEmpty)
    }

    /// After an edition has frozen an item, a new file of the same name is a new item: it takes the post over.
    @Test(arguments: ConnectorHouse.posting)
    func aSupersededItemsPostBecomesItsSuccessors(_ kind: Endpoint.Kind) throws {
        let house = try ConnectorHouse(kind)
        try house.release([ConnectorHouse.item("Budget")])
        try house.carry()
        #expect(house.receiver.titles == ["Budget"])
        try house.accept(ConnectorHouse.item("Budget 2027"), name: "nyt-2026-12-01-0.md")
        try house.carry()
        #expect(house.receiver.titles.last == (house.keepsPosts ? "Budget 2027" : "Rettelse: Budget 2027"))
        #expect(try house.ledger.posts().count == 1 && house.receiver.titles.count == (house.keepsPosts ? 1 : 2))
        #expect(house.receiver.violations.isEmpty)
    }

    @Test(arguments: ConnectorHouse.posting)
    func anExpiredItemIsWithdrawn(_ kind: Endpoint.Kind) throws {
        let house = try ConnectorHouse(kind)
        let end = house.clock.now() + .hours(3)
        try house.accept(ConnectorHouse.item("Vandet lukkes", until: end))
        try house.carry()
        #expect(try house.planning.pass(at: house.clock.now()) == end)
        house.clock.set(end)
        #expect(try house.carry()?.told == nil)
        #expect(house.keepsPosts ? house.receiver.titles == [] : house.receiver.titles.last == "Trukket tilbage: Vandet lukkes")
    }

    /// An edition is one post; what is withdrawn of it is corrected out, and its recall removes it.
    @Test(arguments: ConnectorHouse.posting)
    func anEditionIsOnePost(_ kind: Endpoint.Kind) throws {
        let house = try ConnectorHouse(kind, per: .edition)
        let edition = try house.release([ConnectorHouse.item("a"), ConnectorHouse.item("b"), ConnectorHouse.item("c", channels: [.email])])
        let post = try #require(try house.carry())
        #expect(post.topic == .edition(edition) && post.state == .sent, "\(house.receiver.violations)")
        #expect(house.receiver.titles == ["Nyt fra Direktionen"])
        _ = try house.ledger.withdrawItem(source: "Børn og Unge", name: "nyt-2026-12-01-0.md", by: "test", at: house.clock.now())
        let corrected = try #require(try house.carry())
        #expect(corrected.state == .sent && corrected.told != post.told && house.receiver.decisive == 2)
        #expect(house.receiver.violations.isEmpty)
    }

    /// FAULTS 16: waits as told; then the post is there once.
    @Test(arguments: Endpoint.Kind.allCases)
    func waitsAsTold(_ kind: Endpoint.Kind) throws {
        let house = try ConnectorHouse(kind, [.refuses(429, headers: [("Retry-After", "120")])])
        try house.accept(ConnectorHouse.item("Nyt"))
        let deferred = try #require(try house.carry())
        #expect(deferred.state == .deferred && deferred.due == house.clock.now() + .seconds(120) && deferred.reply == "HTTP 429")
        try house.advanceToNextAttempt()
        #expect(try house.carry()?.state == .sent)
        #expect(house.receiver.titles == ["Nyt"] && house.receiver.violations.isEmpty)
    }

    /// FAULTS 16: not followed.
    @Test(arguments: Endpoint.Kind.allCases)
    func aRedirectIsNotFollowed(_ kind: Endpoint.Kind) throws {
        let other = try ScriptedHTTPServer([.status(200)])
        defer { other.stop() }
        let house = try ConnectorHouse(kind, [.refuses(307, headers: [("Location", other.url + "/")])])
        try house.accept(ConnectorHouse.item("Nyt"))
        let deferred = try #require(try house.carry())
        #expect(deferred.state == .deferred && deferred.reply == "HTTP 307, a redirect, not followed" && other.connections == 0)
    }

    /// FAULTS 16: disabled and alarmed, until an operator says otherwise.
    @Test(arguments: Endpoint.Kind.allCases)
    func goneEndsTheEndpoint(_ kind: Endpoint.Kind) throws {
        let house = try ConnectorHouse(kind, [.refuses(410)])
        try house.accept(ConnectorHouse.item("Nyt"))
        #expect(try house.carry()?.state == .failed)
        #expect(try house.ledger.endpointStop("kjukken") != nil && house.ledger.standingAlarms().map(\.object) == ["kjukken"])
        try house.accept(ConnectorHouse.item("Andet"), name: "andet.md")
        #expect(try house.carry()?.reply?.hasPrefix("the endpoint is stopped") == true && house.receiver.decisive == 1)
        #expect(try house.ledger.retryPosts("kjukken", by: "operator", at: house.clock.now()) == (kind.takesPosts ? 2 : 1))
        try house.carry()
        #expect(Set(house.receiver.titles) == ["Nyt", "Andet"] && house.receiver.titles.count == 2)
        #expect(try house.ledger.standingAlarms().isEmpty)
    }

    /// FAULTS 16: a slow drip is timed out. FAULTS 17: the receiver has stored the post and its answer is lost. Where the receiver
    /// offers any way to know it, the post is there once; a chat offers none.
    @Test(arguments: Endpoint.Kind.allCases, [true, false])
    func aLostAnswerMakesNoSecondPost(_ kind: Endpoint.Kind, _ isStored: Bool) throws {
        let house = try ConnectorHouse(kind, [isStored ? .losesTheAnswer : .drips])
        try house.accept(ConnectorHouse.item("Nyt"))
        let lost = try #require(try house.carry(house.poster(timeLimit: .milliseconds(700))))
        #expect(lost.state == .ambiguous && lost.due == house.clock.now() + .seconds(5) && lost.doubtful == 1)
        // A page of SharePoint is seen when it is published, which is a request of its own.
        #expect(house.receiver.titles.count == (isStored && kind != .sharepoint ? 1 : 0), "\(house.receiver.violations)")
        try house.advanceToNextAttempt()
        #expect(try house.carry()?.state == .sent, "\(house.receiver.violations)")
        #expect(house.receiver.titles == (isStored && !house.keepsPosts ? ["Nyt", "Nyt"] : ["Nyt"]))
        #expect(house.receiver.violations.isEmpty)
    }

    /// The same for a correction and a withdrawal: done twice they are done once.
    @Test(arguments: Endpoint.Kind.allCases)
    func aCorrectionOrWithdrawalWhoseAnswerIsLostIsDoneOnce(_ kind: Endpoint.Kind) throws {
        let house = try ConnectorHouse(kind)
        let item = try house.accept(ConnectorHouse.item("Nyt"))
        try house.carry()
        for change in [1, 2] {
            house.receiver.next([.losesTheAnswer])
            if change == 1 {
                try house.accept(ConnectorHouse.item("Nyere"))
            } else {
                try house.ledger.withdrawItem(item, by: "test", at: house.clock.now())
            }
            #expect(try house.carry()?.state == .ambiguous)
            try house.advanceToNextAttempt()
            #expect(try house.carry()?.state == .sent, "\(house.receiver.violations)")
            if house.keepsPosts { #expect(house.receiver.titles == (change == 1 ? ["Nyere"] : [])) }
        }
        #expect(house.receiver.violations.isEmpty)
    }

    /// A correction never overtakes its original, and holds nobody else up.
    @Test(arguments: ConnectorHouse.posting)
    func theOrderIsKept(_ kind: Endpoint.Kind) throws {
        let house = try ConnectorHouse(kind, [.refuses(503)])
        try house.accept(ConnectorHouse.item("Første"))
        #expect(try house.carry()?.state == .deferred)
        house.clock.advance(by: .seconds(1))
        try house.accept(ConnectorHouse.item("Første, rettet"))
        try house.accept(ConnectorHouse.item("Anden"), name: "anden.md")
        try house.carry()
        #expect(house.receiver.titles == ["Anden"])
        try house.advanceToNextAttempt()
        try house.carry()
        #expect(house.receiver.history == ["Anden", "Første, rettet"])
        #expect(house.receiver.violations.isEmpty)
    }

    /// A kill between claim and answer: the process that comes next looks before it makes another.
    @Test(arguments: Endpoint.Kind.allCases)
    func aKillWhilePostingMakesNoSecondPost(_ kind: Endpoint.Kind) throws {
        let house = try ConnectorHouse(kind)
        try house.accept(ConnectorHouse.item("Nyt"))
        try house.plan()
        let claimed = try #require(try house.ledger.claimPost("kjukken", at: house.clock.now()))
        _ = try house.poster().carry(claimed)
        #expect(try house.ledger.recoverPosts(at: house.clock.now()) == 1)
        #expect(try house.carry()?.state == .sent)
        #expect(house.receiver.titles.count == (house.keepsPosts ? 1 : 2) && house.receiver.violations.isEmpty)
    }

    /// What a receiver says is kept for an operator, cut, and without anything secret that it repeats.
    @Test(arguments: Endpoint.Kind.allCases)
    func aReplyRepeatsNoSecret(_ kind: Endpoint.Kind) throws {
        let house = try ConnectorHouse(kind, [.echoes(401)])
        try house.accept(ConnectorHouse.item("Nyt"))
        let reply = try #require(try house.carry()?.reply)
        #expect(reply.hasPrefix("HTTP 401: ") && reply.count <= 212)
        for secret in [ConnectorHouse.secret, ConnectorHouse.whsec, "/hemmelig", "bnloZWRzYnJldjpoZW1tZWxpZ2hlZC00NzEx"] {
            #expect(!reply.contains(secret), "\(reply)")
        }
    }

    @Test(arguments: Endpoint.Kind.allCases)
    func aPrivateAddressIsRefusedUnlessAllowed(_ kind: Endpoint.Kind) throws {
        let house = try ConnectorHouse(kind)
        house.endpoint.allowPrivate = false
        try house.accept(ConnectorHouse.item("Nyt"))
        let refused = try #require(try house.carry())
        #expect(refused.state == .deferred && refused.reply == "its address 127.0.0.1 is not a public one")
        #expect(house.server.connections == 0)
    }

    /// `check --endpoints` finds what works and what does not, and tells nobody anything.
    @Test(arguments: Endpoint.Kind.allCases)
    func aTrialPostsNothing(_ kind: Endpoint.Kind) throws {
        let house = try ConnectorHouse(kind)
        #expect(try house.poster().probe().get().isEmpty == false)
        #expect(house.receiver.history.isEmpty && house.receiver.decisive == 0 && house.receiver.violations.isEmpty)
        house.server.stop()
        #expect(throws: PostSetback.self) { try house.poster().probe().get() }
    }

    @Test(arguments: Endpoint.Kind.allCases)
    func afterTheTenthAttemptItIsGivenUp(_ kind: Endpoint.Kind) throws {
        let house = try ConnectorHouse(kind, Array(repeating: .refuses(500), count: 10))
        try house.accept(ConnectorHouse.item("Nyt"))
        for _ in 1...9 {
            #expect(try house.carry()?.state == .deferred)
            try house.advanceToNextAttempt()
        }
        #expect(try house.carry()?.reply == "given up after 10 attempts: HTTP 500")
        #expect(try house.ledger.posts(failedOnly: true).count == 1)
        #expect(try house.ledger.retryPosts(nil, by: "operator", at: house.clock.now()) == 1)
        #expect(try house.carry()?.state == .sent && house.receiver.titles == ["Nyt"])
    }

    /// A correction of an edition reaches its post with the note, behind the original; a recall that leaves nothing removes it.
    @Test(arguments: ConnectorHouse.posting)
    func anEditionIsCorrectedAndRecalled(_ kind: Endpoint.Kind) throws {
        let house = try ConnectorHouse(kind, [.refuses(503)], per: .edition)
        let edition = try house.release([ConnectorHouse.item("a"), ConnectorHouse.item("b")])
        #expect(try house.carry()?.state == .deferred)
        func correct(_ items: [ItemRecord], after: Int) throws {
            let correction = EditionCorrection(
                after: after, note: "mødet er den 4.", items: items.map { FrozenItem(item: $0.id, version: $0.version) }, changed: [],
                removed: [], renderings: [])
            _ = try house.ledger.correctEdition(edition, correction, by: "test", at: house.clock.now())
        }
        try correct(try house.ledger.items(of: edition), after: 0)
        _ = try house.carry()
        #expect(house.receiver.history == [], "the correction waits for its original")
        try house.advanceToNextAttempt()
        let sent = try #require(try house.carry())
        #expect(sent.state == .sent && sent.wanted?.hasSuffix("+1") == true && house.receiver.titles == ["Nyt fra Direktionen"])
        try correct(Array(try house.ledger.items(of: edition).prefix(1)), after: 1)
        #expect(try house.carry()?.told?.hasSuffix("+2") == true && house.receiver.decisive == 3)
        try correct([], after: 2)
        #expect(try house.carry()?.told == nil)
        #expect(try house.ledger.edition(edition)?.state == .recalled)
        #expect(house.keepsPosts ? house.receiver.titles == [] : house.receiver.titles.last == "Trukket tilbage: Nyt fra Direktionen")
        #expect(house.receiver.violations.isEmpty, "\(house.receiver.violations)")
    }

    /// A hub is told of each change of the feed's bytes once, and of nothing else.
    @Test func aHubIsToldOfEachChangeOfTheFeed() throws {
        let house = try ConnectorHouse(.websub)
        let item = try house.accept(ConnectorHouse.item("Nyt"))
        #expect(try house.carry()?.state == .sent && house.receiver.titles == ["Nyt"], "\(house.receiver.violations)")
        try house.carry()
        try house.accept(ConnectorHouse.item("Nyere"))
        try house.carry()
        #expect(house.receiver.titles == ["Nyere"] && house.receiver.decisive == 2)
        try house.ledger.withdrawItem(item, by: "test", at: house.clock.now())
        try house.carry()
        #expect(house.receiver.titles == [] && house.receiver.decisive == 3 && house.receiver.violations.isEmpty)
        try house.release([ConnectorHouse.item("Udgave")])
        #expect(try house.ledger.posts().allSatisfy { $0.topic != .edition(EditionID(1)) }, "an edition is no post at a hub")
    }
}
