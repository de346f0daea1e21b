import Core
import Foundation

/// Gathers `budstikke.conf` and its drop-ins `budstikke.conf.d/*.conf` into one list of sections.
///
/// Drop-ins are read in the order of their names. Within a section of the same name a later file's keys take the place of the
/// former files' (key by key); an empty value takes a key away.
struct SettingsFiles {
    private(set) var sections: [SectionFile.Section] = []
    private(set) var problems: [SettingsProblem] = []

    init(_ path: String) throws(Fault) {
        take(try SectionFile(path: path))
        let folder = path + ".d"
        let names = ((try? FileManager.default.contentsOfDirectory(atPath: folder)) ?? []).filter { $0.hasSuffix(".conf") }
        for name in names.sorted() { take(try SectionFile(path: folder + "/" + name)) }
    }

    private mutating func take(_ file: SectionFile) {
        problems += file.problems
        var own: [String: Place] = [:]
        for section in file.sections {
            if let first = own[section.heading] {
                problems.append(
                    .init(
                        section.place, cause: "[\(section.heading)] stands a second time; the first is in line \(first.line ?? 0)",
                        mend: "Put the keys of both into one section."))
                continue
            }
            own[section.heading] = section.place
            if let index = sections.firstIndex(where: { $0.heading == section.heading }) {
                let overridden = Set(section.entries.map(\.key))
                sections[index].entries.removeAll { overridden.contains($0.key) }
                sections[index].entries += section.entries
            } else {
                sections.append(section)
            }
        }
    }
}
