import Core
import Foundation
import PushPhones

/// The scripts and icons of the web app, as they lie in `Templates/app`: no template makes them.
struct AppFiles: Hashable, Sendable {
    /// By name.
    var bytes: [String: [UInt8]] = [:]

    /// Throws ``SettingsProblems`` when one is missing.
    init(folder: String) throws(SettingsProblems) {
        var problems: [SettingsProblem] = []
        for name in PhoneSite.fileNames {
            let path = "\(folder)/app/\(name)"
            if let found = FileManager.default.contents(atPath: path) {
                bytes[name] = Array(found)
            } else {
                problems.append(.init(Place(file: path), cause: "the web app's file is missing", mend: "Copy the shipped one back."))
            }
        }
        guard problems.isEmpty else { throw SettingsProblems(problems) }
    }
}
