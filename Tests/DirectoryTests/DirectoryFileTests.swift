import Core
import Foundation
import Testing

@testable import Directory

@Suite struct DirectoryFileTests {
    static func people(_ text: String) throws -> [Person] { try DirectoryFile.people(Array(text.utf8), file: "r.csv").get() }

    static func problems(_ bytes: [UInt8]) -> [SettingsProblem] {
        guard case .failure(let problems) = DirectoryFile.people(bytes, file: "r.csv") else { return [] }
        return problems.problems
    }

    static func problems(_ text: String) -> [SettingsProblem] { problems(Array(text.utf8)) }

    private let expected: Person

    init() throws {
        expected = Person(
            address: try #require(EmailAddress("soeren@koege.example")), name: "Søren Ærø", department: "Børn & Unge", location: "Køge",
            role: "leder", language: .da, groups: ["MED", "Ledelse"], attributes: ["ansat": "2019"])
    }

    private static let danish = """
        E-mail;Navn;Forvaltning;Sted;Stilling;Sprog;Grupper;Ansat
        soeren@koege.example;Søren Ærø;Børn & Unge;Køge;leder;dansk;MED, Ledelse;2019
        """

    @Test(arguments: [";", ",", "\t"], ["\n", "\r\n", "\r"])
    func eachSeparatorAndLineBreak(_ separator: String, _ lineBreak: String) throws {
        let text = """
            email;name;department;location;role;language;groups;ansat
            soeren@koege.example;Søren Ærø;Børn & Unge;Køge;leder;da;MED|Ledelse;2019
            """.replacing(";", with: separator).replacing("\n", with: lineBreak)
        #expect(try Self.people(text) == [expected])
        #expect(try Self.people(text + lineBreak) == [expected])
        #expect(try Self.people("\u{FEFF}" + text) == [expected])
    }

    @Test(arguments: [
        "e-mail;navn;afdeling;lokation;rolle;sprog;grupper;ansat", "EMAIL;NAVN;Forvaltning;STED;Stilling;Språk;Gruppe;Ansat",
        " Mail ; Name ; Avdeling ; Location ; Role ; Language ; Groups ; Ansat ",
    ])
    func headersInThreeLanguages(_ header: String) throws {
        let row = "soeren@koege.example;Søren Ærø;Børn & Unge;Køge;leder;da;MED,Ledelse;2019"
        #expect(try Self.people(header + "\n" + row) == [expected])
    }

    /// Windows-1252 made byte by byte, as Danish Excel saves it.
    @Test func windows1252() throws {
        let bytes = Self.danish.replacing("\n", with: "\r\n").unicodeScalars.map { UInt8($0.value) }
        #expect(bytes.contains(0xF8) && bytes.contains(0xC6))
        #expect(try DirectoryFile.people(bytes, file: "r.csv").get() == [expected])
        // 0x80 is the euro sign and 0x96 a dash, unlike in ISO 8859-1; 0x81 is nothing at all.
        let head = Array("email;name\na@b.dk;".utf8)
        #expect(try DirectoryFile.people(head + [0x80, 0x96, 0xE5], file: "r.csv").get().first?.name == "€–å")
        #expect(Self.problems(head + [0x81, 0xE5]).map(\.cause) == ["the file is neither UTF-8 nor Windows-1252"])
    }

    @Test func otherEncodingsAreNamed() {
        let text = "email;name\na@b.dk;Bø\nb@b.dk;Bø"
        let utf16: [UInt8] = [0xFF, 0xFE] + text.utf16.flatMap { (unit: UInt16) -> [UInt8] in [UInt8(unit & 0xFF), UInt8(unit >> 8)] }
        #expect(Self.problems(utf16).first?.cause.contains("UTF-16") == true)
        #expect(Self.problems(Array(text.utf8) + [0]).first?.cause.contains("NUL") == true)
        // Cut in the middle of a character: not taken for Windows-1252.
        #expect(Self.problems(Array(text.utf8.dropLast())).first?.cause.contains("UTF-8 in one place") == true)
    }

