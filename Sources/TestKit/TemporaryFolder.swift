import Core
import Foundation
import Ledger

/// A folder for one test, removed with the object.
package final class TemporaryFolder: Sendable {
    package let path: String

    package init() throws {
        var template = Array((NSTemporaryDirectory() + "/budstikke-XXXXXX").utf8CString)
        guard let made = mkdtemp(&template) else {
            throw Fault("create", "a temporary folder", cause: errnoText(), mend: "Make room in the temporary folder.")
        }
        path = String(cString: made)
    }

    deinit { try? FileManager.default.removeItem(atPath: path) }

    package func file(_ name: String) -> String { path + "/" + name }

    @discardableResult
    package func write(_ name: String, _ text: String) throws -> String { try write(name, Array(text.utf8)) }

    @discardableResult
    package func write(_ name: String, _ bytes: [UInt8]) throws -> String {
        let whole = file(name)
        try FileManager.default.createDirectory(atPath: (whole as NSString).deletingLastPathComponent, withIntermediateDirectories: true)
        try Data(bytes).write(to: URL(fileURLWithPath: whole))
        return whole
    }

    /// A ledger of its own, in the folder `state`.
    package func ledger() throws -> Ledger { try Ledger(folder: file("state")) }
}
