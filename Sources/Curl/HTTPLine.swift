import Core

/// Connections that stay open from one request to the next, for who sends many to the same few servers: each new one would cost a TLS
/// handshake. Used by one thread.
package final class HTTPLine {
    private var handle: EasyHandle?
    private var reach: HTTPRequest.Reach?

    package init() {}

    /// A handle without options. What is open was judged by the ``HTTPRequest/Reach`` of its time, so it is not used under another.
    func ready(for reach: HTTPRequest.Reach) throws(Fault) -> EasyHandle {
        if let handle, self.reach == reach {
            handle.reset()
            return handle
        }
        let fresh = try EasyHandle()
        (handle, self.reach) = (fresh, reach)
        return fresh
    }
}
