import Core
import HTTPServer
import Ledger
import PushScreens
import PushStore
import PushWeb

extension House {
    /// What publishes to the store; `nil` when there is none. Throws a ``Fault`` for a secret that cannot be read or an address that is not one.
    func store(_ shelf: FeedShelf, _ editions: EditionPages) throws(Fault) -> StoreStage? {
        guard let store = settings.store else {
            try ledger.forgetStores(except: nil)
            for alarm in try ledger.standingAlarms() where alarm.kind == StoreStage.alarmKind {
                try ledger.endAlarm(alarm.kind, alarm.object, at: clock.now())
            }
            return nil
        }
        let stage = StoreStage(
            access: try StoreAccess(store, relativeTo: settings.folder), content: content(shelf, editions), ledger: ledger, clock: clock)
        shelf.kick(stage.kick)
        return stage
    }

    /// What the web server gives to everybody: open feeds, the archive, the editions in it. Desk, choices, the leaders' pages and private
    /// feeds are none of these, and a picture goes along only with a page that shows it.
    private func content(_ shelf: FeedShelf, _ editions: EditionPages) -> StoreContent {
        let feeds = settings.feeds.filter { $0.access == .open }.map(\.name)
        let (ledger, pressroom) = (ledger, pressroom)
        return StoreContent(
            pages: { () throws(Fault) in
                var pages = StoreContent.Pages(objects: [], kept: [])
                for feed in feeds {
                    guard let files = shelf.openFiles(feed) else {
                        // It could not be made, so the store keeps what it has.
                        if shelf.feed(feed) == nil { pages.kept.formUnion(FeedFormat.allCases.map { "feeds/\(feed)\($0.suffix)" }) }
                        continue
                    }
                    for (path, resource) in files.sorted(by: { $0.key < $1.key }) { pages.objects.append(Self.object(path, resource)) }
                }
                for page in try editions.publicPages() {
                    pages.objects.append(
                        StoreObject(
                            key: page.path, content: page.content,
                            headers: .init(contentType: page.contentType, cacheControl: page.cacheControl), bytes: page.bytes))
                }
                return pages
            },
            picture: { digest throws(Fault) in
                let logo = pressroom.press.identity.logo
                return logo?.digest == digest ? logo : try ledger.picture(digest)
            }, pictureCacheControl: CacheControl.immutable)
    }

    private static func object(_ path: String, _ resource: Resource) -> StoreObject {
        StoreObject(
            key: path, content: resource.entityTag,
            headers: .init(contentType: resource.contentType, cacheControl: resource.cacheControl)
        ) { () throws(Fault) in resource.bytes.array }
    }
}
