import CLinux
import Foundation

/// Opens a path below an open folder without following any symbolic link and without leaving the folder.
/// Flags are those of open(2), `O_CLOEXEC` is added. Returns the descriptor, or -1 with `errno` set.
package func openBeneath(_ folder: Int32, _ path: String, flags: Int32, mode: UInt32 = 0) -> Int32 {
    budstikke_open_beneath(folder, path, flags, mode)
}

/// What is left to read of an open file, at most `limit` bytes; `nil`, with `errno` set, when it cannot be read.
package func readBytes(_ descriptor: Int32, atMost limit: Int) -> [UInt8]? {
    var hasFailed = false
    let bytes = [UInt8](unsafeUninitializedCapacity: limit) { buffer, count in
        while count < limit {
            let got = read(descriptor, buffer.baseAddress?.advanced(by: count), limit - count)
            if got < 0, errno == EINTR { continue }
            hasFailed = got < 0
            guard got > 0 else { return }
            count += got
        }
    }
    return hasFailed ? nil : bytes
}

/// A pipe whose ends are closed in child processes. Throws a ``Fault`` when descriptors have run out.
package func makePipe() throws(Fault) -> (input: Int32, output: Int32) {
    var ends: [Int32] = [-1, -1]
    guard budstikke_pipe(&ends) == 0 else {
        throw Fault("open", "a pipe", cause: errnoText(), mend: "Raise the limit of open files.")
    }
    return (ends[0], ends[1])
}

/// What the last failed system call said.
package func errnoText(_ code: Int32 = errno) -> String { String(cString: strerror(code)) }

func closeFrom(_ actions: inout posix_spawn_file_actions_t, _ first: Int32) { budstikke_close_from(&actions, first) }

/// Waits until the entries of the folder that a path lies in are on the disk: after a file was made or renamed there. Throws a
/// ``Fault`` when the disk fails.
package func synchroniseFolder(of path: String) throws(Fault) {
    let folder = (path as NSString).deletingLastPathComponent
    try synchronise(folder.isEmpty ? "." : folder, O_RDONLY | O_DIRECTORY)
}

/// Waits until a file's bytes are on the disk. Throws a ``Fault`` when the disk fails.
package func synchroniseFile(_ path: String) throws(Fault) { try synchronise(path, O_RDWR) }

private func synchronise(_ path: String, _ flags: Int32) throws(Fault) {
    let descriptor = open(path, flags | O_CLOEXEC)
    defer { if descriptor >= 0 { close(descriptor) } }
    guard descriptor >= 0, fsync(descriptor) == 0 else {
        throw Fault("put on the disk", path, cause: errnoText(), mend: "Check the disk, and the right to write there.")
    }
}
