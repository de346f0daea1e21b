import Core
import Dispatch
import Foundation
import Synchronization
import TestKit
import Testing

@testable import HTTPServer

/// Requests that were right, mutated. A hundred with each run of the tests; for a long run under the address sanitizer:
/// `BUDSTIKKE_FUZZ_SECONDS=600 swift test --sanitize=address --filter FuzzTests`.
@Suite struct FuzzTests {
    private static let corpus = [
        "GET /feed HTTP/1.1\r\nHost: x\r\nIf-None-Match: W/\"a\", \"abc123\"\r\nAccept-Encoding: gzip;q=0.5, *\r\n\r\n",
        "GET /echo/%C3%A5?q=a+b%20c&d HTTP/1.1\r\nHost: x\r\nX-Forwarded-For: 1.2.3.4, [2001:db8::1]:4711\r\nX-Forwarded-Proto: https\r\n\r\n",
        "HEAD http://x/feed HTTP/1.1\r\nHost: x\r\nIf-Modified-Since: Sunday, 06-Nov-94 08:49:37 GMT\r\nConnection: close\r\n\r\n",
        "POST /form HTTP/1.1\r\nHost: x\r\nContent-Type: application/x-www-form-urlencoded\r\nContent-Length: 12\r\n\r\na=%C3%A6&b=2",
        "POST /form HTTP/1.1\r\nHost: x\r\nContent-Type: application/x-www-form-urlencoded\r\nTransfer-Encoding: chunked\r\n\r\n3\r\na=h\r\n3;x=y\r\nej!\r\n0\r\nT: v\r\n\r\n",
        "POST /form HTTP/1.1\r\nHost: x\r\nExpect: 100-continue\r\nContent-Length: 4\r\n\r\na=bc",
        "GET /events HTTP/1.1\r\nHost: x\r\nLast-Event-ID: 7\r\n\r\n",
        "GET /page HTTP/1.0\r\nCookie: a=b; c=d\r\nConnection: keep-alive\r\n\r\nGET /missing HTTP/1.1\r\nHost: x\r\n\r\n",
    ].map { Array($0.utf8) }

    private static let tokens = [
        "\r\n", "\n", "\r", "\0", " ", "\t", ":", "%00", "%", "..", "/", "?", "\r\n ", "Content-Length: 5\r\n",
        "Transfer-Encoding: chunked\r\n",
        "99999999999999999999", "-1", "0x10", ";", ",", "\"", "HTTP/1.1", "HTTP/9.9", "\u{FF}", "Host: y\r\n", "0\r\n\r\n",
        "FFFFFFFFFFFFFFFF\r\n",
    ].map { Array($0.utf8) }

    private static func mutated(_ random: inout SeededRandom) -> [UInt8] {
        var bytes = corpus.randomElement(using: &random) ?? []
        for _ in 0..<Int.random(in: 1...6, using: &random) {
            let place = Int.random(in: 0...bytes.count, using: &random)
            let end = min(bytes.count, place + Int.random(in: 0...24, using: &random))
            switch Int.random(in: 0..<7, using: &random) {
            case 0: if place < bytes.count { bytes[place] ^= 1 << UInt8.random(in: 0..<8, using: &random) }
            case 1: bytes.removeSubrange(place..<end)
            case 2: bytes.insert(contentsOf: bytes[place..<end], at: place)
            case 3: bytes.insert(contentsOf: tokens.randomElement(using: &random) ?? [], at: place)
            case 4: bytes.insert(contentsOf: [UInt8](repeating: .random(in: 0...255, using: &random), count: end - place), at: place)
            case 5: bytes += corpus.randomElement(using: &random) ?? []
            default: bytes.insert(contentsOf: [UInt8](repeating: 0x61, count: Int.random(in: 0...20_000, using: &random)), at: place)
            }
        }
        return bytes
    }

    /// One client after the other, each with one mutated request; how many there were.
    private static func lane(_ house: TestServer, seed: UInt64, isOver: (Int) -> Bool) -> Int {
        var random = SeededRandom(seed: seed)
        var round = 0
        while !isOver(round) {
            round += 1
            let bytes = mutated(&random)
            let text = "seed \(seed), round \(round): \(String(decoding: bytes, as: UTF8.self))"
            do {
                let client = try house.client()
                // The server may refuse and close before all of it is sent.
                var rest = bytes[...]
                while !rest.isEmpty {
                    let piece = rest.prefix(Int.random(in: 1...max(1, bytes.count), using: &random))
                    rest = rest.dropFirst(piece.count)
                    do { try client.send(Array(piece)) } catch { break }
                }
                client.finishSending()
                let head = String(decoding: try client.readToEnd().prefix(13), as: UTF8.self)
                let isExpected =
                    head.isEmpty || ["1", "2", "3", "4"].contains { head.hasPrefix("HTTP/1.1 \($0)") || head.hasPrefix("HTTP/1.0 \($0)") }
                    || ["HTTP/1.1 501", "HTTP/1.1 505", "HTTP/1.1 503"].contains { head.hasPrefix($0) }
                #expect(isExpected, "\(text) → \(head)")
                if round % 100 == 0 { #expect(try house.client().request("GET", "/feed").body == TestServer.resource.bytes.array) }
            } catch {
                Issue.record("\(text) → \(error)")
            }
        }
        return round
    }

    @Test func `mutated requests are answered or refused, and others are served`() throws {
        let seconds = ProcessInfo.processInfo.environment["BUDSTIKKE_FUZZ_SECONDS"].flatMap { Double($0) }
        let end = seconds.map { Date(timeIntervalSinceNow: $0) }
        let seed = seconds == nil ? 5 : UInt64.random(in: 0...(.max >> 1))
        var options = ServerOptions()
        options.trustedProxies = TrustedProxies(["127.0.0.1"].compactMap(TrustedProxies.Entry.init))
        var limits = Limits()
        // What the library has forgotten is ended by our deadlines: short ones, for many rounds.
        limits.header = .milliseconds(50)
        limits.bodyTime = .milliseconds(50)
        let house = try TestServer(limits, options: options)
        let rounds = Atomic(0)
        DispatchQueue.concurrentPerform(iterations: seconds == nil ? 4 : 64) { lane in
            let done = Self.lane(house, seed: seed + UInt64(lane)) { round in end.map { Date() >= $0 } ?? (round == 25) }
            rounds.add(done, ordering: .relaxed)
        }
        if seconds != nil { print("fuzzed \(rounds.load(ordering: .relaxed)) requests from seed \(seed) on") }
        #expect(eventually { house.server.connectionCount == 0 })
    }
}
