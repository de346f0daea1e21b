import CSQLite
import Core

/// One row of a query while it is being looked at; columns are counted from 0.
package struct Row: ~Copyable {
    let statement: OpaquePointer

    package func integer(_ column: Int) -> Int64 { sqlite3_column_int64(statement, Int32(column)) }
    package func int(_ column: Int) -> Int { Int(integer(column)) }
    package func real(_ column: Int) -> Double { sqlite3_column_double(statement, Int32(column)) }
    package func bool(_ column: Int) -> Bool { integer(column) != 0 }
    package func isNull(_ column: Int) -> Bool { sqlite3_column_type(statement, Int32(column)) == SQLITE_NULL }

    /// The text with any NUL it may have: C strings are not cut short.
    package func text(_ column: Int) -> String {
        guard let start = sqlite3_column_text(statement, Int32(column)) else { return "" }
        return String(
            decoding: UnsafeBufferPointer(start: start, count: Int(sqlite3_column_bytes(statement, Int32(column)))), as: UTF8.self)
    }

    package func optionalText(_ column: Int) -> String? { isNull(column) ? nil : text(column) }

    package func bytes(_ column: Int) -> [UInt8] {
        guard let start = sqlite3_column_blob(statement, Int32(column)) else { return [] }
        return Array(UnsafeRawBufferPointer(start: start, count: Int(sqlite3_column_bytes(statement, Int32(column)))))
    }

    package func instant(_ column: Int) -> Instant { Instant(milliseconds: integer(column)) }
    package func optionalInstant(_ column: Int) -> Instant? { isNull(column) ? nil : instant(column) }
    package func identifier<Subject>(_ column: Int) -> Identifier<Subject> { Identifier(integer(column)) }
}
