import Core
import Foundation
import TestKit
import Testing

@testable import Intake

@Suite struct PictureTests {
    private func read(_ bytes: [UInt8]) throws(Refusal) -> Picture { try PictureReader.stripped(NamedBytes(name: "x.jpg", bytes: bytes)) }

    /// FAULTS 28.
    @Test func aPhotographLosesWhatItTellsOfPeople() throws {
        let bytes = Samples.jpeg(
            segments: [
                (0xE1, Samples.exif(orientation: 1)), (0xE1, Array("http://ns.adobe.com/xap/1.0/\0Mette".utf8)),
                (0xED, Array("Photoshop 3.0\0Mette".utf8)), (0xE2, Array("MPF\0Mette".utf8)), (0xE2, Array("ICC_PROFILE\0farver".utf8)),
                (0xFE, Array("Mette".utf8)), (0xEE, Array("Adobe\0rest".utf8)),
            ], trailer: Array("Mettes film".utf8))
        let picture = try read(bytes)
        for word in ["Mette", "GPS", "Exif", "Photoshop"] { #expect(!contains(picture.bytes, word)) }
        for word in ["farver", "Adobe", "JFIF"] { #expect(contains(picture.bytes, word)) }
        #expect(picture.format == .jpeg && picture.width == 40 && picture.height == 30)
        #expect(try read(picture.bytes) == picture)
    }

    @Test(arguments: [3, 6, 8] as [UInt8]) func theOrientationStaysAndNothingElseOfIt(_ orientation: UInt8) throws {
        let picture = try read(Samples.jpeg(segments: [(0xE1, Samples.exif(orientation: orientation))]))
        #expect(!contains(picture.bytes, "GPS"))
        #expect(contains(picture.bytes, "Exif"))
        #expect((picture.width, picture.height) == (orientation >= 5 ? (30, 40) : (40, 30)))
        // What was kept is read back as the same.
        #expect(try read(picture.bytes) == picture)
    }

    @Test func aPNGLosesItsTexts() throws {
        let bytes = Samples.png(extra: [
            ("tEXt", Array("Author\0Mette".utf8)), ("eXIf", Array("MM\0*GPS".utf8)), ("gAMA", [0, 0, 0xB1, 0x8F]),
            ("tIME", [7, 234, 1, 1, 0, 0, 0]),
        ])
        let picture = try read(bytes + Array("Mette".utf8))
        #expect(picture.bytes == Samples.png(extra: [("gAMA", [0, 0, 0xB1, 0x8F])]))
        #expect(picture.format == .png && picture.width == 2 && picture.height == 2)
    }

    @Test func everyCutIsNotWhole() {
        for bytes in [Samples.png(), Samples.jpeg()] {
            for length in 8..<bytes.count { #expect(throws: Refusal(.unfinished, value: "x.jpg")) { try read(Array(bytes[..<length])) } }
        }
    }

    @Test func limitsAndFakes() {
        // FAULTS 25: the size is read before anything would be decoded.
        #expect(throws: Refusal(.pictureTooLarge, value: "x.jpg")) { try read(Samples.png(width: 30_000, height: 30_000)) }
        #expect(throws: Refusal(.pictureTooLarge, value: "x.jpg")) {
            try read([UInt8](repeating: 0xFF, count: PictureReader.sizeLimit + 1))
        }
        #expect(throws: Refusal(.pictureDamaged, value: "x.jpg")) { try read(Array("GIF89a".utf8)) }
        #expect(throws: Refusal(.pictureDamaged, value: "x.jpg")) { try read([]) }
        var damaged = Samples.png()
        damaged[45] ^= 1
        #expect(throws: Refusal(.unfinished, value: "x.jpg")) { try read(damaged) }
    }

    /// Another program's photographs: the same pixels, the same orientation, nothing else.
    @Test(.enabled(if: Oracle.hasPython("PIL"), "needs Pillow")) func everyPixelStaysWhenAnotherProgramDecodes() throws {
        let folder = try TemporaryFolder()
        let script = Oracle.root + "/Tests/IntakeTests/Oracles/pictures.py"
        _ = try Oracle.run(script, ["make", folder.path])
        let names = try FileManager.default.contentsOfDirectory(atPath: folder.path)
        #expect(names.count == 6)
        for name in names {
            let bytes = try #require(FileManager.default.contents(atPath: folder.file(name)))
            let picture = try PictureReader.stripped(NamedBytes(name: name, bytes: Array(bytes)))
            #expect((picture.width, picture.height) == (name.hasSuffix("-6.jpg") ? (48, 64) : (64, 48)))
            _ = try Oracle.run(script, ["compare", folder.file(name), try folder.write("stripped-" + name, picture.bytes)])
        }
    }
}
