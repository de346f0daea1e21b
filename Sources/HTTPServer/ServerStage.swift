import Core
import Synchronization

/// A ``Server`` as a stage of the daemon: listens from its start to its stop.
package final class ServerStage: Stage {
    package let name: String
    private let wanted: ListenAddress
    private let limits: Limits
    private let handler: Router.Handler
    private let log: Log
    private let state: Mutex<State>

    private struct State {
        var options: ServerOptions
        var server: Server?
    }

    package init(
        _ name: String, _ wanted: ListenAddress, limits: Limits = Limits(), options: ServerOptions = ServerOptions(), log: Log? = nil,
        handler: @escaping Router.Handler
    ) {
        self.name = name
        self.wanted = wanted
        self.limits = limits
        self.handler = handler
        self.log = log ?? Log(name)
        state = Mutex(State(options: options))
    }

    /// Where it listens, once it does.
    package var address: ListenAddress? { state.withLock { $0.server?.address } }

    package var heartbeats: [Heartbeat] { state.withLock { $0.server.map { [$0.heartbeat] } ?? [] } }

    package func start() throws(Fault) {
        let options = state.withLock { $0.options }
        let started: Server
        if let socket = try SocketActivation.socket() {
            started = try Server(socket, limits: limits, options: options, handler: handler)
        } else {
            started = try Server(wanted, limits: limits, options: options, handler: handler)
        }
        state.withLock { $0.server = started }
        log.notice("listening on \(started.address.url(isSecure: options.certificate != nil))")
    }

    /// Goes on with other options, a renewed certificate among them, on the same socket: no connection is refused, and answers that have begun
    /// are finished. Throws a ``Fault`` when that cannot be; the former options stay then.
    package func replace(_ options: ServerOptions) throws(Fault) {
        guard let former = state.withLock({ $0.server }) else { return state.withLock { $0.options = options } }
        let fresh = try Server(inPlaceOf: former, limits: limits, options: options, handler: handler)
        state.withLock { $0 = State(options: options, server: fresh) }
        former.stop(keepingPath: true)
    }

    package func stop() { state.withLock { $0.server }?.stop() }
}

extension ListenAddress {
    /// As a browser on this machine would write it.
    package var url: String { url(isSecure: false) }

    package func url(isSecure: Bool) -> String {
        let scheme = isSecure ? "https" : "http"
        return switch self {
        case .unix: description
        case .any(let port): "\(scheme)://localhost:\(port)"
        default: "\(scheme)://\(description)"
        }
    }
}
