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

    /// What its descriptors are, and how many of each.
    static func openFiles(of process: pid_t) throws -> [String: Int] {
        let folder = "/proc/\(process)/fd/"
        let names = try FileManager.default.contentsOfDirectory(atPath: folder).compactMap {
            try? FileManager.default.destinationOfSymbolicLink(atPath: folder + $0)
        }
        return Dictionary(grouping: names) { $0.replacing(/:\[\d+\]/, with: "") }.mapValues(\.count)
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
