import Core
import HTTPServer
import Synchronization

/// Pictures by their digest: `/pictures/<digest>.<ext>`. The bytes of an address never change, so they may be kept for ever.
package final class PicturePages: Sendable {
    /// Where pictures come from: the ledger and the organisation's identity, handed in by the wiring.
    package typealias Source = @Sendable (PictureDigest) throws(Fault) -> Picture?

    /// Bytes of pictures kept in memory.
    private static let kept = 32 << 20

    private let source: Source
    private let log: Log
    private let recent = Mutex(RecentlyUsed<PictureDigest, Resource>(limit: kept) { $0.bytes.count })

    package init(source: @escaping Source, log: Log = Log("web")) {
        self.source = source
        self.log = log
    }

    package func addRoutes(to router: inout Router) {
        router.get("/pictures/{file}") { [self] request in
            let parts = (request.captures["file"] ?? "").split(separator: ".", omittingEmptySubsequences: false)
            guard parts.count == 2, let digest = PictureDigest(String(parts[0])) else { return .refusal(404) }
            do throws(Fault) {
                // The ending is part of the address: `.jpg` of a PNG is no picture of ours.
                guard let resource = try resource(digest), resource.contentType == Self.mediaType(parts[1]) else { return .refusal(404) }
                return resource.response(to: request)
            } catch {
                log.error("\(error)")
                return .refusal(503, headers: ["Retry-After": "30"])
            }
        }
    }

    private func resource(_ digest: PictureDigest) throws(Fault) -> Resource? {
        if let known = recent.withLock({ $0[digest] }) { return known }
        guard let picture = try source(digest) else { return nil }
        let resource = Resource(
            Bytes(picture.bytes), contentType: picture.format.mediaType, digest: digest.hexadecimal, lastModified: Instant(seconds: 0),
            cacheControl: CacheControl.immutable)
        recent.withLock { $0[digest] = resource }
        return resource
    }

    private static func mediaType(_ ending: Substring) -> String? {
        [Picture.Format.jpeg, .png].first { $0.fileExtension == ending }?.mediaType
    }
}
