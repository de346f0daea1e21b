import Foundation

/// Immutable bytes at a fixed place in memory, shared by reference: a body that a thousand responses send without a copy.
package final class Bytes: Sendable, Hashable, CustomStringConvertible {
    // Unchecked sharing is sound: nothing writes to the memory after `init`.
    nonisolated(unsafe) private let memory: UnsafeRawBufferPointer

    package static let empty = Bytes([])

    package init(_ bytes: some Collection<UInt8>) {
        let copy = UnsafeMutableRawBufferPointer.allocate(byteCount: bytes.count, alignment: 1)
        copy.copyBytes(from: bytes)
        memory = UnsafeRawBufferPointer(copy)
    }

    package convenience init(_ text: String) { self.init(text.utf8) }

    deinit { memory.deallocate() }

    package var count: Int { memory.count }
    package var array: [UInt8] { Array(memory) }
    /// The bytes as text; what is not UTF-8 becomes U+FFFD.
    package var description: String { String(decoding: memory, as: UTF8.self) }

    /// Valid as long as this object is.
    var pointer: UnsafeRawBufferPointer { memory }

    package static func == (a: Bytes, b: Bytes) -> Bool {
        guard a !== b, a.count == b.count, let first = a.memory.baseAddress, let second = b.memory.baseAddress else {
            return a === b || a.count == b.count && a.count == 0
        }
        return memcmp(first, second, a.count) == 0
    }
    package func hash(into hasher: inout Hasher) { hasher.combine(bytes: memory) }
}
