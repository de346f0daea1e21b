import Core
import Foundation

/// The two scripts of the screen page, as they lie in `Templates/screen`: code, so no template makes them.
struct ScreenScripts: Hashable, Sendable {
    var player: String
    var worker: String

    /// Throws ``SettingsProblems`` when one is missing.
    init(folder: String) throws(SettingsProblems) {
        var problems: [SettingsProblem] = []
        func text(_ name: String) -> String {
            let path = "\(folder)/screen/\(name)"
            if let text = try? String(contentsOfFile: path, encoding: .utf8) { return text }
            problems.append(.init(Place(file: path), cause: "the script of the screen page is missing", mend: "Copy the shipped one back."))
            return ""
        }
        (player, worker) = (text("player.js"), text("worker.js"))
        guard problems.isEmpty else { throw SettingsProblems(problems) }
    }
}
