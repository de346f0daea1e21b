import Core
import Synchronization

/// A ``Server`` as a stage of the daemon: listens from its start to its stop.
package final class ServerStage: Stage {
    package let name: String
    private let wanted: ListenAddress
    private let limits: Limits
    private let handler: Router.Handler
    private let log: Log
    private let server = Mutex<Server?>(nil)

    package init(_ name: String, _ wanted: ListenAddress, limits: Limits = Limits(), log: Log? = nil, handler: @escaping Router.Handler) {
        self.name = name
        self.wanted = wanted
        self.limits = limits
        self.handler = handler
        self.log = log ?? Log(name)
    }

    /// Where it listens, once it does.
    package var address: ListenAddress? { server.withLock { $0?.address } }

    package func start() throws(Fault) {
        let started = try Server(wanted, limits: limits, handler: handler)
        server.withLock { $0 = started }
        log.notice("listening on \(started.address.url)")
    }

    package func stop() { server.withLock { $0 }?.stop() }
}

extension ListenAddress {
    /// As a browser on this machine would write it.
    package var url: String {
        switch self {
        case .unix: description
        case .any(let port): "http://localhost:\(port)"
        default: "http://\(description)"
        }
    }
}
