import Core
import Foundation
import TestKit
import Testing

@testable import Intake

/// What vipsthumbnail makes of pictures as telephones and programs save them, judged by Pillow and exiftool.
@Suite struct RenditionTests {
    static let isPossible =
        VipsThumbnail().isInstalled && Oracle.hasPython("PIL") && Oracle.hasProgram("/usr/bin/exiftool", "/usr/bin/vips")
    static let script = Oracle.root + "/Tests/IntakeTests/Oracles/photographs.py"
    static let folder: TemporaryFolder? = {
        guard let folder = try? TemporaryFolder(), (try? Oracle.run(script, ["make", folder.path])) != nil else { return nil }
        return folder
    }()

    struct Facts: Decodable {
        var format: String
        var mode: String
        var width: Int
        var height: Int
        /// Red, green, blue and opacity: above left and right, below left and right.
        var corners: [[Int]]
    }

    static func bytes(_ name: String) throws -> [UInt8] {
        let folder = try #require(Self.folder, "the pictures could not be made")
        return Array(try Data(contentsOf: URL(fileURLWithPath: folder.file(name))))
    }

    static func read(_ name: String, _ program: VipsThumbnail = VipsThumbnail()) throws -> PictureRenditions {
        try PictureReader(program).read(NamedBytes(name: name, bytes: try bytes(name)))
    }

    private func facts(_ picture: Picture) throws -> Facts {
        let folder = try TemporaryFolder()
        let facts = try JSONDecoder().decode(
            Facts.self, from: Data(try Oracle.run(Self.script, ["facts", try folder.write(picture.fileName, picture.bytes)])))
        #expect((facts.width, facts.height) == (picture.width, picture.height))
        #expect(facts.format.lowercased() == picture.format.rawValue)
        return facts
    }

    /// Every tag that exiftool finds, as `Group:Tag`.
    private func tags(_ path: String) throws -> [String] {
        let outcome = try ChildProcess.run("/usr/bin/exiftool", ["-j", "-a", "-G1", path])
        let read = try JSONSerialization.jsonObject(with: Data(outcome.output)) as? [[String: Any]]
        return try #require(read?.first).keys.sorted()
    }

    /// FAULTS 28, and what the issue asks of all four formats.
    @Test(.enabled(if: isPossible, "needs vipsthumbnail, Pillow, exiftool"), arguments: ["jpg", "png", "webp", "heic"])
    func noMetadataIsInAnyRendition(_ ending: String) throws {
        let folder = try #require(Self.folder, "the pictures could not be made")
        let planted = try tags(folder.file("foto.\(ending)"))
        for group in ["GPS:", "XMP-dc:", "XMP-iptcExt:", "IFD0:"] + (ending == "jpg" ? ["IPTC:"] : []) {
            #expect(planted.contains { $0.hasPrefix(group) }, "\(group) was not planted in \(ending)")
        }
        let own = try TemporaryFolder()
        for picture in try Self.read("foto.\(ending)").all {
            let left = try tags(try own.write(picture.fileName, picture.bytes))
            let groups = Set(left.compactMap { $0.split(separator: ":").first.map(String.init) })
            #expect(groups.isSubset(of: ["SourceFile", "ExifTool", "System", "File", "JFIF", "PNG", "PNG-pHYs", "Composite"]), "\(left)")
            #expect(!left.contains { $0.contains("Author") || $0.contains("Comment") })
            #expect(!contains(picture.bytes, "Mette"))
            let corners = try facts(picture).corners
            #expect(corners[0][0] > 150 && corners[0][2] < 80 && corners[1][2] > 150 && corners[1][0] < 80, "\(corners)")
        }
    }

    @Test(.enabled(if: isPossible, "needs vipsthumbnail, Pillow, exiftool"), arguments: ["drejet.jpg", "drejet.webp"])
    func theOrientationIsApplied(_ name: String) throws {
        let seen = try facts(try Self.read(name).mail)
        #expect((seen.width, seen.height) == (120, 160))
        // Turned to the right, what was on the left is above.
        #expect(seen.corners[0][0] > 150 && seen.corners[1][0] > 150 && seen.corners[2][2] > 150 && seen.corners[3][2] > 150)
    }

