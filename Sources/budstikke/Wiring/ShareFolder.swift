import Core
import Foundation

/// Where the shipped templates, schedules and samples lie: beside an installed binary, or in the checkout it was built from.
struct ShareFolder {
    var templates: String
    var schedules: String
    var samples: String

    /// Throws a ``Fault`` when none of the places has them.
    static func find() throws(Fault) -> ShareFolder {
        let program = (try? FileManager.default.destinationOfSymbolicLink(atPath: "/proc/self/exe")) ?? CommandLine.arguments[0]
        var folder = URL(fileURLWithPath: program).deletingLastPathComponent()
        let installed = folder.deletingLastPathComponent().appendingPathComponent("share/budstikke").path
        if isFolder(installed + "/Templates") {
            return ShareFolder(templates: installed + "/Templates", schedules: installed + "/Schedules", samples: installed + "/Samples")
        }
        while folder.path != "/" {
            let path = folder.path
            if isFolder(path + "/Templates"), isFolder(path + "/Schedules"), isFolder(path + "/Sources/budstikke/Samples") {
                return ShareFolder(
                    templates: path + "/Templates", schedules: path + "/Schedules", samples: path + "/Sources/budstikke/Samples")
            }
            folder.deleteLastPathComponent()
        }
        throw Fault(
            "find", "the shipped templates", cause: "they are neither in \(installed) nor above \(program)",
            mend: "Install the package again, or run the program from its checkout.")
    }

    private static func isFolder(_ path: String) -> Bool {
        var folder: ObjCBool = false
        return FileManager.default.fileExists(atPath: path, isDirectory: &folder) && folder.boolValue
    }
}
