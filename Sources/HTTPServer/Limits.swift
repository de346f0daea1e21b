import Core

/// What one client, and all clients together, may take of the server.
package struct Limits: Hashable, Sendable {
    /// The largest body of a request; more is answered 413.
    package var body = 1 << 20
    /// What request line and headers of one connection may take, in bytes; more is answered 431 by the library.
    package var headerMemory = 32 << 10
    package var connections = 4_096
    /// A proxy in front is one address for all readers, so this is not small.
    package var connectionsPerAddress = 1_024
    /// A connection on which nothing moves is closed.
    package var inactivity = Span.seconds(30)
    /// From the start of a connection, or the end of the former answer, to the last byte of the request: a client that drips a byte at a
    /// time is never inactive, so the library's own time-out does not see it.
    package var receiving = Span.seconds(60)
    /// From the last byte of the request to the last byte of the answer.
    package var answering = Span.seconds(300)
    /// Event streams that are open at once; one more is answered 503.
    package var streams = 2_048
    /// Of one client address.
    package var streamsPerAddress = 256
    /// What waits for one client of a stream, in bytes. Who falls further behind is cut off, and comes back to the present.
    package var streamBuffer = 64 << 10
    /// After so long without an event a stream carries a comment, so that no proxy takes it for dead.
    package var streamPause = Span.seconds(15)

    package init() {}

    /// A body beyond the limit is read and thrown away up to this, so that the client can read its 413; then the connection is closed.
    var discarded: Int { 2 * body }
}
