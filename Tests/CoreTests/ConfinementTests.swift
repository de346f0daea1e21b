import Foundation
import TestKit
import Testing

@testable import Core

/// What a confined child can do, tried by a child.
@Suite struct ConfinementTests {
    private static let python = "/usr/bin/python3"

    private func run(_ code: String, confined: Bool = true) throws -> String {
        let outcome = try ChildProcess.run(Self.python, ["-I", "-c", code], environment: ["LC_ALL": "C.UTF-8"], confined: confined)
        return outcome.outputText + outcome.errorText
    }

    @Test(
        .enabled(if: Confinement.strength.contains(.calls), "needs a kernel with seccomp"),
        arguments: [
            "import socket; socket.socket()", "import socket; socket.socket(socket.AF_UNIX)", "import socket; socket.socketpair()",
            "import os; os.chroot('/')",
            "import ctypes; c = ctypes.CDLL(None, use_errno=True)\nif c.unshare(0x10000000): raise OSError(ctypes.get_errno(), 'Operation not permitted')",
            "import os, ctypes; c = ctypes.CDLL(None, use_errno=True)\nif c.ptrace(16, os.getppid(), 0, 0): raise OSError(ctypes.get_errno(), 'Operation not permitted')",
        ])
    func hasNoNetworkAndNoOther(code: String) throws {
        let said = try run(code)
        #expect(said.contains("Operation not permitted"), "\(said)")
    }

    @Test(.enabled(if: Confinement.strength.contains(.files), "needs a kernel with Landlock"))
    func writesNoFile() throws {
        let folder = try TemporaryFolder()
        let path = try folder.write("there", "before")
        for code in [
            "open('\(folder.path)/x', 'w')", "open('\(path)', 'a')", "import os; os.remove('\(path)')",
            "import os; os.mkdir('\(folder.path)/y')",
        ] {
            let said = try run(code)
            #expect(said.contains("Permission denied"), "\(code): \(said)")
        }
        #expect(try run("print(open('\(path)').read())") == "before\n")
        #expect(try FileManager.default.contentsOfDirectory(atPath: folder.path) == ["there"])
    }

    /// The thread that was confined is gone, and no other was.
    @Test func thisProcessIsAsItWas() throws {
        _ = try run("print(1)")
        let folder = try TemporaryFolder()
        try folder.write("x", "x")
        let descriptor = socket(AF_UNIX, Int32(SOCK_STREAM.rawValue), 0)
        #expect(descriptor >= 0)
        close(descriptor)
        #expect(try run("import socket; socket.socket(); print('open')", confined: false) == "open\n")
    }
}
