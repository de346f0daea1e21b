import CCurl
import Foundation

/// What libcurl's callbacks fill, on the thread that sends.
final class ResponseInbox {
    enum Excess { case headers, body }

    let limit: Int
    let reach: HTTPRequest.Reach
    private(set) var headers: [(name: String, value: String)] = []
    private(set) var body: [UInt8] = []
    private(set) var excess: Excess?
    /// A resolved address that ``reach`` does not permit.
    var refused: NetworkAddress?
    private var headerBytes = 0

    /// Bytes of all header lines together; servers stop at 8 to 64 KiB themselves.
    static let headerLimit = 65_536

    init(limit: Int, reach: HTTPRequest.Reach) {
        self.limit = limit
        self.reach = reach
    }

    /// False ends the transfer.
    func take(header line: UnsafeRawBufferPointer) -> Bool {
        headerBytes += line.count
        guard headerBytes <= Self.headerLimit else {
            excess = .headers
            return false
        }
        let text = String(decoding: line, as: UTF8.self)
        if text.hasPrefix("HTTP/") {
            // A new status line after a 1xx answer: what came before does not count.
            headers.removeAll()
        } else if let colon = text.firstIndex(of: ":") {
            let value = text[text.index(after: colon)...].trimmingCharacters(in: .whitespacesAndNewlines)
            headers.append((text[..<colon].lowercased(), value))
        }
        return true
    }

    /// False ends the transfer.
    func take(body piece: UnsafeRawBufferPointer) -> Bool {
        if piece.count > limit - body.count { excess = .body }
        body += piece.prefix(limit - body.count)
        return excess == nil
    }
}

private func inbox(_ context: UnsafeMutableRawPointer) -> ResponseInbox {
    Unmanaged<ResponseInbox>.fromOpaque(context).takeUnretainedValue()
}

let receiveBody: budstikke_bytes_callback = { bytes, size, count, context in
    guard let bytes, let context else { return 0 }
    return inbox(context).take(body: UnsafeRawBufferPointer(start: bytes, count: size * count)) ? size * count : 0
}

let receiveHeader: budstikke_bytes_callback = { bytes, size, count, context in
    guard let bytes, let context else { return 0 }
    return inbox(context).take(header: UnsafeRawBufferPointer(start: bytes, count: size * count)) ? size * count : 0
}

/// Called with each address that a name was resolved to, before anything is sent to it.
let openSocket: curl_opensocket_callback = { context, _, address in
    guard let context, let address, let offset = MemoryLayout<curl_sockaddr>.offset(of: \.addr) else { return CURL_SOCKET_BAD }
    let peer = address.pointee
    let inbox = inbox(context)
    if inbox.reach == .publicOnly {
        // The address is longer than the `struct sockaddr` that libcurl declares at its place.
        let bytes = UnsafeRawBufferPointer(start: UnsafeRawPointer(address) + offset, count: Int(peer.addrlen))
        guard let found = NetworkAddress(family: peer.family, socketAddress: bytes) else { return CURL_SOCKET_BAD }
        guard found.isPublic else {
            inbox.refused = found
            return CURL_SOCKET_BAD
        }
    }
    return socket(peer.family, peer.socktype | Int32(SOCK_CLOEXEC.rawValue), peer.protocol)
}
