import Core
import Foundation
import TestKit

@testable import Intake

/// Rules, bytes and pictures that the tests of this room share.
enum Samples {
    /// 2026-11-18, 18:26 in Copenhagen.
    static let now = Instant(seconds: 1_795_022_800)

    static let rules = ReadingRules(
        zone: .copenhagen, now: now, audiences: ["alle", "ledere", "Ældreplejen"],
        vipsthumbnail: VipsThumbnail(path: "/nonexistent/vipsthumbnail"))

    static func read(_ text: String, name: String = "Nyt.md", pictures: [NamedBytes] = []) throws(Refusal) -> ItemReader.Reading {
        try ItemReader(rules).read(NamedBytes(name: name, bytes: Array(text.utf8)), item: name, pictures: pictures)
    }

    /// The refusal of a text; `nil` when it was read.
    static func refusal(_ text: String, name: String = "Nyt.md", pictures: [NamedBytes] = []) -> Refusal? {
        do throws(Refusal) {
            _ = try read(text, name: name, pictures: pictures)
            return nil
        } catch { return error }
    }

    static func catalogue() throws -> Catalogue {
        var texts: [Language: [String: String]] = [:]
        for language in Language.allCases {
            texts[language] = Catalogue.entries(try SectionFile(path: Oracle.root + "/Templates/Strings/\(language.rawValue).strings"))
        }
        return Catalogue(texts)
    }

    /// A grey PNG of one row's worth of data, with more chunks before its end.
    static func png(width: UInt32 = 2, height: UInt32 = 2, extra: [(String, [UInt8])] = [], grey: UInt8 = 0x80) -> [UInt8] {
        func word(_ value: UInt32) -> [UInt8] { (0..<4).map { UInt8(truncatingIfNeeded: value >> (24 - 8 * $0)) } }
        func chunk(_ type: String, _ content: [UInt8]) -> [UInt8] {
            let body = Array(type.utf8) + content
            return word(UInt32(content.count)) + body + word(PNGStripper.checksum(body[...]))
        }
        let raw: [UInt8] = [0, grey, grey, 0, grey, grey]
        // One stored block of deflate in zlib's wrapping (RFC 1950, RFC 1951).
        let adler = raw.reduce((1, 0) as (UInt32, UInt32)) { (($0.0 + UInt32($1)) % 65521, ($0.1 + $0.0 + UInt32($1)) % 65521) }
        let data: [UInt8] = [0x78, 1, 1, UInt8(raw.count), 0, ~UInt8(raw.count), 0xFF] + raw + word(adler.1 << 16 | adler.0)
        return [0x89, 0x50, 0x4E, 0x47, 0x0D, 0x0A, 0x1A, 0x0A] + chunk("IHDR", word(width) + word(height) + [8, 0, 0, 0, 0])
            + extra.flatMap { chunk($0.0, $0.1) } + chunk("IDAT", data) + chunk("IEND", [])
    }

    /// The segments of a JPEG; its scan is not a real one, which the stripper does not look into.
    static func jpeg(width: Int = 40, height: Int = 30, segments: [(UInt8, [UInt8])] = [], trailer: [UInt8] = []) -> [UInt8] {
        func segment(_ marker: UInt8, _ content: [UInt8]) -> [UInt8] {
            [0xFF, marker, UInt8((content.count + 2) >> 8), UInt8((content.count + 2) & 255)] + content
        }
        let frame: [UInt8] = [8, UInt8(height >> 8), UInt8(height & 255), UInt8(width >> 8), UInt8(width & 255), 1, 1, 0x11, 0]
        return [0xFF, 0xD8] + segment(0xE0, Array("JFIF\0".utf8) + [1, 1, 0, 0, 1, 0, 1, 0, 0]) + segments.flatMap { segment($0.0, $0.1) }
            + segment(0xC0, frame) + segment(0xDA, [1, 1, 0, 0, 63, 0]) + [0x12, 0xFF, 0x00, 0x34, 0xFF, 0xD0, 0x56, 0xFF, 0xD9] + trailer
    }

    /// An EXIF segment with an orientation and something that must not get out.
    static func exif(orientation: UInt8) -> [UInt8] {
        Array("Exif\0\0".utf8) + [0x49, 0x49, 0x2A, 0, 8, 0, 0, 0, 1, 0, 0x12, 1, 3, 0, 1, 0, 0, 0, orientation, 0, 0, 0, 0, 0, 0, 0]
            + Array("GPS 55.46 12.18 Mette".utf8)
    }
}

func contains(_ bytes: [UInt8], _ text: String) -> Bool { Data(bytes).range(of: Data(text.utf8)) != nil }
