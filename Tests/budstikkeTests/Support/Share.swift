import Core
import Foundation
import TestKit
import Testing

/// A share in place of the drop folder: `Oracles/share.py` over the folder `server` of an installation, mounted on its folder `share`.
/// Its limits stand in that file.
final class Share {
    static let isPossible =
        access("/dev/fuse", R_OK | W_OK) == 0 && Oracle.hasProgram("/usr/bin/fusermount3") && Oracle.hasPython("fuse")

    private let house: Installation
    private var process: ChildProcess?
    var mountPoint: String { house.path + "/share" }
    private var control: String { house.path + "/control" }

    init(_ house: Installation) throws {
        self.house = house
        for name in ["server", "share"] {
            try FileManager.default.createDirectory(atPath: house.path + "/" + name, withIntermediateDirectories: true)
        }
        try mount()
    }

    /// Lets go of everything, so that the folder can be removed.
    deinit { unmount() }

    /// An installation whose drop folder is a share.
    static func house(_ change: (String) -> String = { $0 }) throws -> Installation {
        try Installation { change($0.replacing("Folder=drop", with: "Folder=share\nUnresponsive=1s")) }
    }

    /// What it does from now on.
    func behave(_ words: String) throws {
        try Data(words.utf8).write(to: URL(fileURLWithPath: control), options: .atomic)
    }

    func mount() throws {
        let log = open(house.path + "/share.log", O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0o600)
        defer { close(log) }
        process = try ChildProcess(
            Oracle.python, [Oracle.root + "/Tests/budstikkeTests/Oracles/share.py", house.path + "/server", mountPoint, control],
            input: log,
            output: log, errors: log)
        try #require(eventually { try house.text("share.log").contains("mounted") }, "\((try? house.text("share.log")) ?? "")")
    }

    /// As when a server is gone: what had been opened fails, and the mount point is an empty folder.
    func unmount() {
        try? behave("")
        _ = try? ChildProcess.run("/usr/bin/fusermount3", ["-u", "-z", mountPoint])
        process?.signal(SIGKILL)
        _ = process?.wait()
        process = nil
    }

    /// Puts a file on the server, behind the client's back.
    func put(_ name: String, _ text: String) throws { try house.write("server/" + name, text) }

    /// Whether a file of that name lies there, in whichever normal form.
    func lies(_ name: String) -> Bool { house.files("server").contains(name) }
}
