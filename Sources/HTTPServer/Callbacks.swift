import CMicroHTTPD
import Foundation

// What libmicrohttpd calls, always on the event loop's thread: free functions, with the loop as their unmanaged context. The connection's
// context is a retained Connection, the request's a retained Exchange.

@Sendable private func loop(_ context: UnsafeMutableRawPointer?) -> EventLoop? {
    context.map { Unmanaged<EventLoop>.fromOpaque($0).takeUnretainedValue() }
}

@Sendable private func record(_ connection: OpaquePointer?) -> Connection? {
    connection.flatMap(budstikke_http_connection_context).map { Unmanaged<Connection>.fromOpaque($0).takeUnretainedValue() }
}

@Sendable func connectionChanged(
    _ context: UnsafeMutableRawPointer?, _ connection: OpaquePointer?, _ slot: UnsafeMutablePointer<UnsafeMutableRawPointer?>?,
    _ code: MHD_ConnectionNotificationCode
) {
    guard let loop = loop(context), let connection, let slot else { return }
    if budstikke_http_is_start(code) != 0 {
        let fresh = Connection(connection, now: loop.now)
        loop.opened(fresh)
        slot.pointee = Unmanaged.passRetained(fresh).toOpaque()
    } else if let held = slot.pointee {
        slot.pointee = nil
        loop.closed(Unmanaged<Connection>.fromOpaque(held).takeRetainedValue())
    }
}

/// Whether a new connection is taken.
@Sendable func admit(_ context: UnsafeMutableRawPointer?, _ address: UnsafePointer<sockaddr>?, _ length: socklen_t) -> MHD_Result {
    loop(context)?.admits(ClientAddress(address)) == true ? budstikke_http_yes : budstikke_http_no
}

/// The request line is in: its raw target, which the library would unescape in place and so cut at an encoded NUL.
@Sendable func requestLine(
    _ context: UnsafeMutableRawPointer?, _ target: UnsafePointer<CChar>?, _ connection: OpaquePointer?
) -> UnsafeMutableRawPointer? {
    guard let loop = loop(context), let target else { return nil }
    loop.exchangeBegan()
    return Unmanaged.passRetained(Exchange(rawTarget: String(cString: target), limits: loop.limits)).toOpaque()
}

/// Nothing is unescaped by the library: RequestTarget does it, with the bytes' length known.
@Sendable func leaveEscaped(_ context: UnsafeMutableRawPointer?, _ connection: OpaquePointer?, _ text: UnsafeMutablePointer<CChar>?) -> Int
{
    text.map { strlen($0) } ?? 0
}

@Sendable func requestCompleted(
    _ context: UnsafeMutableRawPointer?, _ connection: OpaquePointer?, _ slot: UnsafeMutablePointer<UnsafeMutableRawPointer?>?,
    _ code: MHD_RequestTerminationCode
) {
    guard let loop = loop(context), let held = slot?.pointee else { return }
    slot?.pointee = nil
    let exchange = Unmanaged<Exchange>.fromOpaque(held).takeRetainedValue()
    loop.exchangeEnded(record(connection), wasLarge: exchange.isLarge)
}

@Sendable func handle(
    _ context: UnsafeMutableRawPointer?, _ connection: OpaquePointer?, _ url: UnsafePointer<CChar>?, _ method: UnsafePointer<CChar>?,
    _ version: UnsafePointer<CChar>?, _ piece: UnsafePointer<CChar>?, _ size: UnsafeMutablePointer<Int>?,
    _ slot: UnsafeMutablePointer<UnsafeMutableRawPointer?>?
) -> MHD_Result {
    guard let loop = loop(context), let connection, let held = slot?.pointee, let size else { return budstikke_http_no }
    let exchange = Unmanaged<Exchange>.fromOpaque(held).takeUnretainedValue()
    let record = record(connection)
    let step: Exchange.Step
    if !exchange.isBegun {
        record?.enter(.body, now: loop.now)
        var lines = HeaderLines(after: version)
        withUnsafeMutablePointer(to: &lines) { _ = budstikke_http_each_header(connection, collectHeader, $0) }
        step = exchange.begin(
            method: text(method), version: text(version), headers: lines.headers, targetLength: distance(url, version) - 1,
            isPlain: lines.isPlain, permitsLarge: { loop.permitsLarge($0, from: record) })
        if exchange.isLarge { record?.isLarge = true }
    } else if size.pointee > 0 {
        step = exchange.receive(UnsafeRawBufferPointer(start: piece, count: size.pointee))
        size.pointee = 0
    } else {
        record?.enter(.answering, now: loop.now)
        step = .answer(
            exchange.finish(from: record, loop.options.trustedProxies, isTLS: loop.options.certificate != nil, handler: loop.handler))
    }
    switch step {
    case .goOn: return budstikke_http_yes
    case .cut: return budstikke_http_no
    case .answer(let response): return loop.answer(response, to: exchange, on: connection, record)
    }
}

/// Target and version stand in one buffer, one space apart.
private func distance(_ url: UnsafePointer<CChar>?, _ version: UnsafePointer<CChar>?) -> Int {
    guard let url, let version else { return 0 }
    return Int(bitPattern: version) &- Int(bitPattern: url)
}

private func text(_ pointer: UnsafePointer<CChar>?) -> String { pointer.map { String(cString: $0) } ?? "" }

@Sendable private func collectHeader(
    _ context: UnsafeMutableRawPointer?, _ kind: MHD_ValueKind, _ name: UnsafePointer<CChar>?, _ value: UnsafePointer<CChar>?
) -> MHD_Result {
    context?.assumingMemoryBound(to: HeaderLines.self).pointee.add(name, value)
    return budstikke_http_yes
}
