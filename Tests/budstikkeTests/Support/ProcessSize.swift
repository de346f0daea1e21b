import Core
import Foundation
import Testing

/// What a process holds.
struct ProcessSize {
    /// Resident, in KiB.
    var memory: Int
    var descriptors: Int

    /// Throws when there is no such process.
    init(of process: pid_t) throws {
        let status = try String(contentsOfFile: "/proc/\(process)/status", encoding: .utf8)
        memory = try #require(status.firstMatch(of: /VmRSS:\s*(\d+) kB/).flatMap { Int($0.1) })
        descriptors = try FileManager.default.contentsOfDirectory(atPath: "/proc/\(process)/fd").count
    }
}

/// Sizes at equal distances in time.
struct ProcessSizes {
    private(set) var all: [ProcessSize] = []

    mutating func look(at process: pid_t) throws { all.append(try ProcessSize(of: process)) }

    /// The median in the `tenth` tenth of the time, from 0 to 9.
    func median(_ value: (ProcessSize) -> Int, tenth: Int) -> Int {
        let part = all[(all.count * tenth / 10)..<(all.count * (tenth + 1) / 10)].map(value).sorted()
        return part.isEmpty ? 0 : part[part.count / 2]
    }
}
