import CSQLite
import Core

/// A value for a place in a statement.
package enum Value: Sendable, ExpressibleByIntegerLiteral, ExpressibleByStringLiteral, ExpressibleByNilLiteral {
    case null
    case integer(Int64)
    case real(Double)
    case text(String)
    case blob([UInt8])

    package init(integerLiteral value: Int64) { self = .integer(value) }
    package init(stringLiteral value: String) { self = .text(value) }
    package init(nilLiteral: ()) { self = .null }

    package init(_ value: Int64?) { self = value.map(Value.integer) ?? .null }
    package init(_ value: Int) { self = .integer(Int64(value)) }
    package init(_ value: String?) { self = value.map(Value.text) ?? .null }
    package init(_ value: Bool) { self = .integer(value ? 1 : 0) }
    package init(_ instant: Instant?) { self = instant.map { .integer($0.milliseconds) } ?? .null }
    package init<Subject>(_ identifier: Identifier<Subject>?) { self = identifier.map { .integer($0.number) } ?? .null }

    func bind(_ statement: OpaquePointer, _ index: Int32) {
        switch self {
        case .null: sqlite3_bind_null(statement, index)
        case .integer(let number): sqlite3_bind_int64(statement, index, number)
        case .real(let number): sqlite3_bind_double(statement, index, number)
        case .text(var text):
            _ = text.withUTF8 { bytes in
                bytes.withMemoryRebound(to: CChar.self) {
                    budstikke_bind_text(statement, index, $0.baseAddress ?? emptyText, Int32($0.count))
                }
            }
        case .blob(let bytes):
            _ = bytes.withUnsafeBytes {
                $0.count == 0
                    ? sqlite3_bind_zeroblob(statement, index, 0) : budstikke_bind_blob(statement, index, $0.baseAddress, Int32($0.count))
            }
        }
    }
}

/// A null address would bind NULL in place of an empty text.
nonisolated(unsafe) private let emptyText = UnsafePointer<CChar>(UnsafeMutablePointer<CChar>.allocate(capacity: 1))
