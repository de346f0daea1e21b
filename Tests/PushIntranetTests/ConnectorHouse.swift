import Core
import Crypto
import Foundation
import Press
import TestKit
import Testing

@testable import Ledger
@testable import PushIntranet

/// A ledger, an endpoint of one kind with its strict receiver, and what carries posts from the one to the other.
final class ConnectorHouse {
    static let secret = "hemmelighed-4711"
    static let whsec = "whsec_" + base64(Array(1...32))

    let kind: Endpoint.Kind
    let folder: TemporaryFolder
    let ledger: Ledger
    let clock = ManualClock()
    let receiver: StrictReceiver
    let server: ScriptedHTTPServer
    var endpoint: Endpoint

    init(_ kind: Endpoint.Kind, _ script: [StrictReceiver.Behaviour] = [], per: Endpoint.Per = .item) throws {
        self.kind = kind
        folder = try TemporaryFolder()
        ledger = try folder.ledger()
        let receiver = Self.receiver(kind, script)
        self.receiver = receiver
        server = try ScriptedHTTPServer { receiver.answer($0) }
        endpoint = try Self.endpoint(kind, server.url, folder)
        endpoint.allowPrivate = true
        endpoint.per = per
    }

    deinit { server.stop() }

    private static func receiver(_ kind: Endpoint.Kind, _ script: [StrictReceiver.Behaviour]) -> StrictReceiver {
        switch kind {
        case .webhook: WebhookReceiver(script)
        case .generic: GenericReceiver(script)
        case .wordpress: WordPressReceiver(script)
        case .drupal: DrupalReceiver(script)
        case .sharepoint: SharePointReceiver(script)
        case .teams: TeamsReceiver(script)
        case .mattermost: MattermostReceiver(script)
        case .slack: SlackReceiver(script)
        case .os2display: OS2DisplayReceiver(script)
        case .websub: HubReceiver(script)
        }
    }

