import Core
import Foundation

/// `Templates/identity.conf`: how the organisation looks, in one section `[Identity]`.
extension Identity {
    private static let keys = [
        "Name", "Sender", "Primary", "Surface", "Text", "Logo", "LogoText", "Footer", "AccessibilityStatement",
    ]

    /// Reads the file. `organisation` is the name when the file gives none; `logo` loads the picture whose file name, relative
    /// to `Templates/`, the file gives. Throws ``SettingsProblems`` with every problem, file and line.
    package init(
        _ file: SectionFile, path: String, organisation: String, logo: (String) throws(Fault) -> Picture
    ) throws(SettingsProblems) {
        var reader = IdentityReader(file, path: path)
        reader.checkNames(Self.keys)
        let primary = reader.colour("Primary", or: Self.neutral.primary)
        let surface = reader.colour("Surface", or: Self.neutral.surface)
        let text = reader.colour("Text", or: Self.neutral.text)
        reader.checkContrast("Primary", primary, on: .white, named: "white")
        reader.checkContrast("Text", text, on: surface, named: "the surface \(surface)")
        reader.checkContrast("Text", text, on: .white, named: "white")
        reader.checkContrast("Primary", primary, on: surface, named: "the surface \(surface)")
        let name = reader.text("Name") ?? organisation
        let statement = reader.link("AccessibilityStatement")
        let picture = reader.picture("Logo", logo)
        guard reader.problems.isEmpty else { throw SettingsProblems(reader.problems) }
        self.init(
            name: name, sender: reader.text("Sender") ?? name, primary: primary, surface: surface, text: text, logo: picture,
            logoAlternativeText: reader.text("LogoText") ?? "", footer: reader.lines("Footer"), accessibilityStatement: statement)
    }

    /// The colours of an organisation that has not chosen: petrol on white.
    private static let neutral = (
        primary: Colour(red: 0x0B, green: 0x55, blue: 0x63), surface: Colour(red: 0xF3, green: 0xF6, blue: 0xF7),
        text: Colour(red: 0x1D, green: 0x24, blue: 0x28)
    )
}

/// Reads one key after another and gathers what is wrong.
private struct IdentityReader {
    private let section: SectionFile.Section
    private let path: String
    private(set) var problems: [SettingsProblem]

    init(_ file: SectionFile, path: String) {
        self.path = path
        problems = file.problems
        section = file.sections.first { $0.heading == "Identity" } ?? .init(heading: "Identity", place: Place(file: path))
        for other in file.sections where other.heading != "Identity" {
            report(other.place, "the section [\(other.heading)] is not known", "The file has one section, [Identity].")
        }
    }

    mutating func checkNames(_ keys: [String]) {
        for entry in section.entries where !keys.contains(entry.key) {
            report(entry.place, "the key ‘\(entry.key)’ is not known", "Known keys are \(keys.joined(separator: ", ")).", key: entry.key)
        }
    }

    func text(_ key: String) -> String? { section.values(key).last?.value.singleLine }

    func lines(_ key: String) -> String { section.values(key).map(\.value.singleLine).joined(separator: "\n") }

    mutating func colour(_ key: String, or neutral: Identity.Colour) -> Identity.Colour {
        guard let entry = section.values(key).last else { return neutral }
        if let colour = Identity.Colour(entry.value) { return colour }
        report(entry.place, "‘\(entry.value)’ is not a colour", "Write # and six hexadecimal digits, such as \(neutral).", key: key)
        return neutral
    }

    mutating func link(_ key: String) -> LinkTarget? {
        guard let entry = section.values(key).last else { return nil }
        if let target = LinkTarget(entry.value) { return target }
        report(entry.place, "‘\(entry.value)’ is not an address", "Write an address that begins with https://.", key: key)
        return nil
    }

    mutating func picture(_ key: String, _ load: (String) throws(Fault) -> Picture) -> Picture? {
        guard let entry = section.values(key).last else { return nil }
        do {
            let picture = try load(entry.value)
            if picture.format == .png { return picture }
            report(entry.place, "the logo ‘\(entry.value)’ is not a PNG", "Save it as PNG, twice as large as it is shown.", key: key)
        } catch {
            report(entry.place, "the logo ‘\(entry.value)’ cannot be read: \(error.cause)", error.mend, key: key)
        }
        return nil
    }

    /// WCAG 2.1, success criterion 1.4.3.
    mutating func checkContrast(_ key: String, _ colour: Identity.Colour, on ground: Identity.Colour, named name: String) {
        let ratio = colour.contrast(to: ground)
        guard ratio < Palette.contrast else { return }
        let tenths = Int(ratio * 10)
        report(
            section.values(key).last?.place ?? section.place,
            "\(key) \(colour) on \(name) has a contrast of \(tenths / 10).\(tenths % 10):1, and readers need 4.5:1",
            "Choose a darker \(key), or a lighter Surface.", key: key)
    }

    private mutating func report(_ place: Place, _ cause: String, _ mend: String, key: String? = nil) {
        problems.append(SettingsProblem(Place(file: place.file, line: place.line, key: key), cause: cause, mend: mend))
    }
}
