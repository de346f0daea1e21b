import Core
import Crypto
import Curl
import Ledger
import TestKit
import Testing

@testable import PushStore

/// The requests against a real S3 server that checks every signature.
@Suite(.enabled(if: RealObjectStore.isAvailable, "needs moto")) struct StoreClientTests {
    static let html = StoreHeaders(contentType: "text/html; charset=utf-8", cacheControl: "public, max-age=31536000, immutable")

    static func settings(_ server: RealObjectStore, _ folder: TemporaryFolder, secret: String? = nil) throws -> ObjectStore {
        let file = try folder.write("store.secret", (secret ?? server.secret) + "\n")
        try #require(chmodPrivate(file))
        var store = ObjectStore(endpoint: server.url, bucket: RealObjectStore.bucket, keyID: server.keyID, secretFile: file)
        store.allowPrivate = true
        return store
    }

    private func client(_ store: ObjectStore) throws -> StoreClient { StoreClient(try StoreAccess(store, relativeTo: ".")) }

    @Test(arguments: [ObjectStore.Style.path, .host], ["", "nyt fra huset/æøå/"])
    func putsListsAndDeletesUnderNamesOfEveryKind(style: ObjectStore.Style, prefix: String) throws {
        let (server, folder) = (try RealObjectStore(), try TemporaryFolder())
        var store = try Self.settings(server, folder)
        (store.style, store.prefix) = (style, prefix)
        // libcurl knows names below localhost itself.
        if style == .host { store.endpoint = "http://localhost:\(server.port)" }
        let client = try client(store)
        let keys = ["editions/nyt-på-gangen-2026-12-01", "feeds/a b+c&d=e.rss", "editions/~x_y.z-*'()!", "pictures/%41.jpg"]
        for key in keys { #expect(try client.put(key, Array("bytes of \(key)".utf8), Self.html) != nil) }
        let objects = try server.objects()
        #expect(Set(objects.keys) == Set(keys.map { prefix + $0 }))
        for key in keys {
            let object = try #require(objects[prefix + key])
            #expect(object.text == "bytes of \(key)" && object.type == Self.html.contentType && object.cache == Self.html.cacheControl)
            #expect(try client.isOurs(key))
        }
        #expect(try client.list(limit: 1_000).map(\.key).sorted() == keys.sorted())
        try server.put("\(prefix.replacing(" ", with: "-"))anden", "en andens")
        #expect(try !client.isOurs("anden"))
        for key in keys { try client.delete(key) }
        try client.delete(keys[0])
        #expect(try server.objects().keys.allSatisfy { $0.hasSuffix("anden") })
    }

    /// More than a megabyte goes out after `Expect: 100-continue`, which the signature does not name; nothing at all is signed as such.
    @Test(arguments: [0, 1, 3 << 20]) func bodiesOfEverySizeArrive(size: Int) throws {
        let (server, folder) = (try RealObjectStore(), try TemporaryFolder())
        let client = try client(try Self.settings(server, folder))
        let bytes = (0..<size).map { UInt8(truncatingIfNeeded: $0 &* 31) }
        let tag = try client.put("pictures/stor.png", bytes, StoreHeaders(contentType: "image/png", cacheControl: "no-cache"))
        #expect(try server.objects()["pictures/stor.png"].map { Array($0.body) } == bytes)
        #expect(try client.list(limit: 10).first?.entityTag == tag)
    }

    @Test func aListOfManyPartsIsReadWhole() throws {
        let (server, folder) = (try RealObjectStore(), try TemporaryFolder())
        let client = try client(try Self.settings(server, folder))
        for number in 0..<7 { _ = try client.put("editions/\(number)", [1], Self.html) }
        #expect(try client.list(limit: 1_000, perPart: 3).map(\.key) == (0..<7).map { "editions/\($0)" })
        #expect(try client.list(limit: 5, perPart: 3).count == 5)
    }

    @Test func refusalsSayWhatToMend() throws {
        let (server, folder) = (try RealObjectStore(), try TemporaryFolder())
        func reason(_ store: ObjectStore) throws -> String {
            guard case .failure(let setback) = try client(store).probe() else { return "works" }
            return setback.reason
        }
        let good = try Self.settings(server, folder)
        #expect(try reason(good) == "works")
        #expect(try server.objects().isEmpty)
        var other = good
        other.keyID = "AKIAUNKNOWN"
        #expect(try reason(other).contains("the store does not know KeyID="))
        other = good
        other.bucket = "findes-ikke"
        #expect(try reason(other).contains("there is no such bucket"))
        other = good
        other.allowPrivate = false
        #expect(try reason(other).contains("is not a public one"))
        let wrong = try reason(try Self.settings(server, folder, secret: "not the secret"))
        #expect(wrong.contains("the secret in SecretFile= is not that of KeyID=") && !wrong.contains("not the secret"))
        try server.forbidListing()
        #expect(try reason(try Self.settings(server, folder)).contains("s3:ListBucket"))
        try server.down()
        // A connection that the kernel took before the port closed is cut.
        let ends = ["does not accept a connection", "closed the connection", "the connection broke"]
        let ended = try reason(good)
        #expect(ends.contains { ended.contains($0) }, "\(ended)")
    }

    @Test func aSecretThatOthersMayReadIsRefused() throws {
        let folder = try TemporaryFolder()
        let file = try folder.write("store.secret", "hemmelig")
        try #require(chmodOpen(file))
        let store = ObjectStore(endpoint: "https://s3.koege.example", bucket: "nyt", keyID: "AKIA", secretFile: file)
        #expect(throws: Fault.self) { _ = try StoreAccess(store, relativeTo: ".") }
    }
}
