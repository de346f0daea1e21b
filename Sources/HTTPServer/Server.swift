import CMicroHTTPD
import Core
import Dispatch
import Foundation
import Synchronization

/// A running HTTP/1.1 server on one address, over libmicrohttpd.
///
/// ```swift
/// var router = Router()
/// router.get("/healthz") { _ in .text("ok") }
/// let server = try Server(ListenAddress("127.0.0.1:0")!, handler: router.response)
/// print(server.address)   // 127.0.0.1:41873
/// server.stop()
/// ```
package final class Server: Sendable {
    /// Where it listens, with the port that was chosen when 0 was asked for.
    package let address: ListenAddress
    private let socket: ListeningSocket
    private let loop: EventLoop
    private let ended = DispatchSemaphore(value: 0)
    private let isStopped = Mutex(false)

    package var heartbeat: Heartbeat { loop.heartbeat }

    /// Listens and serves until ``stop(within:)``. Throws a ``Fault`` when the address is taken, the certificate is none, or memory has run
    /// out.
    package convenience init(
        _ wanted: ListenAddress, limits: Limits = Limits(), options: ServerOptions = ServerOptions(), handler: @escaping Router.Handler
    ) throws(Fault) {
        try self.init(try ListeningSocket(wanted), limits: limits, options: options, handler: handler)
    }

    /// Serves on the socket of another server, which is to be stopped after it with ``stop(within:keepingPath:)``: a change of certificate or
    /// options without a connection refused.
    package convenience init(
        inPlaceOf other: Server, limits: Limits = Limits(), options: ServerOptions, handler: @escaping Router.Handler
    ) throws(Fault) {
        try self.init(try other.socket.duplicate(), limits: limits, options: options, handler: handler)
    }

    init(_ socket: ListeningSocket, limits: Limits, options: ServerOptions, handler: @escaping Router.Handler) throws(Fault) {
        _ = Self.ignoreBrokenPipes
        let limits = Self.fitted(limits)
        self.socket = socket
        address = socket.address
        do {
            loop = try EventLoop(listening: socket.descriptor, limits: limits, options: options, handler: handler)
        } catch {
            close(socket.descriptor)
            throw error
        }
        guard let daemon = Self.start(loop, socket.descriptor, limits) else {
            close(socket.descriptor)
            // No thread will end: `deinit` must not wait for one.
            ended.signal()
            throw Fault(
                "start the server on", "\(socket.address)", cause: "libmicrohttpd refused",
                mend: "Check free memory, the limit of open files, and that the certificate and its key belong together.")
        }
        let (loop, ended, running) = (loop, ended, Running(daemon: daemon))
        let thread = Thread {
            loop.run(running.daemon)
            ended.signal()
        }
        thread.name = "http"
        thread.start()
    }

    deinit { stop(within: Span(milliseconds: 0)) }

    /// `keepingPath` leaves a Unix socket's file to the server in whose place this one was.
    ///
    /// Accepts nothing more, answers the requests that have begun, for at most `span`, and closes. Safe to call twice.
    package func stop(within span: Span = .seconds(5), keepingPath: Bool = false) {
        let isFirst = isStopped.withLock { stopped in
            defer { stopped = true }
            return !stopped
        }
        guard isFirst else { return }
        loop.finish(within: span)
        ended.wait()
        if case .unix(let path) = address, !keepingPath, !socket.isInherited { unlink(path) }
    }

    /// Connections open now.
    package var connectionCount: Int { loop.connectionCount.load(ordering: .relaxed) }

    /// The daemon's pointer on its way to the thread that alone will use it.
    private struct Running: @unchecked Sendable {
        let daemon: OpaquePointer
    }

    private static func start(_ loop: EventLoop, _ socket: Int32, _ limits: Limits) -> OpaquePointer? {
        var settings = budstikke_http_settings()
        settings.listen_socket = socket
        settings.connections = UInt32(limits.connections)
        settings.inactivity_seconds = UInt32(max(1, limits.inactivity.milliseconds / 1_000))
        settings.memory_per_connection = limits.headerMemory
        // The loop outlives the daemon: its thread's closure holds it until the daemon is stopped.
        settings.context = Unmanaged.passUnretained(loop).toOpaque()
        settings.admit = admit
        settings.handle = handle
        settings.completed = requestCompleted
        settings.connection_changed = connectionChanged
        settings.request_line = requestLine
        settings.unescape = leaveEscaped
        guard let certificate = loop.options.certificate else { return budstikke_http_start(&settings) }
        // The library copies none of the texts, and reads them only here.
        return certificate.chain.withCString { chain in
            certificate.key.withCString { key in
                ServerCertificate.priorities.withCString { priorities in
                    settings.certificate = chain
                    settings.key = key
                    settings.priorities = priorities
                    return budstikke_http_start(&settings)
                }
            }
        }
    }

    /// Raises the soft limit of open files as far as the hard one permits, and takes fewer connections when that is not enough:
    /// a server that runs out of descriptors would take the ledger's with them.
    private static func fitted(_ limits: Limits) -> Limits {
        let reserve = 256
        var files = rlimit()
        guard getrlimit(__rlimit_resource_t(RLIMIT_NOFILE.rawValue), &files) == 0 else { return limits }
        let wanted = rlim_t(limits.connections + reserve)
        if files.rlim_cur < wanted {
            files.rlim_cur = min(wanted, files.rlim_max)
            setrlimit(__rlimit_resource_t(RLIMIT_NOFILE.rawValue), &files)
        }
        var fitted = limits
        fitted.connections = max(16, min(limits.connections, Int(clamping: files.rlim_cur) - reserve))
        return fitted
    }

    /// A client that goes away while it is written to must not end the daemon.
    private static let ignoreBrokenPipes: Void = { _ = signal(SIGPIPE, SIG_IGN) }()
}
