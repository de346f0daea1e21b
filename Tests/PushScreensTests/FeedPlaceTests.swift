import Core
import Foundation
import Synchronization
import TestKit
import Testing

@testable import PushScreens

/// Any JSON, to be written again by Foundation's encoder.
private enum AnyJSON: Codable {
    case object([String: AnyJSON])
    case array([AnyJSON])
    case text(String)
    case truth(Bool)
    case number(Int64)

    init(from decoder: Decoder) throws {
        let value = try decoder.singleValueContainer()
        if let object = try? value.decode([String: AnyJSON].self) {
            self = .object(object)
        } else if let array = try? value.decode([AnyJSON].self) {
            self = .array(array)
        } else if let text = try? value.decode(String.self) {
            self = .text(text)
        } else if let truth = try? value.decode(Bool.self) {
            self = .truth(truth)
        } else {
            self = .number(try value.decode(Int64.self))
        }
    }

    func encode(to encoder: Encoder) throws {
        var value = encoder.singleValueContainer()
        switch self {
        case .object(let object): try value.encode(object)
        case .array(let array): try value.encode(array)
        case .text(let text): try value.encode(text)
        case .truth(let truth): try value.encode(truth)
        case .number(let number): try value.encode(number)
        }
    }

    static func again(_ text: String) throws -> String {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.prettyPrinted, .sortedKeys, .withoutEscapingSlashes]
        let value = try JSONDecoder().decode(AnyJSON.self, from: Data(text.utf8))
        return String(decoding: try encoder.encode(value), as: UTF8.self) + "\n"
    }
}

/// Lets something happen once while a shelf makes a feed: after its look at the former one, before its putting the new one there.
private final class InterruptedClock: WallClock {
    private let state: Mutex<(now: Instant, interruption: (@Sendable () -> Void)?)>

    init(_ now: Instant) { state = Mutex((now, nil)) }

    func set(_ now: Instant, interruption: @escaping @Sendable () -> Void) { state.withLock { $0 = (now, interruption) } }

    func now() -> Instant {
        let (now, interruption) = state.withLock { state in
            defer { state.interruption = nil }
            return state
        }
        interruption?()
        return now
    }
}

private func alert(until: Instant) -> FeedEntry {
    var entry = sampleEntry(99, title: "ØVELSE: Kog vandet", until: until)
    entry.rank = .exclusive
    entry.banner = .init(text: "ØVELSE", title: "Kog vandet", isDrill: true)
    return entry
}

@Suite struct FeedPlaceTests {
    private let control = String(String.UnicodeScalarView((0...0x20).map { Unicode.Scalar($0) }))

    /// One feed after the other, as an editor's day goes: each differs from the one before in another way.
    private var day: [Feed] {
        var long = sampleEntry(3, title: "Rettet")
        long.link = "https://koege.example/" + String(repeating: "langt", count: 1_000)
        var other = sampleFeed([sampleEntry(1), sampleEntry(2)])
        other.profile = .os2display
        other.publicURL = "https://andet.example"
        other.hubs = ["https://hub.example/"]
        other.place = "Kantinen"
        return [
            sampleFeed([]), sampleFeed((1...6).map { sampleEntry($0) }), sampleFeed([sampleEntry(2), sampleEntry(1), long]),
            sampleFeed([sampleEntry(1, title: "Ens"), sampleEntry(2, title: "Ens"), sampleEntry(3, title: "Ens")]),
            sampleFeed([sampleEntry(3, title: "Ens"), sampleEntry(2, title: "Ens")]),
            sampleFeed([sampleEntry(1), alert(until: noon + .days(1))]),
            sampleFeed([sampleEntry(1), sampleEntry(2)]), other, sampleFeed([sampleEntry(1), sampleEntry(2)]),
            sampleFeed(hostileTitles.enumerated().map { sampleEntry($0, title: $1, text: control + $1) }),
        ]
    }

    @Test func `a feed that takes over what is as it was has the bytes of one that is written whole`() {
        let shelf = FeedShelf(clock: ManualClock(noon))
        for feed in day {
            shelf.publish(feed)
            for format in FeedFormat.allCases {
                #expect(shelf.resource(feed.name, format)?.bytes.description == format.text(feed.visible(at: noon)))
            }
            #expect(shelf.screenItems(feed.name)?.bytes == FeedPlace(feed, at: noon, former: nil).items.bytes)
        }
    }

    @Test func `an entry that is as it was is not written again`() {
        let feed = sampleFeed([sampleEntry(1), sampleEntry(2)])
        var first = WrittenEntries()
        for entry in feed.entries { _ = first.text(of: entry, as: "a") { entry.title } }
        var second = WrittenEntries(after: first)
        #expect(second.text(of: sampleEntry(1), as: "a") { "again" } == "Nyhed 1")
        #expect(second.text(of: sampleEntry(1), as: "b") { "again" } == "again")
        #expect(second.text(of: sampleEntry(2, title: "Rettet"), as: "a") { "again" } == "again")
        // What one writing did not ask for, the next does not have.
        var third = WrittenEntries(after: WrittenEntries(after: second))
        #expect(third.text(of: sampleEntry(2, title: "Rettet"), as: "a") { "new" } == "new")
    }

    @Test func `JSON is in the bytes of Foundation's encoder`() throws {
        for feed in day {
            let place = FeedPlace(feed, at: noon, former: nil)
            let texts = [FeedFormat.json, .concerto].map { $0.text(feed) } + [place.items.bytes.description]
            for text in texts { #expect(try AnyJSON.again(text) == text) }
        }
    }

    @Test func `what is published while an expired item is taken off is not lost, and other feeds are served meanwhile`() throws {
        let clock = InterruptedClock(noon)
        let shelf = FeedShelf(clock: clock)
        let expiry = noon + .seconds(10)
        let others = Atomic(0)
        // The screen page shows the summary, so that it alone would not tell the two apart.
        shelf.publish(sampleFeed([sampleEntry(1, until: expiry), sampleEntry(2, text: "før")]))
        var other = sampleFeed([sampleEntry(4)])
        other.name = "kantinen"
        shelf.publish(other)
        clock.set(expiry) {
            shelf.publish(sampleFeed([sampleEntry(1, until: expiry), sampleEntry(2, text: "efter")]))
            if shelf.resource("kantinen", .json) != nil { others.add(1, ordering: .relaxed) }
        }
        let text = try #require(shelf.resource("infoskaerm", .json)?.bytes.description)
        #expect(text.contains("efter") && !text.contains("Nyhed 1"))
        #expect(shelf.resource("infoskaerm", .json)?.bytes.description == text)
        #expect(others.load(ordering: .relaxed) == 1)
    }

    @Test func `what is taken off the shelf while an expired item is taken off stays off it`() {
        let clock = InterruptedClock(noon)
        let shelf = FeedShelf(clock: clock)
        shelf.publish(sampleFeed([sampleEntry(1, until: noon + .seconds(10))]))
        clock.set(noon + .seconds(10)) { shelf.keep([]) }
        #expect(shelf.resource("infoskaerm", .json) == nil)
    }
}
