import Core
import Foundation

/// An open folder below which everything is reached by descriptor, so that no name is resolved through a link.
final class OpenFolder {
    let descriptor: Int32
    /// For messages.
    let path: String
    /// Whether another machine may write there.
    lazy var isOnNetwork = NetworkFileSystem.holds(descriptor)

    private init(_ descriptor: Int32, _ path: String) {
        self.descriptor = descriptor
        self.path = path
    }

    deinit { close(descriptor) }

    /// Opens the drop folder itself; here the administrator may have put a link.
    convenience init(root path: String) throws(Fault) {
        let descriptor = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC)
        guard descriptor >= 0 else { throw Self.fault("open", path) }
        self.init(descriptor, path)
    }

    /// Opens a folder within this one, making it when it is missing and `make` says so. A link is not followed.
    func folder(_ name: EntryName, make: Bool = false) throws(Fault) -> OpenFolder {
        let whole = path + "/" + name.text
        var descriptor = openBeneath(self.descriptor, rawPath: name.path, flags: O_RDONLY | O_DIRECTORY | O_NOFOLLOW)
        if descriptor < 0, errno == ENOENT, make, mkdirat(self.descriptor, name.path, 0o775) == 0 || errno == EEXIST {
            descriptor = openBeneath(self.descriptor, rawPath: name.path, flags: O_RDONLY | O_DIRECTORY | O_NOFOLLOW)
        }
        guard descriptor >= 0 else { throw Self.fault("open", whole) }
        return OpenFolder(descriptor, whole)
    }

    /// Every entry but `.` and `..`; one that is removed meanwhile is left out.
    func entries() throws(Fault) -> [FolderEntry] { try names().compactMap { FolderEntry(descriptor, $0) } }

    /// Every name but `.` and `..`, without a look at what it is.
    func names() throws(Fault) -> [EntryName] {
        let copy = openat(descriptor, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC)
        guard copy >= 0, let stream = fdopendir(copy) else {
            let fault = Self.fault("list", path)
            if copy >= 0 { close(copy) }
            throw fault
        }
        defer { closedir(stream) }
        var names: [EntryName] = []
        errno = 0
        while let next = readdir(stream) {
            let name = withUnsafeBytes(of: &next.pointee.d_name) { EntryName(Array($0.prefix { $0 != 0 })) }
            if name.bytes != [0x2E], name.bytes != [0x2E, 0x2E] { names.append(name) }
            errno = 0
        }
        // A share that went away in the middle must not look like a folder from which everything was taken.
        guard errno == 0 else { throw Self.fault("list", path) }
        return names
    }

    static func fault(_ operation: String, _ path: String) -> Fault {
        let code = errno
        let mend =
            switch code {
            case EACCES, EPERM: "Give the service's user the right to read and write there."
            case ENOENT: "Mount the share, or create the folder."
            case ELOOP, ENOTDIR, EXDEV: "Put a plain folder there, not a link or a file."
            case ENOSPC, EDQUOT: "Make room on the disk."
            default: "Check that the share is mounted and answers."
            }
        return Fault(operation, path, cause: errnoText(code), mend: mend)
    }
}
