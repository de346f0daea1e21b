import Core
import HTTPServer
import Ledger
import Press

/// An edit as it was written, before it is saved.
struct EditReview {
    /// The form's fields as they were written.
    var form: Value
    /// What it would change.
    var changes: Value
}

/// Changing an item at the desk: the form, what it would change, and the new version.
extension DeskRequest {
    private static let textLimit = 200_000

    func editForm(_ content: ItemContent) -> Value {
        editForm(
            [
                "title": content.title, "summary": content.summary, "category": content.category ?? "",
                "from": content.visibleFrom.map(local) ?? "", "until": content.visibleUntil.map(local) ?? "",
                "alt": content.picture?.alternativeText ?? "", "caption": content.picture?.caption ?? "",
                "body": MarkdownWriter.text(content.body), "leaders": content.leaderNotes.map(MarkdownWriter.text) ?? "",
            ], audience: content.audience, of: content)
    }

    private func editForm(_ fields: [String: String], audience: String?, of content: ItemContent) -> Value {
        var values = fields.mapValues { Value.text($0) }
        values["audiences"] = audienceChoices(audience)
        values["hasPicture"] = .bool(content.picture != nil)
        values["hasPictures"] = .bool(!content.body.pictures.isEmpty)
        values["hasNotes"] = .bool(MarkdownWriter.text(content.body).contains("[^1]"))
        return .map(values)
    }

    /// As a field of type `datetime-local` has it.
    private func local(_ instant: Instant) -> String { String(house.zone.civil(instant).description.prefix(16)) }

    private func instant(_ typed: String?, _ former: Instant?) -> Instant? {
        guard let typed else { return nil }
        // A minute is all that the field can say: what it did not change keeps its seconds.
        if let former, local(former) == typed { return former }
        return CivilDateTime(iso: typed).map(house.zone.instant) ?? former
    }

    // MARK: The act

    /// Saves what the form says as a new version, or shows what that would change.
    func edit(_ item: ItemRecord, _ form: DeskForm, isReview: Bool) throws(Fault) -> Response {
        let back = "/desk/items/\(item.id)"
        switch read(form, of: item.content) {
        case .failure(let mistake):
            tell(mistake.words, isProblem: true)
            return try itemPage(item, review: review(form, item.content, nil))
        case .success(let edit):
            let new = edit.applied(to: item.content)
            if isReview { return try itemPage(item, review: review(form, item.content, new)) }
            let approved = try approvalsLost(by: item, new)
            let success =
                approved.isEmpty
                ? text("desk.doneEdited") : text("desk.doneEditedRevoked", ["what": approved.joined(separator: ", ")])
            return done(back, success) { () throws(Fault) in try perform(.editItem(item.id, from: item.version, edit)) }
        }
    }

    private struct Mistake: Error { var words: String }

    private func read(_ form: DeskForm, of content: ItemContent) -> Result<ItemEdit, Mistake> {
        func mistake(_ key: String) -> Result<ItemEdit, Mistake> { .failure(Mistake(words: text(key))) }
        var edit = ItemEdit(content)
        guard let title = form.line("title") else { return mistake("desk.noTitle") }
        edit.title = title
        edit.summary = form.line("summary") ?? ""
        edit.category = form.line("category")
        let audience = form.line("audience")
        edit.audience = audience.flatMap { wanted in house.audiences.map(\.name).first { $0 == wanted && $0 != Audience.everybody.name } }
        edit.visibleFrom = instant(form.line("from"), content.visibleFrom)
        edit.visibleUntil = instant(form.line("until"), content.visibleUntil)
        if content.picture != nil {
            edit.alternativeText = form.line("alt") ?? ""
            edit.caption = form.line("caption")
        }
        if let from = edit.visibleFrom, let until = edit.visibleUntil, until <= from { return mistake("desk.badDates") }
        for (field, former, path) in [
            ("body", content.body, \ItemEdit.body), ("leaders", content.leaderNotes ?? Document(), \ItemEdit.leaderNotes),
        ] as [(String, Document, WritableKeyPath<ItemEdit, Document?>)] {
            // A form without the field leaves it; what was not changed is not read anew, so that nothing is lost on the way.
            guard form[field] != nil else { continue }
            let written = form.lines(field) ?? ""
            guard written != Self.trimmed(MarkdownWriter.text(former)) else { continue }
            guard written.count <= Self.textLimit else { return mistake("desk.textTooLong") }
            switch house.readText(written, former) {
            case .document(let document): edit[keyPath: path] = document
            case .objection(let words): return .failure(Mistake(words: words))
            }
        }
        if let objection = house.objection(edit.applied(to: content)) { return .failure(Mistake(words: objection)) }
        return .success(edit)
    }

