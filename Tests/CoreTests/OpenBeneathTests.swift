import Core
import Foundation
import TestKit
import Testing

/// What stands in a folder that others write to is reached without leaving it (FAULTS 21).
@Suite struct OpenBeneathTests {
    private static func house() throws -> (folder: TemporaryFolder, descriptor: Int32) {
        let folder = try TemporaryFolder()
        try folder.write("drop/HR/Nyt.md", "nyt")
        try folder.write("secret.txt", "hemmeligt")
        for (link, target) in [("drop/file", "HR/Nyt.md"), ("drop/folder", "HR"), ("drop/out", "..")] {
            try FileManager.default.createSymbolicLink(atPath: folder.file(link), withDestinationPath: target)
        }
        return (folder, open(folder.file("drop"), O_RDONLY | O_DIRECTORY | O_CLOEXEC))
    }

    @Test(arguments: ["HR", "HR/Nyt.md", "./HR/./Nyt.md"]) func whatIsThereIsOpened(path: String) throws {
        let (folder, descriptor) = try Self.house()
        defer { close(descriptor) }
        let found = withExtendedLifetime(folder) { openBeneath(descriptor, path, flags: O_RDONLY) }
        defer { close(found) }
        #expect(found >= 0 && fcntl(found, F_GETFD) & FD_CLOEXEC != 0)
    }

    @Test(arguments: [
        ("file", ELOOP), ("folder", ELOOP), ("folder/Nyt.md", ELOOP), ("out/secret.txt", ELOOP), ("..", EXDEV), ("../secret.txt", EXDEV),
        ("HR/../../secret.txt", EXDEV), ("/etc/passwd", EXDEV), ("", EXDEV), ("HR//Nyt.md", EXDEV), ("HR/Nyt.md/x", ENOTDIR),
        ("HR/ikke", ENOENT), (String(repeating: "a", count: 256), ENAMETOOLONG),
    ]) func whatLeadsElsewhereIsNot(path: String, code: Int32) throws {
        let (folder, descriptor) = try Self.house()
        defer { close(descriptor) }
        let (found, error) = withExtendedLifetime(folder) { (openBeneath(descriptor, path, flags: O_RDONLY), errno) }
        #expect(found < 0 && error == code, "\(errnoText(error))")
    }
}
