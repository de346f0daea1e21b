import Core
import Ledger

/// Brings a store to what everybody may read now.
///
/// Comes in: the pages and feeds with their versions, and what the ledger knows of the store. Goes out: requests for what differs. What
/// nobody may read any more is taken away first; then come changed pages in the order of their haste, each behind the pictures that it
/// shows, so that no reader meets a hole; at last pictures that no page shows. Each object is noted in the ledger as unknown before the
/// network is touched, so a crash leaves nothing that is not sent again or taken away. On failure of one object the others go on; on
/// failure of the store the pass ends, and the next begins where this one ended. Used by one thread.
final class StorePublisher {
    enum Ending {
        case done
        /// Something has changed meanwhile: begin again, what is urgent first.
        case overtaken
        case failed(StoreSetback)
    }

    private let client: StoreClient
    private let content: StoreContent
    private let ledger: Ledger
    private let clock: any WallClock
    private let name: String
    /// Told before each object; true ends the pass.
    private let isOvertaken: () -> Bool
    private var known: [String: StoredObject]
    private var sent = 0
    private var removed = 0
    /// What was to be done at the end of the last pass.
    private(set) var waiting = 0

    init(
        _ store: ObjectStore, client: StoreClient, content: StoreContent, ledger: Ledger, clock: any WallClock,
        isOvertaken: @escaping () -> Bool
    ) throws(Fault) {
        self.client = client
        self.content = content
        self.ledger = ledger
        self.clock = clock
        self.isOvertaken = isOvertaken
        name = store.name
        known = Dictionary(uniqueKeysWithValues: try ledger.storedObjects(in: store.name).map { ($0.key, $0) })
    }

    /// Compares what the ledger knows with what is there: what somebody has changed or removed is sent again, and what the ledger has
    /// forgotten, since it is a restored one, is found by its mark and dealt with as any other.
    func look() throws(StoreSetback) {
        let listed = Dictionary(
            try client.list(limit: Ledger.storedObjectLimit).map { ($0.key, $0.entityTag) }, uniquingKeysWith: { first, _ in first })
        for object in known.values where object.version != nil {
            guard listed[object.key] == nil || object.entityTag.map({ $0 != listed[object.key] }) == true else { continue }
            try doubt(object.key)
        }
        for key in listed.keys.sorted() where known[key] == nil && Self.mayBeOurs(key) {
            if try client.isOurs(key) { try doubt(key) }
        }
    }

    /// How much was done since this was last asked.
    func takeCounts() -> (sent: Int, removed: Int) {
        defer { (sent, removed) = (0, 0) }
        return (sent, removed)
    }

    private static func mayBeOurs(_ key: String) -> Bool {
        ["feeds/", "editions/", StorePictures.folder].contains { key.hasPrefix($0) }
    }

    func pass() -> Ending {
        do throws(StoreSetback) { return try publish() } catch { return .failed(error) }
    }

    private func publish() throws(StoreSetback) -> Ending {
        let pages = try own { () throws(Fault) in try content.pages() }
        let wanted = Set(pages.objects.map(\.key)).union(pages.kept)
        let gone = known.keys.filter { StorePictures.digest(of: $0) == nil && !wanted.contains($0) }.sorted()
        let changed = pages.objects.filter { known[$0.key]?.version != $0.version }
        waiting = gone.count + changed.count
        var failure: StoreSetback?
        for key in gone {
            guard !isOvertaken() else { return .overtaken }
            try attempt(&failure) { () throws(StoreSetback) in try remove(key) }
        }
        for page in changed {
            guard !isOvertaken() else { return .overtaken }
            try attempt(&failure) { () throws(StoreSetback) in try send(page) }
        }
        if let failure { return .failed(failure) }
        let shown = Set(wanted.flatMap { known[$0]?.needs ?? [] })
        for key in known.keys.filter({ StorePictures.digest(of: $0) != nil && !shown.contains($0) }).sorted() {
            guard !isOvertaken() else { return .overtaken }
            try remove(key)
        }
        return .done
    }

    /// Remembers what is about one object alone; throws what is about the store.
    private func attempt(_ failure: inout StoreSetback?, _ step: () throws(StoreSetback) -> Void) throws(StoreSetback) {
        do throws(StoreSetback) {
            try step()
            waiting -= 1
        } catch {
            guard error.isAboutObject else { throw error }
            failure = error
        }
    }

    private func send(_ page: StoreObject) throws(StoreSetback) {
        guard let bytes = try own({ () throws(Fault) in try page.bytes() }) else {
            if known[page.key] != nil { try remove(page.key) }
            return
        }
        var needs: [String] = []
        for key in StorePictures.keys(in: bytes) where try send(picture: key) { needs.append(key) }
        try put(page.key, bytes, page.headers, version: page.version, needs: needs)
    }

    /// Returns whether there is such a picture.
    private func send(picture key: String) throws(StoreSetback) -> Bool {
        guard let digest = StorePictures.digest(of: key) else { return false }
        let type = key.hasSuffix(".png") ? Picture.Format.png.mediaType : Picture.Format.jpeg.mediaType
        let headers = StoreHeaders(contentType: type, cacheControl: content.pictureCacheControl)
        let version = "\(type) \(headers.cacheControl)"
        guard known[key]?.version != version else { return true }
        guard let picture = try own({ () throws(Fault) in try content.picture(digest) }), picture.format.mediaType == type else {
            return false
        }
        try put(key, picture.bytes, headers, version: version, needs: [])
        return true
    }

    private func put(_ key: String, _ bytes: [UInt8], _ headers: StoreHeaders, version: String, needs: [String]) throws(StoreSetback) {
        try doubt(key)
        let tag = try client.put(key, bytes, headers)
        let object = StoredObject(key: key, version: version, entityTag: tag, needs: needs, at: clock.now())
        try own { () throws(Fault) in try ledger.settle(object, in: name) }
        known[key] = object
        sent += 1
    }

    /// From now on it is not known what the store has under a key.
    private func doubt(_ key: String) throws(StoreSetback) {
        let now = clock.now()
        try own { () throws(Fault) in try ledger.beginStoring(key, in: name, at: now) }
        known[key] = StoredObject(key: key, version: nil, entityTag: nil, needs: known[key]?.needs ?? [], at: now)
    }

    private func remove(_ key: String) throws(StoreSetback) {
        try doubt(key)
        try client.delete(key)
        try own { () throws(Fault) in try ledger.removeStored(key, in: name) }
        known[key] = nil
        removed += 1
    }
}