    private static func trimmed(_ text: String) -> String {
        let lines = text.split(separator: "\n", omittingEmptySubsequences: false)
        func isBlank(_ line: Substring) -> Bool { line.allSatisfy(\.isWhitespace) }
        guard let first = lines.firstIndex(where: { !isBlank($0) }), let last = lines.lastIndex(where: { !isBlank($0) }) else { return "" }
        return lines[first...last].joined(separator: "\n")
    }

    /// The form as it was written, and what it would change; without `new` it has a mistake in it.
    private func review(_ form: DeskForm, _ content: ItemContent, _ new: ItemContent?) -> EditReview {
        var fields: [String: String] = [:]
        for name in ["title", "summary", "category", "from", "until", "alt", "caption", "body", "leaders"] {
            fields[name] = (form[name] ?? "").replacing("\r\n", with: "\n")
        }
        let changes = new.map { self.changes(from: content, to: $0) } ?? []
        let review: Value = new == nil ? .null : ["hasChanges": .bool(!changes.isEmpty), "changes": .list(changes)]
        return EditReview(form: editForm(fields, audience: form["audience"], of: content), changes: review)
    }

    /// What was approved of it and will not be any more: the item, and editions that wait.
    private func approvalsLost(by item: ItemRecord, _ new: ItemContent) throws(Fault) -> [String] {
        guard new != item.content else { return [] }
        var lost = item.isApproved ? [text("desk.theItem")] : []
        for edition in try ledger.editions([.open, .closed, .held], limit: 50) where try !ledger.approvals(of: edition.id).isEmpty {
            let items = try house.items(edition)
            guard items.contains(where: { $0.id == item.id }), try !house.approval(edition, items).valid.isEmpty else { continue }
            lost.append(edition.title)
        }
        return lost
    }

    // MARK: What was changed

    func changes(from old: ItemContent, to new: ItemContent) -> [Value] {
        func date(_ instant: Instant?) -> String { instant.map(house.moment) ?? "" }
        func text(_ key: String) -> String { self.text(key) }
        let fields: [(String, String, String)] = [
            (text("desk.heading"), old.title, new.title), (text("desk.summary"), old.summary, new.summary),
            (text("desk.category"), old.category ?? "", new.category ?? ""),
            (text("desk.audience"), old.audience ?? text("desk.everybody"), new.audience ?? text("desk.everybody")),
            (text("desk.visibleFrom"), date(old.visibleFrom), date(new.visibleFrom)),
            (text("desk.visibleUntil"), date(old.visibleUntil), date(new.visibleUntil)),
            (text("desk.alternative"), old.picture?.alternativeText ?? "", new.picture?.alternativeText ?? ""),
            (text("desk.caption"), old.picture?.caption ?? "", new.picture?.caption ?? ""),
            (text("desk.text"), MarkdownWriter.text(old.body), MarkdownWriter.text(new.body)),
            (text("edition.leaderNotes"), old.leaderNotes.map(MarkdownWriter.text) ?? "", new.leaderNotes.map(MarkdownWriter.text) ?? ""),
        ]
        return fields.filter { $0.1 != $0.2 }.map { field, former, present in
            ["field": .text(field), "pieces": .list(TextDifference.pieces(from: former, to: present).map { piece($0) })]
        }
    }

    private func piece(_ piece: TextDifference.Piece) -> Value {
        switch piece {
        case .same(let text): ["same": .text(text)]
        // The mark ends with the word.
        case .removed(let text): ["removed": .text(text.withoutEnd), "end": .text(text.end)]
        case .added(let text): ["added": .text(text.withoutEnd), "end": .text(text.end)]
        case .gap: ["gap": true]
        }
    }
}

extension String {
    /// The blanks behind the last word, and what stands before them.
    fileprivate var end: String { String(reversed().prefix(while: \.isWhitespace).reversed()) }
    fileprivate var withoutEnd: String { String(dropLast(end.count)) }
}
