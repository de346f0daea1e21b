import Core
import Crypto
import HTTPServer
import QRCode

/// One feed as it is to be seen at an instant, in every format: never changed, but replaced by the next.
///
/// It takes over from its former place whatever is as it was: whole files with their entity tags and times, and the entries in them.
final class FeedPlace: Sendable {
    let feed: Feed
    /// When an entry appears or expires; until then nothing here is wrong.
    let nextChange: Instant?
    let resources: [FeedFormat: Resource]
    /// What the screen page shows.
    let items: Resource
    private let codes: [String: QRCode]
    private let written: [FeedFormat: WrittenEntries]
    private let writtenItems: WrittenEntries

    init(_ feed: Feed, at now: Instant, former: FeedPlace?) {
        let visible = feed.visible(at: now)
        let isPrivate = feed.token != nil
        // One that was made open says other things of itself.
        let alike = (former?.feed.token != nil) == isPrivate ? former : nil
        let same = former.flatMap { $0.feed.saysTheSame(as: feed) ? $0 : nil }
        func resource(_ text: String, _ contentType: String, _ former: Resource?, _ cacheControl: String) -> Resource {
            let bytes = Bytes(text)
            if let former, former.bytes == bytes { return former }
            return Resource(
                bytes, contentType: contentType, digest: SHA256.hexadecimalDigest(text.utf8), lastModified: now,
                cacheControl: cacheControl, headers: isPrivate ? ["Referrer-Policy": "no-referrer"] : Headers())
        }
        var resources: [FeedFormat: Resource] = [:]
        var written: [FeedFormat: WrittenEntries] = [:]
        for format in FeedFormat.allCases {
            var entries = WrittenEntries(after: same?.written[format])
            resources[format] = resource(
                format.text(visible, &entries), format.contentType, alike?.resources[format],
                isPrivate ? CacheControl.privateFeed : CacheControl.feed)
            entries.finish()
            written[format] = entries
        }
        let codes = Self.codes(visible, former: former)
        var entries = WrittenEntries(after: same?.writtenItems)
        items = resource(
            ScreenItemsFile(visible, codes: codes, &entries).text, "application/json; charset=utf-8", alike?.items,
            isPrivate ? CacheControl.privateRevalidated : CacheControl.revalidated)
        entries.finish()
        writtenItems = entries
        self.feed = feed
        self.codes = codes
        self.resources = resources
        self.written = written
        nextChange = feed.nextChange(after: now)
    }

    /// Whether an entry has appeared or expired since it was made.
    func isOutdated(at now: Instant) -> Bool { nextChange.map { $0 <= now } ?? false }

    /// By address: a code takes longer to make than all else of an entry.
    private static func codes(_ feed: Feed, former: FeedPlace?) -> [String: QRCode] {
        var codes: [String: QRCode] = [:]
        for address in Set(feed.entries.compactMap { ScreenItemsFile.address(behind: $0, feed) }) {
            codes[address] = former?.codes[address] ?? (try? QRCode(ScreenItemsFile.uri(address)))
        }
        return codes
    }
}
