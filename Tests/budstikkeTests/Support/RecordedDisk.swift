import Core
import Foundation

/// What a disk holds after a power cut: the calls that `Oracles/disk.c` has noted, replayed onto the folder as it was at first.
///
/// Until a file is synced, what was written to it may be there or not, each write by itself and each of its sectors; until the folder
/// is synced, a file that was made or removed may be back as it was. The log's index and what is mapped into memory are never there.
struct RecordedDisk {
    private enum Change {
        case write(path: String, offset: Int, bytes: ArraySlice<UInt8>)
        case truncate(path: String, length: Int)
        case sync(path: String)
        case unlink(path: String)
    }

    /// What becomes of writes that no sync has followed.
    enum Unsynced: CaseIterable, Sendable { case lost, kept, someKept, torn512, torn4096 }

    private var changes: [(end: Int, change: Change)] = []
    private let base: [String: [UInt8]]
    private let folder: String

    /// Where each change ends in the record: the points at which the power may go.
    var points: [Int] { changes.map(\.end) }
    var syncs: [Int] { changes.compactMap { if case .sync = $0.change { $0.end } else { nil } } }

    /// `base` is the folder's files before the first call, by name. A disk that is not `honest` says that it synced and did not.
    init(_ record: [UInt8], base: [String: [UInt8]], folder: String, honest: Bool = true) {
        self.base = base
        self.folder = folder
        var place = 0
        while let lineEnd = record[place...].firstIndex(of: 0x0A) {
            let words = String(decoding: record[place..<lineEnd], as: UTF8.self).split(separator: " ").map(String.init)
            place = lineEnd + 1
            let change: Change? =
                switch words.first {
                case "write" where words.count == 4: .write(path: words[1], offset: Int(words[2]) ?? 0, bytes: [])
                case "truncate" where words.count == 3: .truncate(path: words[1], length: Int(words[2]) ?? 0)
                case "sync" where words.count == 2 && honest: .sync(path: words[1])
                case "unlink" where words.count == 2: .unlink(path: words[1])
                default: nil
                }
            guard let change else { continue }
            if case .write(let path, let offset, _) = change {
                let end = min(record.count, place + (Int(words[3]) ?? 0))
                changes.append((end, .write(path: path, offset: offset, bytes: record[place..<end])))
                place = end
            } else {
                changes.append((place, change))
            }
        }
    }

    private final class Inode {
        var durable: [UInt8]
        var pending: [Change] = []
        init(_ bytes: [UInt8]) { durable = bytes }
    }

    /// The folder's files when the power went at a point of the record.
    func files(cutAt point: Int, _ unsynced: Unsynced, using random: inout some RandomNumberGenerator) -> [String: [UInt8]] {
        var names = Dictionary(uniqueKeysWithValues: base.map { (folder + "/" + $0.key, Inode($0.value)) })
        var durableNames = names
        for (end, change) in changes {
            guard end <= point else { break }
            switch change {
            case .write(let path, _, _), .truncate(let path, _):
                let inode = names[path] ?? Inode([])
                names[path] = inode
                inode.pending.append(change)
            case .sync(let path) where path == folder: durableNames = names
            case .sync(let path):
                guard let inode = names[path] else { continue }
                for change in inode.pending { Self.apply(change, to: &inode.durable, sectors: nil, &random) }
                inode.pending = []
            case .unlink(let path): names[path] = nil
            }
        }
        var files: [String: [UInt8]] = [:]
        for (path, inode) in unsynced == .lost ? durableNames : names where !path.hasSuffix("-shm") {
            var bytes = inode.durable
            for change in inode.pending {
                switch unsynced {
                case .lost: break
                case .kept: Self.apply(change, to: &bytes, sectors: nil, &random)
                case .someKept: if Bool.random(using: &random) { Self.apply(change, to: &bytes, sectors: nil, &random) }
                case .torn512: Self.apply(change, to: &bytes, sectors: 512, &random)
                case .torn4096: Self.apply(change, to: &bytes, sectors: 4_096, &random)
                }
            }
            files[String(path.dropFirst(folder.count + 1))] = bytes
        }
        return files
    }

    /// With `sectors`, each sector of a write gets to the disk by itself, or does not.
    private static func apply(_ change: Change, to bytes: inout [UInt8], sectors: Int?, _ random: inout some RandomNumberGenerator) {
        switch change {
        case .truncate(_, let length): bytes = Array(bytes.prefix(length)) + [UInt8](repeating: 0, count: max(0, length - bytes.count))
        case .write(_, let offset, let written):
            if bytes.count < offset + written.count { bytes += [UInt8](repeating: 0, count: offset + written.count - bytes.count) }
            var done = 0
            while done < written.count {
                let step = min(written.count - done, sectors.map { $0 - (offset + done) % $0 } ?? written.count)
                if sectors == nil || Bool.random(using: &random) {
                    let start = written.startIndex + done
                    bytes.replaceSubrange((offset + done)..<(offset + done + step), with: written[start..<(start + step)])
                }
                done += step
            }
        default: break
        }
    }
}
