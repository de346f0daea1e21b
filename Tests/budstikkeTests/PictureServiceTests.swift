import Core
import Foundation
import TestKit
import Testing

/// Pictures through the real daemon: its receipt in a real browser, and what happens without the programs.
@Suite struct PictureServiceTests {
    static let hasBrowser =
        Oracle.hasPython("selenium", "axe_playwright_python", "PIL")
        && Oracle.hasProgram("/usr/bin/chromium", "/usr/bin/chromedriver", OptionalProgram.vipsthumbnail.path)

    private func photograph(_ ending: String) throws -> [UInt8] {
        let folder = try TemporaryFolder()
        let path = folder.file("foto." + ending)
        let outcome = try ChildProcess.run(
            Oracle.python,
            [
                "-c", "import sys; from PIL import Image; Image.linear_gradient('L').resize((1600, 900)).convert('RGB').save(sys.argv[1])",
                path,
            ])
        try #require(outcome.status == 0, "\(outcome.errorText)")
        return Array(try Data(contentsOf: URL(fileURLWithPath: path)))
    }

    private func drop(_ house: Installation, _ path: String, _ bytes: [UInt8]) throws {
        try house.folder.write("house/drop/HR/" + path, bytes)
    }

    @Test(.enabled(if: hasBrowser, "needs chromium, chromium-driver, libvips-tools, PyPI selenium, axe-playwright-python"))
    func theReceiptShowsThePictureFromAFilePath() throws {
        let house = try Installation()
        let daemon = try Daemon(house)
        try drop(house, "Ny cykelsti.webp", try photograph("webp"))
        try drop(
            house, "Ny cykelsti.md",
            Array("Titel: Ny cykelsti\nAlt: Stien i morgensol\nBilledtekst: Stien\nKontakt: Mette, 12345678\n\nPå mandag åbner stien.".utf8)
        )
        let receipt = house.path + "/drop/HR/Modtaget/Ny cykelsti.kvittering.html"
        #expect(eventually { access(receipt, R_OK) == 0 }, "\(daemon.logText)")
        // The picture is in the page, so the page may be moved or mailed.
        let page = house.folder.file("kvittering.html")
        try FileManager.default.copyItem(atPath: receipt, toPath: page)
        let scripts = Oracle.root + "/Tests/PressTests/Oracles/"
        let shots = ProcessInfo.processInfo.environment["BUDSTIKKE_SCREENSHOTS"] ?? house.folder.path
        let widths = try JSONDecoder().decode(
            [[Int]].self, from: Data(try Oracle.run(scripts + "shown.py", [page, shots + "/kvittering-{width}.png"])))
        #expect(widths == [[1200], [1200]])
        #expect(try String(contentsOfFile: page, encoding: .utf8).contains("Vises på skærmene nu"))
        #expect(String(decoding: try Oracle.run(scripts + "axe.py", [page], limit: .minutes(5)), as: UTF8.self) == "[]")
    }

    /// FAULTS 25 on the daemon: the note is kind, what is beside it goes on.
    @Test func aHugePictureIsRefusedWithANote() throws {
        let house = try Installation()
        let daemon = try Daemon(house)
        func word(_ value: Int) -> [UInt8] { [24, 16, 8, 0].map { UInt8(truncatingIfNeeded: value >> $0) } }
        let canvas: [UInt8] = [0, 0, 0, 0] + [0x2F, 0x75, 0, 0x2F, 0x75, 0]
        let chunk = Array("VP8X".utf8) + word(canvas.count).reversed() + canvas
        try drop(house, "stor.webp", Array("RIFF".utf8) + word(chunk.count + 4).reversed() + Array("WEBP".utf8) + chunk)
        try drop(house, "stor.md", Array("Titel: Stor\n\nTekst.".utf8))
        try drop(house, "lille.md", Array("Titel: Lille\n\nTekst.".utf8))
        let note = house.path + "/drop/HR/Afvist/stor.besked.txt"
        #expect(eventually { access(note, R_OK) == 0 }, "\(daemon.logText)")
        #expect(try String(contentsOfFile: note, encoding: .utf8).contains("60 millioner punkter"))
        #expect(eventually { access(house.path + "/drop/HR/Modtaget/lille.md", R_OK) == 0 })
    }

