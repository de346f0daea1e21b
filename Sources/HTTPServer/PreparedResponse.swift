import CMicroHTTPD

/// One response object of libmicrohttpd: status and headers laid down once, the body shared with our ``Bytes``.
///
/// libmicrohttpd counts its references under its own lock, so one object may be queued on many connections, and destroying it while
/// some still send only drops our reference.
final class PreparedResponse: @unchecked Sendable {
    // Unchecked: the object is complete after `init`; the library locks its reference count.
    private let pointer: OpaquePointer
    private let status: UInt32

    /// `nil` when memory has run out. A field that the library refuses (a line break in its value) is left out of the response.
    convenience init?(status: Int, headers: Headers, body: Bytes) {
        let context = Unmanaged.passRetained(body)
        // The library asks for a mutable pointer and only reads.
        guard
            let made = MHD_create_response_from_buffer_with_free_callback_cls(
                body.count, UnsafeMutableRawPointer(mutating: body.pointer.baseAddress), releaseBody, context.toOpaque())
        else {
            context.release()
            return nil
        }
        self.init(made, status, headers)
    }

    /// A body that the stream feeds; `nil` when memory has run out.
    convenience init?(status: Int, headers: Headers, stream: EventStream) {
        let context = Unmanaged.passRetained(stream)
        guard let made = budstikke_http_stream(readStream, releaseStream, context.toOpaque()) else {
            context.release()
            return nil
        }
        self.init(made, status, headers)
    }

    private init(_ made: OpaquePointer, _ status: Int, _ headers: Headers) {
        pointer = made
        self.status = UInt32(status)
        for field in headers.fields { _ = budstikke_http_add_header(made, field.name, field.value) }
    }

    convenience init?(_ response: Response, _ policy: SecurityPolicy) {
        self.init(status: response.status, headers: policy.applied(to: response.headers), body: response.body)
    }

    deinit { MHD_destroy_response(pointer) }

    /// Hands the response to a connection; false when its state does not allow one.
    func queue(on connection: OpaquePointer) -> Bool { budstikke_http_queue(connection, status, pointer) != 0 }
}

/// Called by the library when the last connection that sends the body is done.
@Sendable private func releaseBody(_ context: UnsafeMutableRawPointer?) {
    if let context { Unmanaged<Bytes>.fromOpaque(context).release() }
}

/// The library has room for more of a stream's body.
@Sendable private func readStream(
    _ context: UnsafeMutableRawPointer?, _ position: UInt64, _ room: UnsafeMutablePointer<CChar>?, _ size: Int
) -> Int {
    guard let context, let room else { return budstikke_http_stream_end }
    return Unmanaged<EventStream>.fromOpaque(context).takeUnretainedValue().read(
        into: UnsafeMutableRawBufferPointer(start: room, count: size))
}

@Sendable private func releaseStream(_ context: UnsafeMutableRawPointer?) {
    if let context { Unmanaged<EventStream>.fromOpaque(context).release() }
}
