import Core
import Foundation
import TestKit
import Testing

/// FAULTS 27–29 through the real daemon: what a file says is followed into every output.
@Suite(.enabled(if: Oracle.hasPython("email"), "needs Python")) struct HostileContentTests {
    /// Everything that readers get of an edition: mails with their parts decoded, web edition, feeds, pictures; and the receipts.
    private static func outputs(_ house: Installation, _ daemon: Daemon) throws -> [(name: String, bytes: [UInt8])] {
        let run = try house.command("run", "direktionens-nyhedsbrev", "--yes")
        try #require(run.status == 0, "\(run.errorText)")
        let mails = { house.files("outbox").filter { $0.hasSuffix(".eml") } }
        #expect(eventually { mails().count == 28 }, "\(daemon.logText)")
        let decode = """
            import email, sys
            for part in email.message_from_binary_file(sys.stdin.buffer).walk():
                sys.stdout.buffer.write(b"".join(f"{k}: {v}\\n".encode("utf-8", "replace") for k, v in part.items()))
                sys.stdout.buffer.write(part.get_payload(decode=True) or b"")
            """
        let first = try #require(mails().first)
        let mail = try Data(contentsOf: URL(fileURLWithPath: house.path + "/outbox/" + first))
        var outputs = [(name: "mail", bytes: try ChildProcess.run(Oracle.python, ["-c", decode], input: Array(mail)).output)]
        let slug = try #require(house.files("outbox").first { !$0.contains("/") })
        var addresses = ["/editions/" + slug, "/screen/infoskaerm"]
        addresses += ["rss", "atom", "json", "concerto.json"].map { "/feeds/infoskaerm." + $0 }
        for address in addresses {
            let response = try ServiceTests.get(daemon, address)
            guard response.status == 200 || address.hasPrefix("/screen") else {
                throw Fault("get", address, cause: "\(response.status)", mend: "")
            }
            outputs.append((address, Array(response.body)))
        }
        let pages = outputs.map { String(decoding: $0.bytes, as: UTF8.self) }.joined()
        for address in Set(pages.matches(of: /\/pictures\/[0-9a-f]+\.[a-z]+/).map { String($0.0) }) {
            outputs.append((address, Array(try ServiceTests.get(daemon, address).body)))
        }
        for name in house.files("drop/HR/Modtaget") where name.hasSuffix(".kvittering.html") {
            outputs.append((name, Array(try Data(contentsOf: URL(fileURLWithPath: house.path + "/drop/HR/Modtaget/" + name)))))
        }
        return outputs
    }

    private static func taken(_ house: Installation, _ count: Int) -> Bool {
        eventually { house.files("drop/HR/Modtaget").count { $0.hasSuffix(".kvittering.html") } == count }
    }

    private static let page = """
        <html><head><title>Side</title><script>alert(4711)</script></head><body onload="alert(4711)"><h1>Siden</h1>
        <p>Et <b onclick="alert(4711)">ord</b> og <a href="javascript:alert(4711)">klik</a> <a href="data:text/html,4711">data</a>.</p>
        <img src="https://ondskab.example/p.gif" onerror="alert(4711)"><iframe src="https://ondskab.example/"></iframe>
        <form action="javascript:alert(4711)"><input name="x"></form><p>Her slutter teksten.</p></body></html>
        """

    /// FAULTS 27.
    @Test func nothingActiveReachesAnyReader() throws {
        let house = try Installation()
        let hostile = """
            Nyt om \"ondskab\"

            Her begynder teksten.

            <script src="https://ondskab.example/x.js">alert(4711)</script>

            Et <b onclick="alert(4711)">ord</b> og <img src=x onerror="alert(4711)"> og <iframe src="https://ondskab.example/"></iframe>.

            [klik](javascript:alert(4711)) [data](data:text/html;base64,NDcxMQ==) [vb](vbscript:alert(4711)) ![spor](https://ondskab.example/p.gif)

            <style>body{background:url(https://ondskab.example/b.png)}</style>

            <svg onload="alert(4711)"></svg>

            Her slutter teksten.
            """
        let daemon = try Daemon(house)
        try house.drop("HR/a.md", hostile)
        var count = 1
        if Oracle.hasProgram("/usr/bin/pandoc") {
            try house.drop("HR/b.html", Self.page)
            count = 2
        }
        #expect(Self.taken(house, count), "\(house.left()) \(daemon.logText)")
        for (name, bytes) in try Self.outputs(house, daemon) {
            let text = String(decoding: bytes, as: UTF8.self).lowercased()
            for word in [
                "<script src=\"http", "<script>", "<iframe", "href=\"javascript", "href=\"data:text", "onclick=", "onerror=", "url(https",
            ] {
                #expect(!text.contains(word), "\(name) has \(word)")
            }
            // A receipt tells its writer, as text, which addresses were left out.
            if name.hasSuffix(".kvittering.html") { continue }
            for word in ["4711", "ondskab.example", "javascript:", "vbscript:", "data:text", "onerror", "onclick", "onload=\"alert"] {
                #expect(!text.contains(word), "\(name) has \(word)")
            }
            if name == "mail" || name.hasPrefix("/editions") {
                #expect(text.contains("her slutter teksten") && text.contains("ord"), "\(name)")
            }
        }
        #expect(daemon.terminate() == 0)
    }

    /// FAULTS 28, for JPEG and PNG.
    @Test(.enabled(if: Oracle.hasPython("PIL"), "needs Pillow"))
    func aPhotographTellsNobodyWhereAndWhoItWas() throws {
        let house = try Installation()
        try house.drop("HR/x.tmp", "")
        let script = """
            import sys
            from PIL import Image, PngImagePlugin
            photo = Image.radial_gradient("L").resize((640, 480)).convert("RGB")
            exif = Image.Exif()
            exif[0x010E] = "Mette Fortrolig"
            exif.get_ifd(0x8825).update({1: "N", 2: (55.0, 27.0, 30.0), 29: "2026:11:21"})
            photo.save(sys.argv[1] + "/a.jpg", exif=exif, comment=b"Mette Fortrolig", xmp=b"<x:xmpmeta>Mette Fortrolig</x:xmpmeta>")
            texts = PngImagePlugin.PngInfo()
            texts.add_text("Author", "Mette Fortrolig")
            texts.add_itxt("XML:com.adobe.xmp", "<x:xmpmeta>Mette Fortrolig</x:xmpmeta>")
            photo.save(sys.argv[1] + "/b.png", pnginfo=texts, exif=exif)
            """
        let made = try ChildProcess.run(Oracle.python, ["-c", script, house.path + "/drop/HR"])
        try #require(made.status == 0, "\(made.errorText)")
        let words = ["Fortrolig", "2026:11:21", "xmpmeta", "eXIf"]
        for name in ["a.jpg", "b.png"] {
            let original = try Data(contentsOf: URL(fileURLWithPath: house.path + "/drop/HR/" + name))
            #expect(original.range(of: Data("Fortrolig".utf8)) != nil, "the sample says nothing")
        }
        try house.drop("HR/a.md", "Titel: Et fotografi\nAlt: En cirkel\n\nTekst.\n")
        try house.drop("HR/b.md", "Titel: En tegning\nAlt: En cirkel\n\nTekst.\n")
        let daemon = try Daemon(house)
        #expect(Self.taken(house, 2), "\(house.left()) \(daemon.logText)")
        let outputs = try Self.outputs(house, daemon)
        #expect(outputs.contains { $0.name.hasPrefix("/pictures/") && $0.bytes.count > 1_000 })
        for (name, bytes) in outputs {
            for word in words { #expect(Data(bytes).range(of: Data(word.utf8)) == nil, "\(name) has \(word)") }
        }
        #expect(daemon.terminate() == 0)
    }

    /// FAULTS 29: in a text, a title, a file's name, and a Word table; nothing of it in a note, the log, a receipt or the ledger's file.
    @Test(.enabled(if: Oracle.hasPython("docx") && Oracle.hasProgram("/usr/bin/pandoc"), "needs python-docx and pandoc"))
    func aPersonalNumberIsRefusedAndRepeatedNowhere() throws {
        let house = try Installation()
        try house.drop("HR/tekst.txt", "Velkommen\n\nTil Anne, 070761-4285, i kantinen.\n")
        try house.drop("HR/titel.md", "Titel: Om 070761 4285\n\nTekst.\n")
        try house.drop("HR/Sag 0707614285.md", "En sag\n\nTekst.\n")
        try house.drop("HR/Mappe 070761-4285/tekst.md", "En mappe\n\nTekst.\n")
        let script = """
            import docx, sys
            document = docx.Document()
            document.add_heading("Nye kolleger")
            table = document.add_table(rows=2, cols=2)
            for cell, text in zip([c for row in table.rows for c in row.cells], ["Navn", "Nummer", "Anne", "070761-4285"]): cell.text = text
            document.save(sys.argv[1])
            """
        let made = try ChildProcess.run(Oracle.python, ["-c", script, house.path + "/drop/HR/tabel.docx"])
        try #require(made.status == 0, "\(made.errorText)")
        let daemon = try Daemon(house)
        let notes = { house.files("drop/HR/Afvist").filter { $0.hasSuffix(".besked.txt") } }
        #expect(eventually { notes().count == 5 && house.left().isEmpty }, "\(house.left()) \(daemon.logText)")
        #expect(try house.items().isEmpty)
        try house.passes()
        #expect(daemon.terminate() == 0)
        var told = [("log", Data(daemon.logText.utf8)), ("names", Data(house.files("drop").joined(separator: "\n").utf8))]
        for name in notes() { told.append((name, try Data(contentsOf: URL(fileURLWithPath: house.path + "/drop/HR/Afvist/" + name)))) }
        for name in house.files("drop/HR/Modtaget") {
            told.append((name, try Data(contentsOf: URL(fileURLWithPath: house.path + "/drop/HR/Modtaget/" + name))))
        }
        for name in house.files("state") {
            if let data = FileManager.default.contents(atPath: house.path + "/state/" + name) { told.append((name, data)) }
        }
        for (name, data) in told {
            for number in ["070761", "61-4285", "61 4285", "614285"] {
                #expect(data.range(of: Data(number.utf8)) == nil, "\(name) repeats it")
            }
        }
        for name in notes() { #expect(try house.text("drop/HR/Afvist/" + name).contains("CPR"), "\(name)") }
    }
}
