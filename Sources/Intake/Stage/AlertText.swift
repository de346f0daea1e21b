import Core

/// An operator's words as a crisis message, by the same rules as a file.
package enum AlertText {
    /// The content, and whether its title says that it is a drill. Without a title the first line is it. Throws a ``Fault`` in the
    /// words that a file's note would have, in `language`.
    package static func content(
        _ text: String, title: String?, settings: IntakeSettings, catalogue: Catalogue, language: Language = .en, at now: Instant
    ) throws(Fault) -> (ItemContent, isDrill: Bool) {
        let rules = settings.rules(Source(name: AlertSource.prefix), now: now)
        let head = title.map { "Titel: " + $0.split(whereSeparator: \.isNewline).joined(separator: " ") + "\n\n" } ?? ""
        do throws(Refusal) {
            let reading = try ItemReader(rules).read(
                NamedBytes(name: "akut.txt", bytes: Array((head + text).utf8)), item: "akut.txt", pictures: [])
            return Alerting.content(reading.content)
        } catch {
            throw Fault(
                "take in", "the crisis message", cause: Note(catalogue, language).reason(error), mend: "Write it otherwise.")
        }
    }
}
