/// How long others may keep what is served (RFC 9111, section 5.2.2), by kind of resource: the one table of it.
package enum CacheControl {
    /// Pictures and the screen page's assets: a digest of the content is in the address, so that nothing ever changes under it.
    package static let immutable = "public, max-age=31536000, immutable"
    /// Feeds: screens ask every minute or less often; longer would show an expired item for as long.
    package static let feed = "max-age=60"
    /// Feeds that only who has their address may read: nothing is left in a cache that others share.
    package static let privateFeed = "private, max-age=60"
    /// Web editions and their archive: a recalled edition has to be gone soon.
    package static let edition = "max-age=60"
    /// The screen page, its items and its service worker: asked for again each time, and 304 as long as nothing has changed.
    package static let revalidated = "no-cache"
    package static let privateRevalidated = "private, no-cache"
    /// Pages for one person, the desk, what operators read, event streams, and every refusal.
    package static let never = "no-store"
}
