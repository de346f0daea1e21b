import Synchronization

/// The open streams of one subject, such as a screen's feed: an event sent here goes to all of them.
package final class EventTopic: Sendable {
    private let streams = Mutex<[ObjectIdentifier: EventStream]>([:])

    package init() {}

    /// How many clients listen now.
    package var count: Int { streams.withLock { $0.count } }

    /// Joins a stream until it ends.
    package func add(_ stream: EventStream) {
        let key = ObjectIdentifier(stream)
        streams.withLock { $0[key] = stream }
        stream.onEnd { [weak self] in self?.streams.withLock { _ = $0.removeValue(forKey: key) } }
    }

    /// From any thread; never waits for a client. Each line of `data` is a line of the event's data.
    package func send(_ data: String, event: String? = nil, id: String? = nil) {
        for stream in streams.withLock({ Array($0.values) }) { stream.send(data, event: event, id: id) }
    }
}
