import Configuration
import Core
import Desk
import Intake
import Ledger
import Planner
import Press

extension House {
    private static let noRoomShown = 20

    /// What the desk's pages need; `nil` when the settings have no desk.
    func desk() -> DeskHouse? {
        guard let settings = settings.desk else { return nil }
        let (press, scripts) = pressroom.current
        var desk = DeskHouse(
            ledger: ledger, key: key, press: press, language: self.settings.organisation.language, zone: zone,
            publicURL: self.settings.web.publicURL, publications: self.settings.publications, sources: self.settings.sources,
            audiences: self.settings.audiences,
            perform: { [self] request, actor, roles throws(Fault) in try perform(request, by: actor, as: roles) },
            items: { [self] edition throws(Fault) in try release.items(for: edition, at: max(clock.now(), edition.release)) },
            approval: { [self] edition, items throws(Fault) in try release.approval(of: edition, items) },
            capacities: { [self] roles, edition, items throws(Fault) in try release.capacities(of: roles, for: edition, items) },
            pendingChanges: { [self] edition throws(Fault) in
                try release.pendingCorrection(of: edition).changes.map { .init(title: $0.title, isRemoved: $0.kind == .removed) }
            },
            preview: { [self] edition throws(Fault) in try EditionOperations(house: self).rendering(of: edition, at: clock.now()) },
            previewItem: { [self] item throws(Fault) in try preview(of: item) },
            intranetPreview: { [self] edition throws(Fault) in try intranetPreview(of: edition) },
            noRoom: { [self] edition, items throws(Fault) in
                try release.withoutRoom(in: edition, items, at: max(clock.now(), edition.release), limit: Self.noRoomShown)
            },
            advice: { [self] in advice(on: $0) },
            objection: { [self] in objection(to: $0) }, readText: { [self] in readText($0, $1) }, outlook: outlook())
        desk.idleAfter = settings.idleAfter
        desk.endAfter = settings.endAfter
        desk.userHeader = settings.userHeader
        desk.groupsHeader = settings.groupsHeader
        desk.script = scripts.desk
        desk.dropFolder = deskDropFolder
        desk.groups = settings.groups.map { .init(role: $0.role, group: $0.group) }
        return desk
    }

    /// The drop folder as the desk sees it: what is sent with a browser is taken in like everything else that lies there.
    private var deskDropFolder: DeskDropFolder {
        let tray = BrowserTray(dropFolder: settings.drop.folder) { [ledger] source throws(Fault) in
            try ledger.waitingFiles(of: source.name, limit: 500)
        }
        let blocked = blockedWords
        return DeskDropFolder(
            pause: settings.drop.settle + .seconds(1),
            prepare: { sent, source in
                let item = SentItem(sent, blocked)
                return (item.name, { () throws(Fault) in try tray.put(item, for: source) })
            },
            outcome: { name, source throws(Fault) in
                switch try tray.outcome(of: name, for: source) {
                case .waiting(let program): .waiting(needs: program)
                case .received(let page): .received(page)
                case .refused(let reason, let text): .refused(reason, text: text)
                case .unknown: .unknown
                }
            })
    }

    private func readText(_ text: String, _ former: Document) -> DeskHouse.ReadText {
        do throws(Refusal) {
            return .document(try EditedText.read(text, former: former, pictureName: MarkdownWriter.pictureName))
        } catch {
            return .objection(error.words(catalogue, settings.organisation.language))
        }
    }

    /// Why an edit cannot be taken: the same rules as at the drop folder.
    private func objection(to content: ItemContent) -> String? {
        let language = settings.organisation.language
        if content.holdsPersonalNumber { return catalogue.text("desk.personalNumber", language) }
        return content.word(of: blockedWords).map { catalogue.text("desk.blockedWord", language, ["word": $0]) }
    }

    /// An item alone, as it will look in a mail and on the web, on whichever of them it may be shown.
    private func preview(of item: ItemRecord) throws(Fault) -> EditionRendering {
        let name = settings.publications.first { !$0.select(from: [item], at: item.content.visibleFrom ?? clock.now()).isEmpty }?.name
        var content = item.content
        content.channels = Set(ChannelKind.allCases)
        return try composition.rendering(
            of: EditionContent(
                publication: name ?? "", title: item.content.title, slug: "item-\(item.id)", number: 1,
                date: zone.civil(clock.now()).date, showsLeaderNotes: false,
                entries: [.init(item: item.id, source: item.source, content: content)]), in: settings.organisation.language)
    }

    /// What the receipt said, for the version that is in force.
    private func advice(on item: ItemRecord) -> DeskHouse.Advice {
        let language = settings.organisation.language
        let lix = LIX(item.content.body)
        var receipt = Receipt(
            fileName: item.name, source: item.source, received: item.revised, content: item.content, placements: [], pictures: [])
        if let own = item.content.picture, let picture = try? ledger.picture(own.digest, as: .screen) {
            // A feed's lint looks for it under the item's own name for it.
            receipt.pictures = [
                Picture(digest: own.digest, format: picture.format, width: picture.width, height: picture.height, bytes: picture.bytes)
            ]
        }
        let own = ItemReader.advice(item.content, lix).map { catalogue.text("note.\($0.kind.rawValue)", language, ["value": $0.value]) }
        let onFeeds = onScreens(receipt, catalogue).flatMap { screen in
            screen.remarks.map { catalogue.text("desk.onFeed", language, ["feed": screen.feed, "remark": $0]) }
        }
        return DeskHouse.Advice(
            lix: lix.map {
                catalogue.text(
                    "receipt.lix", language, ["lix": "\($0.value)", "word": catalogue.text("receipt.\($0.level.rawValue)", language)])
            }, remarks: own + onFeeds)
    }
}

extension SentItem {
    fileprivate init(_ sent: DeskSubmission, _ blocked: BlockedWords) {
        let picture = sent.picture.map { NamedBytes(name: $0.name, bytes: $0.bytes) }
        switch sent.content {
        case .document(let file):
            self.init(
                document: NamedBytes(name: file.name, bytes: file.bytes), picture: picture, by: sent.actor, mark: sent.mark,
                blocked: blocked)
        case .written(let written):
            var fields = SentItem.Fields(title: written.title, text: written.text)
            fields.summary = written.summary
            fields.category = written.category
            fields.audience = written.audience
            fields.visibleFrom = written.visibleFrom
            fields.visibleUntil = written.visibleUntil
            fields.contact = written.contact
            fields.leaderNotes = written.leaderNotes
            fields.alternativeText = written.alternativeText
            fields.caption = written.caption
            self.init(fields, picture: picture, by: sent.actor, mark: sent.mark, blocked: blocked)
        }
    }
}