    /// Without pandoc and vipsthumbnail `check` says what will not work; such files wait with an alarm; texts go on.
    @Test func withoutTheProgramsTextsGoOn() throws {
        let house = try Installation { $0 + "\n[Programs]\nPandoc=/nonexistent/pandoc\nVipsThumbnail=/nonexistent/vipsthumbnail\n" }
        let check = try house.command("check")
        #expect(check.status == 0)
        for words in [
            "/nonexistent/pandoc is not installed: Word, OpenDocument, RTF and HTML files wait", "apt install pandoc",
            "/nonexistent/vipsthumbnail is not installed: WebP and HEIC pictures wait", "apt install libvips-tools", "No problems found.",
        ] { #expect(check.outputText.contains(words), "\(words) in:\n\(check.outputText)") }
        let report = try #require(try house.json("check") as? [String: Any])
        let missing = try #require(report["missing"] as? [[String: String]])
        #expect(missing.map { $0["package"] } == ["pandoc", "libvips-tools"])
        #expect(missing.allSatisfy { $0["loss"]?.contains("wait in the drop folder") == true })
        #expect((report["problems"] as? [Any])?.isEmpty == true)

        let daemon = try Daemon(house)
        // The form of a WebP, which is not decoded here.
        let picture: [UInt8] =
            Array("RIFF".utf8) + [22, 0, 0, 0] + Array("WEBPVP8X".utf8) + [10, 0, 0, 0] + [0, 0, 0, 0, 9, 0, 0, 9, 0, 0]
        try drop(house, "Word.docx", Array("PK".utf8) + [3, 4] + [UInt8](repeating: 1, count: 64))
        try drop(house, "Billede.webp", picture)
        try drop(house, "Billede.md", Array("Titel: Billede\n\nTekst.".utf8))
        try drop(house, "Tekst.txt", Array("En tekst\n\nSom altid.".utf8))
        let folder = house.path + "/drop/HR/"
        #expect(eventually { access(folder + "Modtaget/Tekst.kvittering.html", R_OK) == 0 }, "\(daemon.logText)")
        #expect(try eventually { try house.command("status").outputText.contains("is not installed") }, "\(daemon.logText)")
        for name in ["Billede.webp", "Billede.md"] { #expect(access(folder + name, R_OK) == 0, "\(name)") }
    }

    /// `RequireAlt=yes` in every publication: told at once. In one of them: the receipt says which one is without it.
    @Test func aPictureWithoutAltIsToldOfWhereItIsDemanded() throws {
        let house = try Installation()
        let schedules = try FileManager.default.contentsOfDirectory(atPath: house.path + "/Schedules")
        func demand(_ names: [String]) throws {
            for name in names {
                let text = try String(contentsOfFile: house.path + "/Schedules/" + name, encoding: .utf8)
                try house.write("Schedules/" + name, text.replacing("[Selection]\n", with: "[Selection]\nRequireAlt=yes\n"))
            }
        }
        try demand(["infoskaerm.schedule"])
        #expect(try house.command("check").status == 0)
        var daemon = try Daemon(house)
        let picture = try Data(contentsOf: URL(fileURLWithPath: house.path + "/Templates/logo.png"))
        try drop(house, "en.png", Array(picture))
        try drop(house, "en.md", Array("Titel: En\nKategori: Nyt\n\nTekst.".utf8))
        let receipt = house.path + "/drop/HR/Modtaget/en.kvittering.html"
        #expect(eventually { access(receipt, R_OK) == 0 }, "\(daemon.logText)")
        #expect(try String(contentsOfFile: receipt, encoding: .utf8).contains("før billedet har en beskrivelse"))
        daemon.terminate()
        try demand(schedules.filter { $0 != "infoskaerm.schedule" })
        daemon = try Daemon(house)
        try drop(house, "to.png", Array(picture))
        try drop(house, "to.md", Array("Titel: To\nKategori: Nyt\n\nTekst.".utf8))
        let note = house.path + "/drop/HR/Afvist/to.besked.txt"
        #expect(eventually { access(note, R_OK) == 0 }, "\(daemon.logText)")
        #expect(try String(contentsOfFile: note, encoding: .utf8).contains("mangler en beskrivelse"))
    }
}
