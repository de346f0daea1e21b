import Core
import TestKit

@testable import PushScreens

let noon = Instant(seconds: 1_795_000_000)

func sampleFeed(_ entries: [FeedEntry], title: String = "Infoskærm") -> Feed {
    Feed(
        name: "infoskaerm", title: title, description: "\(title), Køge Kommune", language: .da, publicURL: "https://nyt.koege.example",
        publisher: "Køge Kommune", entries: entries)
}

func sampleEntry(_ number: Int, title: String? = nil, from: Instant? = nil, until: Instant? = nil, text: String = "Hele teksten.")
    -> FeedEntry
{
    FeedEntry(
        id: "tag:nyt.koege.example,2026-11-01:item/\(number)", title: title ?? "Nyhed \(number)", summary: "Kort om \(number).", text: text,
        link: number.isMultiple(of: 2) ? "https://koege.example/\(number)?a=1&b=2" : nil, published: noon - .hours(Int64(number)),
        updated: noon - .hours(Int64(number)), author: "Teknik & Miljø",
        picture: number.isMultiple(of: 3)
            ? .init(address: "https://nyt.koege.example/pictures/\(number).jpg", mediaType: "image/jpeg", length: 1_000 + number) : nil,
        visibleFrom: from, visibleUntil: until)
}

/// What each breaks when it is written without care.
let hostileTitles = [
    "<script>alert(1)</script>", "a < b & c > d", "]]>", "\"quoted\" 'single'", "&lt;b&gt;", "\u{0}\u{1}\u{8}\u{B}\u{1F}NUL",
    "\u{FFFE}\u{FFFF}x",
    "emoji 👩‍👩‍👧‍👦 æøå", "line\r\nbreak\ttab", "<!-- x -->", "<?php ?>", "\u{202E}right to left",
]
