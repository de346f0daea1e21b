import Core

/// What one client, and all clients together, may take of the server.
package struct Limits: Hashable, Sendable {
    /// The largest body of a request; more is answered 413.
    package var body = 1 << 20
    /// That of a request which ``ServerOptions/permitsLargeBody`` lets send more: a text with its picture.
    package var largeBody = 32 << 20
    /// How many of those are received at once; one more is answered as if it had no permission.
    package var largeBodies = 4
    /// What request line and headers of one connection may take, in bytes, with the library's own notes; more is answered 431 by the library,
    /// which also clears all of it for each request.
    package var headerMemory = 16 << 10
    package var connections = 8_192
    /// Of one address that is no trusted proxy: a municipality's people often share one, so this is not small.
    package var connectionsPerAddress = 1_024
    /// A connection on which nothing moves is closed.
    package var inactivity = Span.seconds(30)
    /// From the start of a connection, or the end of the former answer, to the last byte of the headers: a client that drips a byte at a
    /// time is never inactive, so the library's own time-out does not see it.
    package var header = Span.seconds(30)
    /// From there to the last byte of the body.
    package var bodyTime = Span.seconds(60)
    /// The same for a large body: 32 MiB in that time are 1 Mbit/s.
    package var largeBodyTime = Span.seconds(270)
    /// From the request's start to the last byte of the answer.
    package var request = Span.seconds(300)
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