    static func endpoint(_ kind: Endpoint.Kind, _ server: String, _ folder: TemporaryFolder) throws -> Endpoint {
        func file(_ name: String, _ text: String) throws { #expect(chmod(try folder.write(name, text + "\n"), 0o600) == 0) }
        try file("kjukken.secret", kind == .webhook ? whsec : kind.secret == .address ? server + "/hemmelig" : secret)
        var endpoint = Endpoint(name: "kjukken", kind: kind, url: server, secretFile: "kjukken.secret")
        switch kind {
        case .webhook: endpoint.url = server + "/krog"
        case .generic:
            try folder.write("body.mustache", GenericReceiver.body)
            endpoint.url = server + "/nyt"
            endpoint.headers = ["X-Api-Key: {{{secret}}}"]
            endpoint.options = [
                "Body": "body.mustache", "Identifier": "data.id", "UpdateURL": server + "/nyt/{{{url.remote}}}",
                "WithdrawURL": server + "/nyt/{{{url.remote}}}",
            ]
        case .wordpress:
            endpoint.url = server + "/wp-json/"
            endpoint.options = ["User": "nyhedsbrev"]
        case .drupal: endpoint.options = ["User": "nyhedsbrev"]
        case .sharepoint:
            endpoint.url = server + "/v1.0"
            endpoint.options = ["Tenant": "koege", "Client": "app", "Site": "koege,1,2", "LoginURL": server + "/login"]
        case .teams, .mattermost, .slack: endpoint.url = nil
        case .os2display:
            endpoint.options = [
                "User": "nyhedsbrev@koege.example", "Template": OS2DisplayReceiver.template, "Playlist": OS2DisplayReceiver.playlist,
            ]
        case .websub:
            endpoint.url = server + "/hub"
            endpoint.secretFile = nil
        }
        return endpoint
    }

    /// The kinds that are told of items and editions.
    static let posting = Endpoint.Kind.allCases.filter(\.takesPosts)

    /// Whether what was told can be changed there; a chat's messages cannot.
    var keepsPosts: Bool { ![.teams, .mattermost, .slack].contains(kind) }

    static let picture = Picture(
        digest: PictureDigest(String(repeating: "ab", count: 32))!, format: .png, width: 4, height: 3, bytes: Array("PNG\0".utf8))

    static func item(
        _ title: String, summary: String = "Den åbner på mandag.", category: String? = "Børn", channels: Set<ChannelKind> = [.intranet],
        until: Instant? = nil, hasPicture: Bool = true
    ) -> ItemContent {
        ItemContent(
            title: title, summary: summary, category: category, channels: channels, visibleUntil: until,
            picture: hasPicture ? PictureReference(digest: picture.digest, alternativeText: "Et hus") : nil,
            link: LinkTarget("https://nyt.koege.example/x"), body: Document([.paragraph([.text("Mere om " + title)])]))
    }

    @discardableResult
    func accept(_ content: ItemContent, name: String = "nyt.md") throws -> ItemID {
        let submission = Submission(
            source: "Børn og Unge", name: name, digest: name + content.title + content.summary, content: content,
            pictures: content.picture == nil ? [] : [PictureRenditions(one: Self.picture)])
        return try ledger.accept(submission, at: clock.now()).item
    }

    /// The release of an edition as the Planner does it.
    @discardableResult
    func release(_ items: [ItemContent], slug: String = "nyt-2026-12-01") throws -> EditionID {
        let now = clock.now()
        let taken = try items.enumerated().map { index, content in
            try #require(try ledger.item(try accept(content, name: "\(slug)-\(index).md")))
        }
        let plan = EditionPlan(
            publication: "nyt", slug: slug, title: "Nyt fra Direktionen", audience: "alle", scheduled: slug, release: now,
            cutOff: now, leaderNotes: false)
        let edition = try ledger.planEdition(plan, at: now)
        let release = Release(
            items: taken.map { FrozenItem(item: $0.id, version: $0.version) }, renderings: [:], recipients: [], mandatory: false,
            posts: PostPlan.release(edition, taken, to: endpoint), web: true, stopBy: now + .days(5))
        try ledger.releaseEdition(edition, release, by: "test", at: now)
        return edition
    }

    func poster(timeLimit: Span = .seconds(20)) throws -> EndpointPoster {
        let press = try Self.press()
        let composer = PostComposer(
            ledger: ledger, language: .da, zone: try #require(Zone("Europe/Copenhagen")), publicURL: "https://nyt.koege.example",
            feeds: { name in name == "nyt" ? HubReceiver.addresses : [] }, press: { press })
        return EndpointPoster(
            endpoint, try endpoint.connector(relativeTo: folder.path, timeLimit: timeLimit), composer: composer, ledger: ledger,
            clock: clock,
            retry: PostRetry(random: { 0.5 }))
    }

    var planning: PostPlanning {
        var feed = Publication(name: "opslag", title: "Opslag", timing: .continuous)
        feed.channels.endpoints = [endpoint.name]
        return PostPlanning(endpoints: [endpoint], publications: [feed], ledger: ledger)
    }

    /// What the endpoint shall have now: posts, or of a hub that the feed of all live items has other bytes.
    func plan() throws {
        _ = try planning.pass(at: clock.now())
        guard let hub = receiver as? HubReceiver else { return }
        let items = try ledger.records(of: ledger.liveItems(at: clock.now()))
        hub.lock.withLock { hub.feed = items.map(\.content.title) }
        let plan = PostPlan(endpoint: endpoint.name, topic: .feed(try ledger.feedNumber("nyt")), version: PostPlan.version(items))
        try ledger.plan([plan], at: clock.now())
    }

    /// Plans, and carries everything that is due now; the newest post afterwards.
    @discardableResult
    func carry(_ poster: EndpointPoster? = nil) throws -> PostRecord? {
        let poster = try poster ?? self.poster()
        try plan()
        while let post = try ledger.claimPost(endpoint.name, at: clock.now()) {
            try ledger.settle(post, try poster.carry(post), at: clock.now())
        }
        return try ledger.posts(endpoint.name).max { $0.id < $1.id }
    }

    func advanceToNextAttempt() throws { clock.set(try #require(try ledger.nextPostDue(endpoint.name))) }

    /// The shipped templates' press.
    static func press() throws -> Press {
        let folder = Oracle.root + "/Templates"
        func text(_ path: String) throws -> String { try String(contentsOfFile: folder + "/" + path, encoding: .utf8) }
        let paths = try FileManager.default.subpathsOfDirectory(atPath: folder).filter { $0.hasSuffix(".mustache") }
        let logo = Picture(digest: picture.digest, format: .png, width: 4, height: 3, bytes: [])
        return try Press(
            templates: Dictionary(uniqueKeysWithValues: try paths.map { ($0, try text($0)) }),
            identity: try Identity(
                SectionFile(text: try text("identity.conf"), file: "identity.conf"), path: "identity.conf", organisation: "Køge Kommune"
            ) { _ in logo },
            catalogue: try Catalogue(
                texts: Dictionary(uniqueKeysWithValues: try Language.allCases.map { ($0, try text("Strings/\($0).strings")) }),
                folder: folder + "/Strings"))
    }
}