    @Test func quotesAndLineBreaksWithinACell() throws {
        let text = "email;name;note\n\"a@b.dk\";\"Hansen, \"\"Bo\"\"\nogså\";\"x;y\"\nb@b.dk;B;\"\"\n"
        let people = try Self.people(text)
        #expect(people.map(\.name) == ["Hansen, \"Bo\" også", "B"])
        #expect(people.map(\.attributes) == [["note": "x;y"], [:]])
        // The line after a cell of two lines is the fourth.
        #expect(Self.problems(text + "c;C;z").map(\.place.line) == [5])
    }

    @Test func excelsSeparatorLineAndBlankLines() throws {
        #expect(try Self.people("sep=,\r\nemail,name\r\na@b.dk,A\r\n,\r\n\r\n").map(\.name) == ["A"])
        #expect(Self.problems("sep=,\r\nemail,name\r\nx,A\r\n").map(\.place.line) == [3])
        #expect(try Self.people("email\na@b.dk\n").count == 1)
    }

    /// FAULTS 30: each bad row named.
    @Test func everyBadRowIsNamed() {
        let text = """
            email;name;language;groups
            a@b.dk;A;da;x
            ikke en adresse;B;da;x
            c@b.dk;C;klingonsk;x
            d@b.dk;D
            A@b.dk;Igen;da;x
            e@b.dk;E;da;x;y
            ;F;da;x
            "g@b.dk"x;G;da;x
            h@b.dk;H;da;x
            "i@b.dk;I;da;x
            """
        let problems = Self.problems(text)
        #expect(problems.map(\.place.line) == [3, 4, 5, 6, 7, 8, 9, 11])
        #expect(problems.allSatisfy { $0.place.file == "r.csv" && !$0.mend.isEmpty })
        #expect(problems[3].cause == "the same address stands on line 2 already")
        #expect(problems.allSatisfy { !"\($0)".contains("klingonsk") && !"\($0)".contains("@b.dk") && !"\($0)".contains("adresse;") })
    }

    @Test(arguments: [
        ("", "empty"), ("\n\n", "empty"), ("email;name\n", "nobody"), ("a@b.dk;A\n", "no column for the mail address"),
        ("email;name;navn\na@b.dk;A;A", "two columns"), ("email;name;\na@b.dk;A;x", "without a name"),
    ])
    func aFileThatIsNoDirectory(_ text: String, _ cause: String) {
        #expect(Self.problems(text).contains { $0.cause.contains(cause) }, "\(Self.problems(text))")
    }

    @Test func aColumnWithoutNameAndContentIsNothing() throws {
        #expect(try Self.people("email;name;\na@b.dk;A;\n").count == 1)
    }

    /// FAULTS 14: CR, LF, NUL or a comma in an address or a name: rejected or made one line.
    @Test(arguments: [
        "a@b.dk\r\nRCPT TO:<x@y.dk>", "a@b.dk\n", "a,b@b.dk", "a@b.dk,c@d.dk", "a b@b.dk", "\"a\"@b.dk", "a@[127.0.0.1]", "å@b.dk",
        "a@b.dk\u{0}", "a@b..dk", "@b.dk", "a@",
    ])
    func anAddressThatIsNone(_ address: String) {
        let quoted = "\"" + address.replacing("\"", with: "\"\"") + "\""
        #expect(!Self.problems("email;name\n\(quoted);A\nb@b.dk;B").isEmpty)
    }

    @Test func aNameIsOneLineWithoutControlCharacters() throws {
        #expect(try Self.people("email;name\na@b.dk;\"A\r\nBcc:\tx\"").first?.name == "A Bcc: x")
        for bad in ["A\u{1B}[31m", "A\u{202E}B", "A\u{7F}", "A\u{FFFD}", "A\u{85}\u{9B}"] {
            #expect(Self.problems("email;name\na@b.dk;\(bad)").map(\.place.key) == ["name"], "\(bad.unicodeScalars.map(\.value))")
        }
    }

    @Test func theListOfProblemsIsBoundedAndSaysSo() {
        let problems = Self.problems("email\n" + String(repeating: "x\n", count: 5000))
        #expect(problems.count == DirectoryFile.listed + 1)
        #expect(problems.last?.cause == "from here on there are 4900 more problems")
    }
}
