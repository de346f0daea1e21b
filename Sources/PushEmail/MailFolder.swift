import Core
import Foundation

/// A folder of mails: `<edition>/<number>-<address>.eml`, the bytes that a relay would get.
///
/// Each file is whole or not there: written under another name, flushed, renamed, the folder flushed. The name follows from edition
/// and recipient, so that a mail written again replaces itself. A disk that is full or gone is a ``Fault``.
final class MailFolder {
    private let root: String
    private var buffer: [UInt8] = []

    init(_ root: String) { self.root = root }

    /// The recipient's number with at least five digits, and the address with what a file system might not take replaced.
    static func fileName(_ number: Int64, _ address: EmailAddress) -> String {
        let address = String(
            decoding: address.text.utf8.map { byte -> UInt8 in
                switch byte {
                case 0x30...0x39, 0x41...0x5A, 0x61...0x7A, 0x40, 0x2E, 0x2D, 0x2B: byte
                default: 0x5F
                }
            }.prefix(200), as: UTF8.self)
        return "\(padded(Int(number), 5))-\(address).eml"
    }

    /// Writes a mail; returns the file's name.
    func write(_ mail: any FiledMail) throws(Fault) -> String {
        let name = mail.fileName
        try write(mail, name, in: root + "/" + mail.folder)
        return name
    }

    private func write(_ mail: any FiledMail, _ name: String, in folder: String) throws(Fault) {
        buffer.removeAll(keepingCapacity: true)
        mail.append(into: &buffer)
        do {
            try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
        } catch {
            throw fault(folder, "the folder cannot be made")
        }
        let directory = open(folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC)
        guard directory >= 0 else { throw fault(folder, errnoText()) }
        defer { Foundation.close(directory) }
        let temporary = ".\(name).part"
        // No link is followed, neither by the write nor by the rename that replaces whatever has the name.
        let file = openat(directory, temporary, O_WRONLY | O_CREAT | O_TRUNC | O_NOFOLLOW | O_CLOEXEC, 0o640)
        guard file >= 0 else { throw fault(folder + "/" + name, errnoText()) }
        let cause = fill(file)
        Foundation.close(file)
        guard cause == nil, renameat(directory, temporary, directory, name) == 0, fsync(directory) == 0 else {
            let said = cause ?? errnoText()
            unlinkat(directory, temporary, 0)
            throw fault(folder + "/" + name, said)
        }
    }

    /// Writes and flushes the mail; what went wrong, or `nil`.
    private func fill(_ file: Int32) -> String? {
        var written = 0
        while written < buffer.count {
            let count = buffer.withUnsafeBytes {
                Foundation.write(file, $0.baseAddress?.advanced(by: written), $0.count - written)
            }
            if count < 0, errno == EINTR { continue }
            guard count > 0 else { return errnoText() }
            written += count
        }
        return fsync(file) == 0 ? nil : errnoText()
    }

    private func fault(_ object: String, _ cause: String) -> Fault {
        Fault("write the mail", object, cause: cause, mend: "Make room on the disk, and give the service's user the right to write there.")
    }
}
