import Core
import Testing

@testable import Directory

/// A generator that makes the same numbers from the same seed (SplitMix64).
private struct Seeded: RandomNumberGenerator {
    var state: UInt64

    mutating func next() -> UInt64 {
        state &+= 0x9E37_79B9_7F4A_7C15
        var z = state
        z = (z ^ (z >> 30)) &* 0xBF58_476D_1CE4_E5B9
        z = (z ^ (z >> 27)) &* 0x94D0_49BB_1331_11EB
        return z ^ (z >> 31)
    }
}

@Suite struct DirectoryPropertyTests {
    /// Whatever the bytes: people with valid addresses, each once, or at least one problem; never a crash.
    private func check(_ bytes: [UInt8]) {
        switch DirectoryFile.people(bytes, file: "r.csv") {
        case .success(let people):
            #expect(!people.isEmpty)
            #expect(Set(people.map { $0.address.text.lowercased() }).count == people.count)
            for person in people {
                let texts = [person.name, person.department, person.role] + Array(person.attributes.values)
                #expect(texts.allSatisfy { $0.unicodeScalars.allSatisfy { $0.value >= 0x20 } })
            }
        case .failure(let problems): #expect(!problems.problems.isEmpty)
        }
    }

    @Test func randomBytesNeverCrash() {
        var random = Seeded(state: 1)
        for _ in 0..<2000 {
            check((0..<Int.random(in: 0...300, using: &random)).map { _ in UInt8.random(in: 0...255, using: &random) })
        }
    }

    /// From the characters that mean something, which random bytes seldom are.
    @Test func randomSyntaxNeverCrashes() {
        var random = Seeded(state: 2)
        let pieces = ["\"", "\"\"", ";", ",", "\t", "\n", "\r\n", "\r", "a@b.dk", "c@d.dk", "email", "name", "sep=;", "å", " ", ""].map {
            Array($0.utf8)
        }
        for _ in 0..<5000 {
            let head: [UInt8] = Bool.random(using: &random) ? Array("email;name\n".utf8) : []
            check(head + (0..<Int.random(in: 0...40, using: &random)).flatMap { _ in pieces.randomElement(using: &random) ?? [] })
        }
    }

    /// A good file cut at any byte is refused or has a part of its people; only the last one's last cell may be cut (which is why
    /// a file must have settled), never the address.
    @Test func everyCutOfAGoodFile() throws {
        let text = "email;name;note\r\n" + (0..<20).map { "p\($0)@b.dk;Søren \($0);\"æ;\"\"ø\"\"\nå\"\r\n" }.joined()
        let whole = Array(text.utf8)
        let people = try DirectoryFile.people(whole, file: "r.csv").get()
        #expect(people.count == 20)
        for end in whole.indices {
            if case .success(let part) = DirectoryFile.people(Array(whole[..<end]), file: "r.csv") {
                #expect(part.dropLast() == people.prefix(part.count - 1))
                #expect(part.last?.firstCells == people[part.count - 1].firstCells)
            }
        }
    }

    /// What is written by RFC 4180 is read back, cell by cell.
    @Test func aTableIsReadAsItWasWritten() {
        var random = Seeded(state: 3)
        let letters = Array("ab\"; ,\t\nå€")
        for _ in 0..<500 {
            let separator = [";", ",", "\t"].randomElement(using: &random) ?? ";"
            let width = Int.random(in: 2...5, using: &random)
            let header = (0..<width).map { "k\($0)" }
            let rows = (0..<Int.random(in: 0...6, using: &random)).map { _ in
                (0..<width).map { _ in
                    "x" + String((0..<Int.random(in: 0...6, using: &random)).compactMap { _ in letters.randomElement(using: &random) })
                }
            }
            let text = ([header] + rows).map { row in
                row.map { "\"" + $0.replacing("\"", with: "\"\"") + "\"" }.joined(separator: separator)
            }.joined(separator: "\r\n")
            var table = CSVTable(Array(text.utf8))
            var found: [[String]] = []
            while let row = table.next() { found.append(row.cells) }
            #expect(table.flaws.isEmpty && found == [header] + rows)
        }
    }
}

extension Person {
    fileprivate var firstCells: [String] { [address.text, name] }
}
