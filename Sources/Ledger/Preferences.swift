import Core
import Database

extension Ledger {
    /// Sets the language that a recipient wants; it goes before the directory's over every import.
    package func chooseLanguage(_ recipient: RecipientID, _ language: Language, at now: Instant) throws(Fault) {
        try write([.recipients]) { db throws(Fault) in
            let changed = try db.run(
                "UPDATE recipient SET chosen_language = ?1 WHERE id = ?2 AND coalesce(chosen_language, language) IS NOT ?1",
                Value(language.rawValue), Value(recipient))
            if changed > 0 { try db.audit(now, "recipient", "choose language", "recipient \(recipient)", language.rawValue) }
        }
    }

    /// Sets which topics (categories of items) a recipient does not want; they stay so over every import.
    package func muteTopics(_ recipient: RecipientID, _ topics: Set<String>, at now: Instant) throws(Fault) {
        let wanted = topics.prefix(Self.mostTopics).sorted()
        try write([.recipients]) { db throws(Fault) in
            let former = try db.all("SELECT topic FROM muted_topic WHERE recipient = ? ORDER BY topic", Value(recipient)) { $0.text(0) }
            guard former != wanted else { return }
            try db.run("DELETE FROM muted_topic WHERE recipient = ?", Value(recipient))
            for topic in wanted {
                try db.run("INSERT INTO muted_topic (recipient, topic, at) VALUES (?, ?, ?)", Value(recipient), Value(topic), Value(now))
            }
            try db.audit(
                now, "recipient", "choose topics", "recipient \(recipient)",
                Phrase.notWanted.written(["count": "\(wanted.count)"]))
        }
    }

    private static let mostTopics = 100

    package func mutedTopics(of recipient: RecipientID) throws(Fault) -> Set<String> {
        Set(
            try read { db throws(Fault) in try db.all("SELECT topic FROM muted_topic WHERE recipient = ?", Value(recipient)) { $0.text(0) }
            })
    }

    /// Of everybody who has turned one off.
    package func mutedTopics() throws(Fault) -> [RecipientID: Set<String>] {
        var muted: [RecipientID: Set<String>] = [:]
        try read { db throws(Fault) in
            try db.each("SELECT recipient, topic FROM muted_topic", []) { row in muted[row.identifier(0), default: []].insert(row.text(1)) }
        }
        return muted
    }

    /// The categories of the latest items, by name: what there is to choose from.
    package func topics() throws(Fault) -> [String] {
        try read { db throws(Fault) in
            try db.all(
                """
                SELECT DISTINCT json_extract(content, '$.category') AS topic
                FROM (SELECT content FROM item_version ORDER BY item DESC, version DESC LIMIT 500) WHERE topic != '' ORDER BY topic LIMIT 40
                """
            ) { $0.text(0) }
        }
    }

    /// Counts an answer to "was this useful?"; by whom is not known.
    package func countUsefulness(_ edition: EditionID, useful: Bool) throws(Fault) {
        let column = useful ? "useful" : "not_useful"
        _ = try write([]) { db throws(Fault) in
            try db.run(
                "INSERT INTO usefulness (edition, \(column)) VALUES (?, 1) ON CONFLICT (edition) DO UPDATE SET \(column) = \(column) + 1",
                Value(edition))
        }
    }

    /// How often an edition was found useful and not.
    package func usefulness(of edition: EditionID) throws(Fault) -> (useful: Int, notUseful: Int) {
        try read { db throws(Fault) in
            try db.first("SELECT useful, not_useful FROM usefulness WHERE edition = ?", Value(edition)) { ($0.int(0), $0.int(1)) } ?? (0, 0)
        }
    }
}