    @Test(.enabled(if: isPossible, "needs vipsthumbnail, Pillow, exiftool")) func theColoursAreThoseOfSRGB() throws {
        let picture = try Self.read("p3.png").mail
        let red = try facts(picture).corners[0]
        // The red of sRGB is 234, 51, 35 in Display P3; taken for sRGB it would be pale.
        #expect(red[0] > 248 && red[1] < 12 && red[2] < 12, "\(red)")
        #expect(!contains(picture.bytes, "ICC_PROFILE") && !contains(picture.bytes, "iCCP"))
    }

    @Test(.enabled(if: isPossible, "needs vipsthumbnail, Pillow, exiftool")) func theSizesFitAndNothingIsEnlarged() throws {
        let wide = try Self.read("bred.jpg")
        #expect(wide.all.map { [$0.width, $0.height] } == [[1200, 400], [1920, 640], [480, 160]])
        let high = try Self.read("høj.jpg")
        #expect(high.all.map { [$0.width, $0.height] } == [[384, 2400], [173, 1080], [154, 960]])
        let small = try Self.read("foto.jpg")
        #expect(small.all.allSatisfy { $0.width == 160 && $0.height == 120 })
    }

    @Test(.enabled(if: isPossible, "needs vipsthumbnail, Pillow, exiftool")) func transparencyAndDrawingsArePNGAndPhotographsJPEG() throws {
        for name in ["gennemsigtig.png", "gennemsigtig.webp"] {
            let clear = try facts(try Self.read(name).mail)
            #expect(clear.format == "PNG" && clear.corners[0][3] == 0 && clear.width == 1200, "\(name)")
        }
        #expect(try Self.read("tegning.png").all.allSatisfy { $0.format == .png })
        for name in ["gemt-foto.png", "foto.webp", "foto.heic", "bred.jpg"] {
            #expect(try Self.read(name).all.allSatisfy { $0.format == .jpeg }, "\(name)")
        }
    }

    @Test(.enabled(if: isPossible, "needs vipsthumbnail, Pillow, exiftool")) func ofAnAnimationTheFirstImageIsShown() throws {
        let first = try facts(try Self.read("levende.webp").mail)
        #expect((first.width, first.height) == (64, 64) && first.corners[0][0] > 150 && first.corners[1][2] > 150)
    }

