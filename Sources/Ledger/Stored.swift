import Core
import Database
import Foundation

/// How values that are not columns of their own stand in the ledger: JSON with sorted keys.
enum Stored {
    static func text(_ value: some Encodable) throws(Fault) -> String {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
        do {
            return String(decoding: try encoder.encode(value), as: UTF8.self)
        } catch {
            throw Fault("write", "a \(type(of: value)) to the ledger", cause: "\(error)", mend: "Report this with the log.")
        }
    }

    static func value<Content: Decodable>(_ type: Content.Type, _ text: String) throws(Fault) -> Content {
        do {
            return try JSONDecoder().decode(type, from: Data(text.utf8))
        } catch {
            throw Fault(
                "read", "a \(type) from the ledger", cause: "it is not in the form this version writes",
                mend: "Check that no other version wrote it; else restore the last backup.")
        }
    }
}
