import Core
import Crypto
import HTTPServer
import Ledger
import Press

/// Sending an item with a browser: the form, and what became of what was sent.
extension DeskRequest {
    /// Characters of the text; more is no news item.
    private static let textLimit = 200_000
    private static let leaderLimit = 6_000

    /// The sources that the visitor may send items for.
    var ownSources: [Source] { house.sources.filter { visitor.submits(to: $0.name) } }

    func submitPage() throws(Fault) -> Response {
        guard !ownSources.isEmpty, house.dropFolder != nil else { return try forbid("open") }
        return try submitForm(DeskForm(request), problem: nil)
    }

    /// The form with what was written in it.
    private func submitForm(_ form: DeskForm, problem: String?) throws(Fault) -> Response {
        let chosen = form["source"]
        func field(_ name: String) -> Value { .text(form[name] ?? "") }
        var values: [String: Value] = [
            "hasSources": .bool(ownSources.count > 1), "source": .text(ownSources.first?.name ?? ""),
            "sources": .list(ownSources.map { ["value": .text($0.name), "isChosen": .bool($0.name == chosen)] }),
            "audiences": audienceChoices(form["audience"]),
            "contact": .text(form["contact"] ?? visitor.address?.text ?? ""),
            "item": .map(
                Dictionary(
                    uniqueKeysWithValues: ["title", "text", "summary", "category", "from", "until", "leaders", "alt", "caption"].map {
                        ($0, field($0))
                    })),
            "hasMore": .bool(["summary", "category", "from", "until", "leaders"].contains { form[$0]?.isEmpty == false }),
        ]
        if let problem { values["problem"] = .text(problem) }
        return try page(.submit, text("desk.submit"), values, status: problem == nil ? 200 : 422)
    }

    func audienceChoices(_ chosen: String?) -> Value {
        .list(
            house.audiences.map(\.name).map { name in
                let isEverybody = name == Audience.everybody.name
                let isChosen = isEverybody ? (chosen ?? "").isEmpty : chosen?.lowercased() == name.lowercased()
                return [
                    "value": .text(isEverybody ? "" : name), "label": .text(isEverybody ? text("desk.everybody") : name),
                    "isChosen": .bool(isChosen),
                ]
            })
    }

    // MARK: The act

    func submit(_ form: DeskForm) throws(Fault) -> Response {
        let name = form["source"] ?? ""
        guard let source = ownSources.first(where: { $0.name == name }), let folder = house.dropFolder else { return try forbid("submit") }
        let content: DeskSubmission.Content
        switch form["act"] {
        case "attach":
            guard let document = form.file("document"), !document.bytes.isEmpty else {
                return try submitForm(form, problem: text("desk.noDocument"))
            }
            content = .document(.init(name: document.name, bytes: document.bytes))
        default:
            if let problem = mistake(in: form) { return try submitForm(form, problem: problem) }
            content = .written(written(form))
        }
        guard site.submissions.permits(visitor.name, at: now) else { return try submitForm(form, problem: text("desk.submitWait")) }
        let picture = form.file("picture").flatMap { $0.bytes.isEmpty ? nil : DeskSubmission.File(name: $0.name, bytes: $0.bytes) }
        let prepared = folder.prepare(
            DeskSubmission(content: content, picture: picture, actor: visitor.name, mark: Self.mark()), source)
        let object = source.name + "/" + prepared.name
        // Not the request itself, whose body is large.
        let (ledger, actor, now) = (ledger, visitor.name, now)
        site.submissions.put(prepared, for: source) { () throws(Fault) in
            try ledger.recordSubmission(by: actor, object, at: now)
        }
        return .seeOther(Self.path(prepared.name, source))
    }

    private func mistake(in form: DeskForm) -> String? {
        guard form.line("title") != nil else { return text("desk.noTitle") }
        guard (form["text"] ?? "").count <= Self.textLimit, (form["leaders"] ?? "").count <= Self.leaderLimit else {
            return text("desk.textTooLong")
        }
        if let from = form.line("from"), let until = form.line("until"), until <= from { return text("desk.badDates") }
        return nil
    }

    private func written(_ form: DeskForm) -> DeskSubmission.Written {
        var written = DeskSubmission.Written(title: form.line("title") ?? "", text: form.lines("text") ?? "")
        written.summary = form.line("summary")
        written.category = form.line("category")
        written.audience = form.line("audience")
        written.visibleFrom = form.line("from")
        written.visibleUntil = form.line("until")
        written.contact = form.line("contact")
        written.leaderNotes = form.lines("leaders")
        written.alternativeText = form.line("alt")
        written.caption = form.line("caption")
        return written
    }

    /// Letters that make no word and no number.
    private static func mark() -> String {
        let letters = Array("bcdfghjkmnpqrstvwxz")
        return String(randomBytes(6).map { letters[Int($0) % letters.count] })
    }

    private static func path(_ name: String, _ source: Source) -> String {
        "/desk/submit/\(PercentEncoding.encoded(source.folder))/\(PercentEncoding.encoded(name))"
    }

    // MARK: What became of it

    private func withSent(_ make: (String, Source, DeskDropFolder) throws(Fault) -> Response) throws(Fault) -> Response {
        guard let folder = house.dropFolder, let wanted = request.captures["source"], let name = request.captures["name"] else {
            return try notFound()
        }
        guard let source = ownSources.first(where: { $0.folder == wanted }) else {
            return try refuse("open", .otherSource, .forbidden)
        }
        // Only what was sent here, never a file of the trays that is none of it.
        guard name.wholeMatch(of: /[\p{L}\p{N}\- ]{1,90} \([^\/()]+ [a-z]{6}\)/) != nil else { return try notFound() }
        return try make(name, source, folder)
    }

    func sent() throws(Fault) -> Response {
        try withSent { name, source, folder throws(Fault) in
            let outcome = site.submissions.outcome(of: name, for: source, in: folder)
            let address = Self.path(name, source)
            var values: [String: Value] = [
                "address": .text(address), "isWaiting": .bool(!outcome.isSettled), "hasReceipt": false,
                "name": .text(name),
            ]
            switch outcome {
            case .saving: values["text"] = .text(text("desk.sentSaving"))
            case .waiting(nil):
                values["text"] = .text(text("desk.sentWaiting", ["seconds": "\(max(folder.pause.milliseconds / 1_000, 1))"]))
            case .waiting: values["text"] = .text(text("note.readerMissing"))
            case .failed:
                values["text"] = .text(text("desk.sentFailed"))
                values["isProblem"] = true
            case .unknown: return try notFound()
            case .refused(let reason, let written):
                values["written"] = Value(written)
                values["text"] = .text(text("desk.sentRefused"))
                values["isProblem"] = true
                values["reasons"] = .list(reason.split(separator: "\n").map { .text(String($0)) })
            case .received:
                values["text"] = .text(text("desk.sentReceived"))
                values["hasReceipt"] = true
                if let item = try ledger.item(source: source.name, name: name) { values["item"] = .text("/desk/items/\(item.id)") }
            }
            return try page(.sent, text("desk.sent"), values)
        }
    }

    /// The receipt's page as it lies in `Modtaget/`, closed to scripts.
    func sentReceipt() throws(Fault) -> Response {
        try withSent { name, source, folder throws(Fault) in
            guard case .received(let page) = site.submissions.outcome(of: name, for: source, in: folder) else { return try notFound() }
            return framed(page)
        }
    }

    func sentEvents() throws(Fault) -> Response {
        try withSent { name, source, folder throws(Fault) in
            .eventStream { [site] stream in site.submissions.tell(stream, of: name, for: source, in: folder) }
        }
    }
}
