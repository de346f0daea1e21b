import CCurl
import Core
import Foundation

/// One libcurl easy handle: options set by type, released with the object. Used by one thread at a time.
///
/// Every handle has `CURLOPT_NOSIGNAL` (without it 7.88 makes sixteen signal system calls a transfer, and its resolver
/// time-out is unsafe with threads).
final class EasyHandle {
    let pointer: UnsafeMutableRawPointer
    private var lists: [UnsafeMutablePointer<curl_slist>] = []

    /// libcurl's own start-up, once per process; it is not thread-safe before 7.84 and costs nothing afterwards.
    private static let initialised: Bool = curl_global_init(Int(CURL_GLOBAL_DEFAULT)) == CURLE_OK

    init() throws(Fault) {
        guard Self.initialised, let pointer = curl_easy_init() else {
            throw Fault(
                "start", "libcurl", cause: "it could not be initialised", mend: "Check that libcurl4 is installed and memory is free.")
        }
        self.pointer = pointer
        set(CURLOPT_NOSIGNAL, 1)
    }

    /// Forgets every option; connections that are open and names that are known stay.
    func reset() {
        curl_easy_reset(pointer)
        for list in lists { curl_slist_free_all(list) }
        lists = []
        set(CURLOPT_NOSIGNAL, 1)
    }

    deinit {
        curl_easy_cleanup(pointer)
        for list in lists { curl_slist_free_all(list) }
    }

    func set(_ option: CURLoption, _ value: Int) { _ = budstikke_set_long(pointer, option, value) }
    func set(_ option: CURLoption, _ value: String) { _ = budstikke_set_string(pointer, option, value) }
    func set(_ option: CURLoption, offset value: Int64) { _ = budstikke_set_offset(pointer, option, curl_off_t(value)) }
    func set(_ option: CURLoption, context: UnsafeMutableRawPointer?) { _ = budstikke_set_pointer(pointer, option, context) }
    func set(_ option: CURLoption, callback: budstikke_bytes_callback?) { _ = budstikke_set_callback(pointer, option, callback) }

    /// Lets a transfer end when the interruption is cut; libcurl asks about once a second. The object has to outlive the transfer.
    func interrupt(by interruption: Interruption) {
        _ = budstikke_set_progress(pointer, askInterruption)
        set(CURLOPT_XFERINFODATA, context: Unmanaged.passUnretained(interruption).toOpaque())
        set(CURLOPT_NOPROGRESS, 0)
    }

    func endInterruption() { set(CURLOPT_NOPROGRESS, 1) }

    func set(_ option: CURLoption, list values: [String]) {
        var list: UnsafeMutablePointer<curl_slist>?
        for value in values { list = curl_slist_append(list, value) ?? list }
        if let list { lists.append(list) }
        _ = budstikke_set_list(pointer, option, list)
    }

    func offset(_ info: CURLINFO) -> Int64 {
        var value: curl_off_t = 0
        _ = budstikke_get_offset(pointer, info, &value)
        return Int64(value)
    }

    func long(_ info: CURLINFO) -> Int {
        var value = 0
        _ = budstikke_get_long(pointer, info, &value)
        return value
    }
}

private let askInterruption: @Sendable @convention(c) (UnsafeMutableRawPointer?, curl_off_t, curl_off_t, curl_off_t, curl_off_t) -> Int32 =
    {
        context, _, _, _, _ in
        guard let context else { return 0 }
        return Unmanaged<Interruption>.fromOpaque(context).takeUnretainedValue().isCut ? 1 : 0
    }
