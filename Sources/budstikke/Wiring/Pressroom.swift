import Core
import Foundation
import Intake
import Ledger
import Press
import Synchronization

/// The Press with the templates on the disk: read again when a file in `Templates/` changes. A change that does not compile is
/// kept out, told once, and shown by `check`; the last good templates stay in use (FAULTS 33).
final class Pressroom: Sendable {
    private struct State {
        var press: Press
        var scripts: ScreenScripts
        var app: AppFiles
        var seen: [String: FileStamp]
        var looked = ContinuousClock.now
        var problems: [SettingsProblem]
    }

    private struct FileStamp: Hashable {
        var inode: UInt64
        var seconds: Int
        var nanoseconds: Int
        var size: Int
    }

    /// How long the files are taken for unchanged: a page asks several times for its Press, and looking takes as long as many a page.
    private static let freshness = Duration.milliseconds(250)

    private let folder: String
    private let organisation: String
    private let state: Mutex<State>

    /// Throws ``SettingsProblems`` when the templates do not compile at the start: there is no last good then.
    init(folder: String, organisation: String) throws(SettingsProblems) {
        self.folder = folder
        self.organisation = organisation
        let seen = Self.stamps(folder)
        state = Mutex(
            State(
                press: try Self.load(folder, organisation), scripts: try ScreenScripts(folder: folder), app: try AppFiles(folder: folder),
                seen: seen, problems: []))
    }

    /// The Press as the templates are now, or as they last were good.
    var press: Press { current.press }

    /// The web app's files as they are now, or as they last were whole.
    var appFiles: AppFiles {
        _ = press
        return state.withLock { $0.app }
    }

    /// The Press and the screen page's scripts, both of the same moment.
    var current: (press: Press, scripts: ScreenScripts) {
        state.withLock { state in
            let now = ContinuousClock.now
            guard now - state.looked >= Self.freshness else { return (state.press, state.scripts) }
            state.looked = now
            let seen = Self.stamps(folder)
            if seen != state.seen {
                state.seen = seen
                do throws(SettingsProblems) {
                    (state.press, state.scripts, state.app) = (
                        try Self.load(folder, organisation), try ScreenScripts(folder: folder), try AppFiles(folder: folder)
                    )
                    state.problems = []
                } catch {
                    state.problems = error.problems
                }
            }
            return (state.press, state.scripts)
        }
    }

    /// What is wrong with the templates on the disk; empty when the ones in use are those.
    var problems: [SettingsProblem] {
        _ = press
        return state.withLock { $0.problems }
    }

    /// Every problem of a folder at once.
    static func problems(_ folder: String, _ organisation: String) -> [SettingsProblem] {
        var problems: [SettingsProblem] = []
        _ = collect(&problems) { () throws(SettingsProblems) in try load(folder, organisation) }
        _ = collect(&problems) { () throws(SettingsProblems) in try ScreenScripts(folder: folder) }
        _ = collect(&problems) { () throws(SettingsProblems) in try AppFiles(folder: folder) }
        return problems
    }

    /// Every template of a folder by its path in it, compiled with the identity and the strings.
    static func load(_ folder: String, _ organisation: String) throws(SettingsProblems) -> Press {
        var problems: [SettingsProblem] = []
        var sources: [String: String] = [:]
        for path in stamps(folder).keys.sorted() where path.hasSuffix(".mustache") {
            sources[path] = try? String(contentsOfFile: folder + "/" + path, encoding: .utf8)
            if sources[path] == nil {
                problems.append(.init(Place(file: folder + "/" + path), cause: "it is not UTF-8", mend: "Save it as UTF-8."))
            }
        }
        let catalogue = collect(&problems) { () throws(SettingsProblems) in try self.catalogue(folder) }
        let identity = collect(&problems) { () throws(SettingsProblems) in try self.identity(folder, organisation) }
        guard problems.isEmpty, let catalogue, let identity else { throw SettingsProblems(problems) }
        do throws(SettingsProblems) {
            return try Press(templates: sources, identity: identity, catalogue: catalogue)
        } catch {
            // The Press knows its templates by their paths below Templates/; the administrator wants the file.
            throw SettingsProblems(
                error.problems.map { problem in
                    var problem = problem
                    problem.place.file = problem.place.file.replacing(/^Templates\//, with: folder + "/", maxReplacements: 1)
                    return problem
                })
        }
    }

    /// The strings of all languages.
    static func catalogue(_ folder: String) throws(SettingsProblems) -> Catalogue {
        var texts: [Language: String] = [:]
        for language in Language.allCases {
            texts[language] = try? String(contentsOfFile: "\(folder)/Strings/\(language.rawValue).strings", encoding: .utf8)
        }
        return try Catalogue(texts: texts, folder: folder + "/Strings")
    }

    private static func identity(_ folder: String, _ organisation: String) throws(SettingsProblems) -> Identity {
        let path = folder + "/identity.conf"
        let file: SectionFile
        do throws(Fault) { file = try SectionFile(path: path) } catch {
            throw SettingsProblems([.init(Place(file: path), cause: error.cause, mend: error.mend)])
        }
        return try Identity(file, path: path, organisation: organisation) { name throws(Fault) in
            guard let bytes = FileManager.default.contents(atPath: folder + "/" + name) else {
                throw Fault("read", name, cause: "the file does not exist", mend: "Put it beside identity.conf.")
            }
            do throws(Refusal) {
                return try PictureReader.stripped(NamedBytes(name: name, bytes: Array(bytes)))
            } catch {
                throw Fault("read", name, cause: "it is not a picture that can be shown", mend: "Save the logo as PNG or JPEG.")
            }
        }
    }

    private static func collect<Value>(
        _ problems: inout [SettingsProblem], _ body: () throws(SettingsProblems) -> Value
    ) -> Value? {
        do throws(SettingsProblems) { return try body() } catch {
            problems += error.problems
            return nil
        }
    }

    private static func stamps(_ folder: String) -> [String: FileStamp] {
        var stamps: [String: FileStamp] = [:]
        for path in FileManager.default.subpaths(atPath: folder) ?? [] {
            // Not FileManager's attributes: they look the owner's name up.
            var status = stat()
            guard stat(folder + "/" + path, &status) == 0, status.st_mode & S_IFMT == S_IFREG else { continue }
            stamps[path] = FileStamp(
                inode: UInt64(status.st_ino), seconds: status.st_mtim.tv_sec, nanoseconds: status.st_mtim.tv_nsec, size: Int(status.st_size)
            )
        }
        return stamps
    }
}