    /// FAULTS 25: a picture that needs more memory than there is for it ends the program, not the daemon.
    @Test(.enabled(if: isPossible, "needs vipsthumbnail, Pillow, exiftool")) func theProgramHasBounds() throws {
        #expect(try Self.read("stor.jpg").mail.width == 1200)
        #expect(throws: Refusal(.pictureTooHeavy, value: "stor.jpg")) {
            try Self.read("stor.jpg", VipsThumbnail(addressSpace: 200 << 20))
        }
    }

    @Test(.enabled(if: isPossible, "needs vipsthumbnail, Pillow, exiftool"), arguments: ["jpg", "png", "webp", "heic"])
    func everyCutIsNotWhole(_ ending: String) throws {
        let whole = try Self.bytes("foto.\(ending)")
        for length in stride(from: 12, to: whole.count, by: max(1, whole.count / 97)) {
            let file = NamedBytes(name: "x", bytes: Array(whole[..<length]))
            #expect(throws: Refusal(.unfinished, value: "x"), "\(length) of \(whole.count)") {
                try PictureReader(VipsThumbnail()).read(file)
            }
        }
    }

    /// What a picture says of its size is believed for the limits only; what comes out has the size that it has.
    @Test(.enabled(if: isPossible, "needs vipsthumbnail, Pillow, exiftool")) func aPictureThatLiesAboutItsSizeIsRefusedOrFits() throws {
        var huge = try Self.bytes("foto.heic")
        let place = try #require(Data(huge).range(of: Data("ispe".utf8))).lowerBound + 8
        huge.replaceSubrange(place..<place + 8, with: [0, 0, 0x75, 0x30, 0, 0, 0x75, 0x30])
        #expect(throws: Refusal(.pictureTooLarge, value: "x")) {
            try PictureReader(VipsThumbnail()).read(NamedBytes(name: "x", bytes: huge))
        }
        var tiny = try Self.bytes("bred.jpg")
        let frame = try #require(Data(tiny).range(of: Data([0xFF, 0xC0, 0, 17, 8]))).upperBound
        tiny.replaceSubrange(frame..<frame + 4, with: [0, 10, 0, 10])
        let read = try? PictureReader(VipsThumbnail()).read(NamedBytes(name: "x", bytes: tiny))
        #expect(read.map { $0.mail.width == 10 && $0.mail.height == 10 } ?? true)
        // A side that no number of pixels can hold is no trap.
        for side in [UInt32.max, 1 << 31] {
            #expect(throws: Refusal(.pictureTooLarge, value: "x")) {
                try PictureReader(VipsThumbnail()).read(NamedBytes(name: "x", bytes: Samples.png(width: side, height: side)))
            }
        }
    }

    @Test(.enabled(if: isPossible, "needs vipsthumbnail, Pillow, exiftool")) func whatOnlyLooksLikeAPictureIsRefused() throws {
        // A frame and a scan that no decoder reads.
        #expect(throws: Refusal(.pictureDamaged, value: "x")) {
            try PictureReader(VipsThumbnail()).read(NamedBytes(name: "x", bytes: Samples.jpeg()))
        }
    }

    /// Without the program a JPEG or PNG is what it was before; WebP and HEIC are nobody's fault.
    @Test(.enabled(if: isPossible, "needs vipsthumbnail, Pillow, exiftool")) func withoutTheProgram() throws {
        let absent = VipsThumbnail(path: "/nonexistent/vipsthumbnail")
        for ending in ["jpg", "png"] {
            let pictures = try Self.read("foto.\(ending)", absent)
            #expect(Set(pictures.all.map(\.digest)).count == 1 && !contains(pictures.mail.bytes, "Mette"))
        }
        for ending in ["webp", "heic"] {
            #expect(throws: Refusal(.readerMissing, value: "vipsthumbnail")) { try Self.read("foto.\(ending)", absent) }
        }
    }

    @Test(.enabled(if: isPossible, "needs vipsthumbnail, Pillow, exiftool")) func theLedgerKeepsEachSize() throws {
        let house = try DropHouse()
        try house.drop("sti.md", "Titel: Sti\nAlt: En sti\n\nTekst.")
        try house.drop("sti.jpg", try Self.bytes("bred.jpg"))
        house.settleAndTake()
        let digest = try #require(try house.items().first?.content.picture?.digest)
        let widths = try PictureRenditions.Kind.allCases.map { try house.ledger.picture(digest, as: $0)?.width }
        #expect(widths == [1200, 1920, 480])
        #expect(try house.ledger.picture(digest)?.width == 1200)
    }

    /// The file waits with an alarm as a Word file does without pandoc, and comes in when the program is there.
    @Test(.enabled(if: isPossible, "needs vipsthumbnail, Pillow, exiftool")) func aHEICWaitsForTheProgram() throws {
        let house = try DropHouse { $0.vipsthumbnail = VipsThumbnail(path: "/nonexistent/vipsthumbnail") }
        try house.drop("sti.md", "Titel: Sti\n\nTekst.")
        try house.drop("sti.heic", try Self.bytes("foto.heic"))
        try house.drop("anden.md", "Titel: Anden\n\nTekst.")
        try house.drop("anden.png", Samples.png())
        house.settleAndTake()
        house.pass(after: .hours(1))
        #expect(house.names() == ["sti.heic", "sti.md"])
        #expect(try house.items().map(\.name) == ["anden.md"])
        #expect(Set(try house.alarms()) == ["intake HR", "intake-file HR/sti.md"])
        #expect(try house.ledger.standingAlarms().contains { $0.text.contains("apt install libvips-tools") })
        try house.restart { $0.vipsthumbnail = VipsThumbnail() }
        house.settleAndTake()
        #expect(house.names().isEmpty)
        #expect(try house.alarms().isEmpty && house.items().count == 2)
    }
}
