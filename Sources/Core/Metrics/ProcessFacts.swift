import Foundation

/// What the kernel says of this process (proc(5)).
package struct ProcessFacts: Sendable {
    package var residentBytes: Int
    package var virtualBytes: Int
    package var openDescriptors: Int
    package var descriptorLimit: Int
    /// Both user's and system's.
    package var cpuSeconds: Double
    package var threads: Int
    /// When the process began, in seconds since 1970.
    package var started: Double

    /// `nil` where /proc does not tell.
    package init?() {
        let ticks = Double(sysconf(Int32(_SC_CLK_TCK)))
        guard let stat = try? String(contentsOfFile: "/proc/self/stat", encoding: .utf8), let end = stat.lastIndex(of: ")"),
            let boot = (try? String(contentsOfFile: "/proc/stat", encoding: .utf8))?.split(separator: "\n")
                .first(where: { $0.hasPrefix("btime ") }).flatMap({ Double($0.dropFirst(6)) })
        else { return nil }
        // The name, which may hold anything, ends with the last bracket; the state behind it is field 3.
        let fields = stat[stat.index(after: end)...].split(separator: " ").map(String.init)
        func field(_ number: Int) -> Double { fields.count > number - 3 ? Double(fields[number - 3]) ?? 0 : 0 }
        var limit = rlimit()
        guard ticks > 0, getrlimit(__rlimit_resource_t(RLIMIT_NOFILE.rawValue), &limit) == 0 else { return nil }
        cpuSeconds = (field(14) + field(15)) / ticks
        threads = Int(field(20))
        started = boot + field(22) / ticks
        virtualBytes = Int(field(23))
        residentBytes = Int(field(24)) * sysconf(Int32(_SC_PAGESIZE))
        descriptorLimit = Int(clamping: limit.rlim_cur)
        openDescriptors = ((try? FileManager.default.contentsOfDirectory(atPath: "/proc/self/fd"))?.count ?? 1) - 1
    }
}

/// How much room a file system has for this user, in bytes; `nil` when it cannot be asked.
package func freeSpace(at path: String) -> (free: Int, total: Int)? {
    var facts = statvfs()
    guard statvfs(path, &facts) == 0 else { return nil }
    let size = Int(clamping: facts.f_frsize)
    return (Int(clamping: facts.f_bavail) * size, Int(clamping: facts.f_blocks) * size)
}
