import Core
import Foundation

/// The two scripts of the screen page and the one of the desk, as they lie in `Templates/`: code, so no template makes them.
struct ScreenScripts: Hashable, Sendable {
    var player: String
    var worker: String
    var desk: String

    /// Throws ``SettingsProblems`` when one is missing.
    init(folder: String) throws(SettingsProblems) {
        var problems: [SettingsProblem] = []
        func text(_ name: String) -> String {
            let path = "\(folder)/\(name)"
            if let text = try? String(contentsOfFile: path, encoding: .utf8) { return text }
            problems.append(.init(Place(file: path), cause: "the script is missing", mend: "Copy the shipped one back."))
            return ""
        }
        (player, worker) = (text("screen/player.js"), text("screen/worker.js"))
        desk = text("desk/editor.js")
        guard problems.isEmpty else { throw SettingsProblems(problems) }
    }
}
