import Foundation

/// What tells one state of a file from another: a file that is written to, replaced or swapped has another one.
struct FileIdentity: Hashable, Sendable {
    let inode: UInt64
    let size: Int
    let seconds: Int
    let nanoseconds: Int

    init(_ status: stat) {
        inode = UInt64(status.st_ino)
        size = Int(status.st_size)
        seconds = status.st_mtim.tv_sec
        nanoseconds = status.st_mtim.tv_nsec
    }

    /// Whether size and time of writing are the same, whatever the number.
    func isWrittenLike(_ other: Self) -> Bool {
        size == other.size && seconds == other.seconds && nanoseconds == other.nanoseconds
    }
}

/// One entry of a folder, as `lstat` sees it.
struct FolderEntry: Hashable, Sendable {
    enum Kind: Hashable { case file, folder, other }

    let name: EntryName
    let kind: Kind
    let identity: FileIdentity
    /// Names that the file has, in this folder or elsewhere.
    let links: Int

    init(name: EntryName, _ status: stat) {
        self.name = name
        kind = status.st_mode & S_IFMT == S_IFREG ? .file : status.st_mode & S_IFMT == S_IFDIR ? .folder : .other
        identity = FileIdentity(status)
        links = Int(status.st_nlink)
    }

    /// The entry of a name; `nil` when there is none. No link is followed.
    init?(_ folder: Int32, _ name: EntryName) {
        var status = stat()
        guard fstatat(folder, name.path, &status, AT_SYMLINK_NOFOLLOW) == 0 else { return nil }
        self.init(name: name, status)
    }
}
