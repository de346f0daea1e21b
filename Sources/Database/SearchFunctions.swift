import CSQLite
import Core

// Comes in: a text and words that somebody looks for. Goes out: whether they stand in it. SQLite's own `instr` takes several times as
// long over a page of text, its `lower` knows ASCII alone. Both functions are for queries only, not for a schema, so that the file can be
// read by any SQLite. Without room an error ends the query.
extension Connection {
    /// Lets a query ask `holds(text, words)` and `small(text)`, the text with the letters A–Z and À–Þ small.
    func addSearchFunctions() throws(Fault) {
        let flags = SQLITE_UTF8 | SQLITE_DETERMINISTIC | SQLITE_DIRECTONLY
        let codes = [
            sqlite3_create_function_v2(handle, "holds", 2, flags, nil, holds, nil, nil, nil),
            sqlite3_create_function_v2(handle, "small", 1, flags, nil, small, nil, nil, nil),
        ]
        guard let code = codes.first(where: { $0 != SQLITE_OK }) else { return }
        throw Fault("open", path, cause: String(cString: sqlite3_errstr(code)), mend: "Report this with the log.")
    }
}

private func holds(_ context: OpaquePointer?, _ count: Int32, _ values: UnsafeMutablePointer<OpaquePointer?>?) {
    guard let values else { return }
    sqlite3_result_int(context, ByteSearch.holds(bytes(values[0]), bytes(values[1])) ? 1 : 0)
}

private func small(_ context: OpaquePointer?, _ count: Int32, _ values: UnsafeMutablePointer<OpaquePointer?>?) {
    guard let values else { return }
    let text = bytes(values[0])
    withUnsafeTemporaryAllocation(of: CChar.self, capacity: text.count + 1) { result in
        var former: UInt8 = 0
        for (index, byte) in text.enumerated() {
            // U+00C0 to U+00DE stand in UTF-8 as C3 80 to C3 9E, their small letters 20 further on; × is no letter.
            let isCapital = former == 0xC3 ? (0x80...0x9E).contains(byte) && byte != 0x97 : (0x41...0x5A).contains(byte)
            result[index] = CChar(bitPattern: isCapital ? byte + 0x20 : byte)
            former = byte
        }
        budstikke_result_text(context, result.baseAddress, Int32(text.count))
    }
}

/// Asked for in this order: the length is that of the text as it is given (sqlite3_value_bytes).
private func bytes(_ value: OpaquePointer?) -> UnsafeRawBufferPointer {
    let start = UnsafeRawPointer(sqlite3_value_text(value))
    return UnsafeRawBufferPointer(start: start, count: start == nil ? 0 : Int(sqlite3_value_bytes(value)))
}
