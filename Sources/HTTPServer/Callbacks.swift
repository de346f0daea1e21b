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
    Unmanaged<Exchange>.fromOpaque(held).release()
    loop.exchangeEnded(record(connection))
}

@Sendable func handle(
    _ context: UnsafeMutableRawPointer?, _ connection: OpaquePointer?, _ url: UnsafePointer<CChar>?, _ method: UnsafePointer<CChar>?,
    _ version: UnsafePointer<CChar>?, _ piece: UnsafePointer<CChar>?, _ size: UnsafeMutablePointer<Int>?,
    _ slot: UnsafeMutablePointer<UnsafeMutableRawPointer?>?
) -> MHD_Result {
    guard let loop = loop(context), let connection, let held = slot?.pointee, let size else { return budstikke_http_no }
    let exchange = Unmanaged<Exchange>.fromOpaque(held).takeUnretainedValue()
    let step: Exchange.Step
    if !exchange.isBegun {
        step = exchange.begin(
            method: text(method), version: text(version), headers: headers(of: connection), targetLength: distance(url, version) - 1)
    } else if size.pointee > 0 {
        step = exchange.receive(UnsafeRawBufferPointer(start: piece, count: size.pointee))
        size.pointee = 0
    } else {
        let record = record(connection)
        record?.enter(.answering, now: loop.now)
        step = .answer(exchange.finish(remoteAddress: record?.remoteAddress ?? "", handler: loop.handler))
    }
    switch step {
    case .goOn: return budstikke_http_yes
    case .cut: return budstikke_http_no
    case .answer(let response):
        if let opening = response.opening {
            return loop.streams.open(opening, response, method: exchange.method, on: connection, record(connection), now: loop.now)
                ? budstikke_http_yes : budstikke_http_no
        }
        guard let prepared = response.prepared ?? PreparedResponse(response), prepared.queue(on: connection) else {
            return budstikke_http_no
        }
        return budstikke_http_yes
    }
}

/// Target and version stand in one buffer, one space apart.
private func distance(_ url: UnsafePointer<CChar>?, _ version: UnsafePointer<CChar>?) -> Int {
    guard let url, let version else { return 0 }
    return Int(bitPattern: version) &- Int(bitPattern: url)
}

private func text(_ pointer: UnsafePointer<CChar>?) -> String { pointer.map { String(cString: $0) } ?? "" }

private func headers(of connection: OpaquePointer) -> Headers {
    var headers = Headers()
    withUnsafeMutablePointer(to: &headers) { _ = budstikke_http_each_header(connection, collectHeader, $0) }
    return headers
}

@Sendable private func collectHeader(
    _ context: UnsafeMutableRawPointer?, _ kind: MHD_ValueKind, _ name: UnsafePointer<CChar>?, _ value: UnsafePointer<CChar>?
) -> MHD_Result {
    context?.assumingMemoryBound(to: Headers.self).pointee.add(text(name), text(value))
    return budstikke_http_yes
}
