import Foundation

/// The one place that starts another program: `posix_spawn` into a process group of its own, no inherited descriptors but the
/// three standard ones, with bounds on time and output.
///
/// Foundation's `Process` is not used: on Linux it misses exits and traps when descriptors run out.
package struct ChildProcess: Sendable {
    package struct Outcome: Sendable {
        /// The exit code, or 128 plus the signal that ended it, as a shell says.
        package var status: Int32
        package var output: [UInt8]
        package var errors: [UInt8]
        package var timedOut: Bool

        package var outputText: String { String(decoding: output, as: UTF8.self) }
        package var errorText: String { String(decoding: errors, as: UTF8.self) }
    }

    package let identifier: pid_t

    /// Starts a program with the three descriptors given; the caller keeps and closes its own copies.
    /// Throws a ``Fault`` when the program cannot be started.
    package init(
        _ path: String, _ arguments: [String], environment: [String: String]? = nil, input: Int32, output: Int32, errors: Int32
    ) throws(Fault) {
        var actions = posix_spawn_file_actions_t()
        posix_spawn_file_actions_init(&actions)
        defer { posix_spawn_file_actions_destroy(&actions) }
        for (target, source) in [(0, input), (1, output), (2, errors)] as [(Int32, Int32)] {
            posix_spawn_file_actions_adddup2(&actions, source, target)
        }
        closeFrom(&actions, 3)
        var attributes = posix_spawnattr_t()
        posix_spawnattr_init(&attributes)
        defer { posix_spawnattr_destroy(&attributes) }
        var none = sigset_t()
        sigemptyset(&none)
        var all = sigset_t()
        sigfillset(&all)
        posix_spawnattr_setflags(&attributes, Int16(POSIX_SPAWN_SETPGROUP | POSIX_SPAWN_SETSIGMASK | POSIX_SPAWN_SETSIGDEF))
        posix_spawnattr_setpgroup(&attributes, 0)
        posix_spawnattr_setsigmask(&attributes, &none)
        posix_spawnattr_setsigdefault(&attributes, &all)
        let words = ([path] + arguments).map { strdup($0) } + [nil]
        let settings = (environment ?? ProcessInfo.processInfo.environment).map { strdup("\($0.key)=\($0.value)") } + [nil]
        defer { for pointer in words + settings { free(pointer) } }
        var child: pid_t = 0
        let code = posix_spawn(&child, path, &actions, &attributes, words, settings)
        guard code == 0 else {
            throw Fault("start", path, cause: errnoText(code), mend: "Install the program, or mend its rights.")
        }
        identifier = child
    }

    /// Sends a signal to the whole process group.
    package func signal(_ number: Int32) { killpg(identifier, number) }

    /// Waits for the end; the exit code, or 128 plus the signal.
    package func wait() -> Int32 {
        var status: Int32 = 0
        while waitpid(identifier, &status, 0) < 0 && errno == EINTR {}
        return status & 0x7F == 0 ? (status >> 8) & 0xFF : 128 + (status & 0x7F)
    }

    /// Runs a program to its end with bytes on its standard input, under ``Confinement`` when `confined`. Past `outputLimit` bytes of output, or after `limit`, the whole
    /// process group is killed. Throws a ``Fault`` when the program cannot be started.
    package static func run(
        _ path: String, _ arguments: [String], input: [UInt8] = [], environment: [String: String]? = nil, limit: Span = .seconds(60),
        outputLimit: Int = 64 << 20, confined: Bool = false
    ) throws(Fault) -> Outcome {
        _ = ignoreBrokenPipes
        let (input:childInput, output:toChild) = try makePipe()
        let (input:fromChild, output:childOutput) = try makePipe()
        let (input:errorsFromChild, output:childErrors) = try makePipe()
        var ours = [toChild, fromChild, errorsFromChild]
        defer { for descriptor in ours where descriptor >= 0 { close(descriptor) } }
        let start: @Sendable () throws(Fault) -> ChildProcess = { () throws(Fault) in
            try ChildProcess(path, arguments, environment: environment, input: childInput, output: childOutput, errors: childErrors)
        }
        let started = Result { () throws(Fault) in
            try confined ? Confinement.onConfinedThread { _ throws(Fault) in try start() } : start()
        }
        for descriptor in [childInput, childOutput, childErrors] { close(descriptor) }
        let child = try started.get()
        _ = fcntl(toChild, F_SETFL, O_NONBLOCK)

        var streams: [[UInt8]] = [[], []]
        var written = 0
        var timedOut = false
        let begin = ContinuousClock.now
        while ours[1] >= 0 || ours[2] >= 0 {
            if ours[0] >= 0, written == input.count {
                close(ours[0])
                ours[0] = -1
            }
            var polled = ours.enumerated().map { pollfd(fd: $1, events: Int16($0 == 0 ? POLLOUT : POLLIN), revents: 0) }
            let left = limit.milliseconds - Int64((ContinuousClock.now - begin) / .milliseconds(1))
            if left <= 0 || streams[0].count + streams[1].count > outputLimit {
                timedOut = left <= 0
                child.signal(SIGKILL)
                break
            }
            guard poll(&polled, nfds_t(polled.count), Int32(min(left, 60_000))) > 0 else { continue }
            if polled[0].revents != 0 {
                let sent = input[written...].withUnsafeBytes { write(ours[0], $0.baseAddress, $0.count) }
                written = sent > 0 ? written + sent : errno == EAGAIN ? written : input.count
            }
            for index in 1...2 where polled[index].revents != 0 {
                var buffer = [UInt8](repeating: 0, count: 65_536)
                let count = read(ours[index], &buffer, buffer.count)
                if count > 0 {
                    streams[index - 1] += buffer[..<count]
                } else {
                    close(ours[index])
                    ours[index] = -1
                }
            }
        }
        return Outcome(status: child.wait(), output: streams[0], errors: streams[1], timedOut: timedOut)
    }

    /// A child that closes its input early must not end this process.
    private static let ignoreBrokenPipes: Void = { _ = Foundation.signal(SIGPIPE, SIG_IGN) }()
}
