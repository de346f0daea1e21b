import Core
import Foundation
import Synchronization

/// inotify(7) over the drop folders: a kick soon after somebody has put or finished a file. Only a hint: network shares send no events,
/// and where inotify is not to be had everything goes on by the rescan alone.
final class FolderHints: Sendable {
    private let descriptor: Int32
    private let stopping: (input: Int32, output: Int32)
    private let ended = DispatchGroup()

    /// Events that come within this time are one kick: a copy of 20,000 files is not 20,000 passes.
    private static let gather: Int32 = 250

    /// `nil` when the kernel gives no inotify instance.
    init?(kick: Kick) {
        descriptor = inotify_init1(Int32(IN_NONBLOCK | IN_CLOEXEC))
        guard descriptor >= 0 else { return nil }
        guard let pipe = try? makePipe() else {
            close(descriptor)
            return nil
        }
        stopping = pipe
        ended.enter()
        let thread = Thread { [descriptor, stopping, ended] in
            Self.listen(descriptor, stopping.input, kick)
            ended.leave()
        }
        thread.name = "intake hints"
        thread.stackSize = 256 << 10
        thread.start()
    }

    /// Watches a folder; again and again without harm, so that one that was mounted anew is watched too.
    func watch(_ path: String) {
        _ = inotify_add_watch(descriptor, path, UInt32(IN_CLOSE_WRITE | IN_MOVED_TO | IN_CREATE | IN_ONLYDIR))
    }

    func stop() {
        close(stopping.output)
        ended.wait()
        close(stopping.input)
        close(descriptor)
    }

    private static func listen(_ descriptor: Int32, _ stop: Int32, _ kick: Kick) {
        var buffer = [UInt8](repeating: 0, count: 16_384)
        while true {
            var polled = [pollfd(fd: stop, events: Int16(POLLIN), revents: 0), pollfd(fd: descriptor, events: Int16(POLLIN), revents: 0)]
            guard poll(&polled, 2, -1) > 0 || errno == EINTR else { return }
            if polled[0].revents != 0 { return }
            guard polled[1].revents != 0 else { continue }
            kick.kick()
            if poll(&polled, 1, gather) > 0 { return }
            while read(descriptor, &buffer, buffer.count) > 0 {}
            kick.kick()
        }
    }
}
