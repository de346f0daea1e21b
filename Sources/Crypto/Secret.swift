import Core
import Foundation

/// A password or a key that was read from a file. It shows itself to no log, no error and no debugger's dump.
package struct Secret: Sendable, CustomStringConvertible, CustomDebugStringConvertible, CustomReflectable {
    /// The file's bytes without the line break at their end, which every editor adds.
    package let bytes: [UInt8]

    /// More than any key or password needs: a larger file is the wrong file.
    package static let limit = 65_536

    package var description: String { "‹secret›" }
    package var debugDescription: String { description }
    package var customMirror: Mirror { Mirror(self, children: []) }

    /// Reads a secret as the settings name it.
    ///
    /// A relative `path` is first looked for among systemd's credentials (`$CREDENTIALS_DIRECTORY/path`, systemd.exec(5)),
    /// then in `folder`, the settings' own. Throws a ``Fault`` when the file is missing, empty, not a regular file, larger than
    /// ``limit``, or open to the group or others.
    package init(
        file path: String, relativeTo folder: String = ".", environment: [String: String] = ProcessInfo.processInfo.environment
    ) throws(Fault) {
        // The settings' reader has made a relative name whole already.
        let name = path.hasPrefix(folder + "/") ? String(path.dropFirst(folder.count + 1)) : path
        if !name.hasPrefix("/"), let credentials = environment["CREDENTIALS_DIRECTORY"] {
            let credential = credentials + "/" + name
            if access(credential, F_OK) == 0 {
                // systemd gives the service's user its right by an access list, whose mask is shown as the group's bits;
                // the folder around it is closed to everybody else.
                self.bytes = try Self.text(credential, forbidden: 0o007)
                return
            }
        }
        self.bytes = try Self.text(path.hasPrefix("/") ? path : folder + "/" + path, forbidden: 0o077)
    }

    private static func text(_ path: String, forbidden: mode_t) throws(Fault) -> [UInt8] {
        var bytes = try privateFile(path, limit: limit, forbidden: forbidden)
        if bytes.last == UInt8(ascii: "\n") { bytes.removeLast() }
        if bytes.last == UInt8(ascii: "\r") { bytes.removeLast() }
        guard !bytes.isEmpty else {
            throw Fault("read the secret", path, cause: "the file is empty", mend: "Write the secret into it.")
        }
        return bytes
    }
}

/// The bytes of a regular file that nobody but its owner may touch. Rights are judged on the open descriptor, so the file
/// cannot be exchanged between the look and the read; a FIFO does not block.
func privateFile(_ path: String, limit: Int, forbidden: mode_t = 0o077) throws(Fault) -> [UInt8] {
    let operation = "read the secret"
    let descriptor = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK)
    guard descriptor >= 0 else {
        throw Fault(
            operation, path, cause: errnoText(),
            mend: "Create it for the service's user: install -m 600 /dev/null \(path), then write the secret into it.")
    }
    defer { close(descriptor) }
    var status = stat()
    guard fstat(descriptor, &status) == 0, status.st_mode & S_IFMT == S_IFREG else {
        throw Fault(operation, path, cause: "it is not a regular file", mend: "Name a file that holds the secret and nothing else.")
    }
    guard status.st_mode & forbidden == 0 else {
        let mode = String(status.st_mode & 0o777, radix: 8)
        throw Fault(operation, path, cause: "its mode \(mode) lets others than its owner at it", mend: "chmod 600 \(path)")
    }
    guard status.st_size <= limit else {
        throw Fault(operation, path, cause: "it is larger than \(limit) bytes", mend: "Name the file that holds the secret.")
    }
    guard let bytes = readBytes(descriptor, atMost: limit + 1) else {
        throw Fault(operation, path, cause: errnoText(), mend: "Check the disk the file is on.")
    }
    guard bytes.count <= limit else {
        throw Fault(operation, path, cause: "it is larger than \(limit) bytes", mend: "Name the file that holds the secret.")
    }
    return bytes
}
