import Core
import Foundation
import Testing

@testable import Press

@Suite struct IdentityFileTests {
    static func read(_ text: String) throws -> Identity {
        try Identity(SectionFile(text: text, file: "identity.conf"), path: "identity.conf", organisation: "Køge Kommune") {
            name throws(Fault) in
            guard name == "logo.png" else { throw Fault("read", name, cause: "the file does not exist", mend: "Put it there.") }
            return Workshop.logo
        }
    }

    @Test func whatIsNotSaidIsNeutral() throws {
        let identity = try Self.read("[Identity]\nSender=Direktionen\nFooter=Rådhuset\nFooter=4600 Køge\nLogo=logo.png")
        #expect(identity.name == "Køge Kommune" && identity.sender == "Direktionen" && identity.logo == Workshop.logo)
        #expect(identity.footer == "Rådhuset\n4600 Køge" && identity.primary.contrast(to: .white) > 7)
    }

    @Test(arguments: [
        ("[Identity]\n\nPrimary=#FFCC00", 3, "1.5:1"), ("[Identity]\nText=#999999", 2, "contrast"),
        ("[Identity]\nSurface=#333333", 1, "contrast"),
        ("[Identity]\nPrimary=blue", 2, "not a colour"), ("[Identity]\nColour=#000000", 2, "not known"),
        ("[Brand]\nName=x", 1, "not known"),
        ("[Identity]\nLogo=gone.png", 2, "does not exist"), ("[Identity]\nAccessibilityStatement=javascript:x", 2, "not an address"),
        ("[Identity]\nName", 2, "Key=value"),
    ])
    func aMistakeIsNamedWithItsLine(_ text: String, _ line: Int, _ cause: String) {
        #expect {
            try Self.read(text)
        } throws: { error in
            ((error as? SettingsProblems)?.problems ?? []).contains { problem in
                problem.place.file == "identity.conf" && (problem.place.line ?? 1) == line && problem.cause.contains(cause)
                    && !problem.mend.isEmpty
            }
        }
    }

    @Test func everyMistakeIsInOneList() {
        #expect {
            try Self.read("[Identity]\nPrimary=blue\nText=#DDDDDD\nFont=Arial\nLogo=gone.png")
        } throws: { error in
            Set(((error as? SettingsProblems)?.problems ?? []).compactMap(\.place.key)).isSuperset(of: ["Primary", "Text", "Font", "Logo"])
        }
    }
}

@Suite struct PaletteTests {
    /// Whatever colours an identity may have, each text stands 4.5:1 from its ground in light and in dark.
    @Test func everyPairIsReadable() throws {
        var generator = SystemRandomNumberGenerator()
        func colour() -> Identity.Colour {
            let value = UInt32.random(in: 0...0xFFFFFF, using: &generator)
            return Identity.Colour(red: UInt8(value >> 16), green: UInt8(value >> 8 & 0xFF), blue: UInt8(value & 0xFF))
        }
        var tried = 0
        while tried < 300 {
            let (primary, surface, text) = (colour(), colour().mixed(with: .white, share: 0.7), colour())
            let pairs = [(primary, .white), (primary, surface), (text, surface), (text, .white)] as [(Identity.Colour, Identity.Colour)]
            guard pairs.allSatisfy({ $0.contrast(to: $1) >= 4.5 }) else { continue }
            tried += 1
            guard case .map(let entries) = Palette(.init(name: "", sender: "", primary: primary, surface: surface, text: text)).value else {
                Issue.record("no colours")
                return
            }
            func named(_ name: String) throws -> Identity.Colour {
                guard case .text(let value)? = entries[name] else { throw Fault("find", name, cause: "no colour", mend: "") }
                return try #require(Identity.Colour(value))
            }
            for (front, back) in [
                ("onPrimary", "primary"), ("primary", "surface"), ("text", "surface"), ("quiet", "surface"), ("nightText", "nightPage"),
                ("nightText", "nightCard"), ("nightQuiet", "nightPage"), ("nightQuiet", "nightCard"), ("nightLink", "nightPage"),
                ("nightLink", "nightCard"),
            ] {
                let ratio = try named(front).contrast(to: named(back))
                #expect(ratio >= 4.5, "\(front) on \(back): \(ratio) with \(primary) \(surface) \(text)")
            }
            #expect(try named("quiet").contrast(to: .white) >= 4.5)
        }
    }
}

@Suite struct TemplateCheckTests {
    static func problems(_ change: (inout [String: String]) -> Void) throws -> [SettingsProblem] {
        var sources = try Workshop.sources()
        change(&sources)
        do {
            _ = try Press(templates: sources, identity: Workshop.identity(), catalogue: Workshop.catalogue())
            return []
        } catch let error as SettingsProblems {
            return error.problems
        }
    }

    @Test func theShippedOnesAreInOrder() throws { #expect(try Self.problems { _ in } == []) }

    @Test func everyMistakeIsInOneListWithItsLine() throws {
        let problems = try Self.problems { sources in
            sources["archive.html.mustache"] = nil
            sources["egen/web.html.mustache"] = "a\n{{#items}}\n"
            sources["egen/mail.html.mustache"] = "\n\n{{> findes-ikke.html}}"
            sources["notice.html.mustache"] = "x\n{{strings.notice.findesIkke}}"
        }
        #expect(
            problems.map { "\($0.place.file):\($0.place.line ?? 0)" }.sorted() == [
                "Templates/archive.html.mustache:0", "Templates/egen/mail.html.mustache:3", "Templates/egen/web.html.mustache:2",
                "Templates/notice.html.mustache:2",
            ])
    }

    @Test func aTemplateThatCallsItselfIsAFaultAndNothingElse() throws {
        var sources = try Workshop.sources()
        sources["egen/web.html.mustache"] = "{{> egen/web.html}}"
        let press = try Press(templates: sources, identity: Workshop.identity(), catalogue: Workshop.catalogue())
        #expect(throws: Fault.self) {
            try press.render(
                Sample.edition(), language: .da, publicURL: Workshop.publicURL, pictures: Sample.pictures, template: "egen")
        }
    }
}
