import Core
import Crypto
import HTTPServer
import Ledger

/// Unsubscribing and choosing without a login: `/u/<token>`.
///
/// Comes in: a link from a mail. Goes out: with GET a page, and nothing changes, because mail scanners follow links; with POST the change,
/// on the disk before the answer: a mail program's one-click request (RFC 8058, section 3.2: form or multipart, no cookie, no
/// further question) or a button of the page. On failure nothing has changed and 503 says so: the mail program tries again.
package struct PreferencePages: Sendable {
    /// The publications that a recipient is sent by mail, mandatory ones among them.
    package typealias Offer = @Sendable (Recipient) -> [Publication]

    private let ledger: Ledger
    private let key: InstallationKey
    private let clock: any WallClock
    private let language: Language
    private let offer: Offer
    private let render: WebPage.Render
    private let log: Log

    package init(
        ledger: Ledger, key: InstallationKey, clock: any WallClock, language: Language, offer: @escaping Offer,
        render: @escaping WebPage.Render, log: Log = Log("web")
    ) {
        self.ledger = ledger
        self.key = key
        self.clock = clock
        self.language = language
        self.offer = offer
        self.render = render
        self.log = log
    }

    package func addRoutes(to router: inout Router) {
        router.get("/u/{token}") { request in answer(request) { visitor throws(Fault) in try show(visitor) } }
        router.post("/u/{token}") { request in answer(request) { visitor throws(Fault) in try change(visitor, PreferenceForm(request)) } }
    }

    /// Who came, by a token that is theirs, and what they may choose.
    private struct Visitor {
        let recipient: RecipientID
        let language: Language
        /// The page's own address, relative to the server's root.
        let action: String
        let choices: [SubscriptionChoice]
        /// The one that the token is for.
        let own: SubscriptionChoice?
        /// All choices are asked for, not the one alone.
        let isChoosing: Bool
    }

    private func visitor(_ request: Request) throws(Fault) -> Visitor? {
        guard let token = RecipientToken(verifying: request.captures["token"] ?? "", key: key),
            let recipient = try ledger.recipient(token.recipient)
        else { return nil }
        let choices = try offer(recipient).map { publication throws(Fault) in
            SubscriptionChoice(
                publication: publication, isSubscribed: try !ledger.isUnsubscribed(recipient.id, from: publication.name))
        }
        return Visitor(
            recipient: recipient.id, language: recipient.person.language ?? language, action: "/u/\(token.text)", choices: choices,
            own: choices.first { token.concerns($0.publication.name) }, isChoosing: request.query("choose") != nil)
    }

    private func show(_ visitor: Visitor) throws(Fault) -> WebPage {
        if !visitor.isChoosing, visitor.choices.count == 1, let only = visitor.choices.first, only.isSubscribed, !only.isMandatory {
            return .confirm(action: visitor.action, title: only.publication.title)
        }
        let muted = try ledger.mutedTopics(of: visitor.recipient)
        let topics = Set(try ledger.topics()).union(muted).sorted().map { TopicChoice(name: $0, isWanted: !muted.contains($0)) }
        return .preferences(action: visitor.action, choices: visitor.choices, topics: topics, language: visitor.language)
    }

    private func change(_ visitor: Visitor, _ form: PreferenceForm) throws(Fault) -> WebPage {
        switch form {
        case .unsubscribe:
            guard let own = visitor.own, !own.isMandatory else { return try show(visitor) }
            try set(own, false, visitor)
            return .unsubscribed(title: own.publication.title, action: visitor.action)
        case .unsubscribeAll:
            return try save([], visitor)
        case .save(let names, let offered, let topics, let language):
            if !offered.isEmpty {
                // Only what is known may be stored: the form is in the hands of who sends it.
                let muted = try ledger.mutedTopics(of: visitor.recipient)
                let known = muted.union(try ledger.topics())
                let wanted = muted.subtracting(offered).union(offered.subtracting(topics).intersection(known))
                try ledger.muteTopics(visitor.recipient, wanted, at: clock.now())
            }
            if let language = language.flatMap(Language.init(rawValue:)) {
                try ledger.chooseLanguage(visitor.recipient, language, at: clock.now())
            }
            return try save(names, visitor)
        case .unknown:
            return try show(visitor)
        }
    }

    private func save(_ names: Set<String>, _ visitor: Visitor) throws(Fault) -> WebPage {
        var choices = visitor.choices
        for index in choices.indices where !choices[index].isMandatory {
            let wanted = names.contains(choices[index].publication.name)
            try set(choices[index], wanted, visitor)
            choices[index].isSubscribed = wanted
        }
        return .saved(titles: choices.filter(\.stillComes).map(\.publication.title), action: visitor.action)
    }

    private func set(_ choice: SubscriptionChoice, _ wanted: Bool, _ visitor: Visitor) throws(Fault) {
        guard choice.isSubscribed != wanted else { return }
        if wanted {
            try ledger.resubscribe(visitor.recipient, to: choice.publication.name, at: clock.now())
        } else {
            try ledger.unsubscribe(visitor.recipient, from: choice.publication.name, at: clock.now())
        }
    }

    private func answer(_ request: Request, _ make: (Visitor) throws(Fault) -> WebPage) -> Response {
        do throws(Fault) {
            guard let visitor = try visitor(request) else { return .html(try render(.unknownLink, language), status: 404) }
            let page = try make(visitor)
            // In the language that was chosen with it.
            let spoken = try ledger.recipient(visitor.recipient)?.person.language ?? visitor.language
            return .html(try render(page, spoken))
        } catch {
            log.error("\(error)")
            return .refusal(503, headers: ["Retry-After": "30"])
        }
    }
}
