import Foundation

/// Which file systems are other machines', as the kernel's list of mounts tells: asking it touches no share.
enum NetworkFileSystem {
    /// FUSE among them: sshfs, rclone and cloud drives.
    private static let types = ["nfs", "cifs", "smb", "fuse", "9p", "ceph", "afs", "lustre", "ocfs2", "gfs2", "glusterfs", "davfs"]

    /// Whether an open file or folder lies on one. What the list does not know is taken for local.
    static func holds(_ descriptor: Int32) -> Bool {
        var status = stat()
        guard fstat(descriptor, &status) == 0, let mounts = FileManager.default.contents(atPath: "/proc/self/mountinfo") else {
            return false
        }
        let device = deviceNumber(UInt64(status.st_dev))
        return String(decoding: mounts, as: UTF8.self).split(separator: "\n").contains { isNetwork(String($0), device) }
    }

    /// A line of proc(5), /proc/pid/mountinfo: the third field is the device, and the type follows the hyphen.
    static func isNetwork(_ line: String, _ device: String) -> Bool {
        let fields = line.split(separator: " ")
        guard fields.count > 2, fields[2] == device, let hyphen = fields.firstIndex(of: "-"), hyphen + 1 < fields.count else {
            return false
        }
        return types.contains { fields[hyphen + 1].hasPrefix($0) }
    }

    /// `major:minor`, taken apart as <sys/sysmacros.h> does.
    static func deviceNumber(_ device: UInt64) -> String {
        let major = (device >> 8) & 0xFFF | (device >> 32) & ~0xFFF
        let minor = device & 0xFF | (device >> 12) & ~0xFF
        return "\(major):\(minor)"
    }
}
