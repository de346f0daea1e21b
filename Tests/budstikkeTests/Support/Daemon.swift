import Core
import Foundation
import TestKit
import Testing

/// A real `budstikke serve`, whose readiness is waited for on its notification socket, as systemd does.
final class Daemon {
    let process: ChildProcess
    let log: String
    private var ended: Int32?
    /// Whose folder is removed with it.
    private let installation: Installation

    /// Starts the daemon and returns when it says READY=1. Throws with its log when it ends before that.
    /// `behind` is a command before the daemon's own, such as one that gives it a namespace, and that becomes it; `instead` one that serves
    /// in its place.
    init(_ installation: Installation, behind: [String] = [], instead: [String]? = nil, environment added: [String: String] = [:]) throws {
        self.installation = installation
        let socket = installation.folder.file("notify-\(UInt32.random(in: 0..<UInt32.max))")
        log = socket + ".log"
        let notifications = try NotificationSocket(socket)
        var environment = ProcessInfo.processInfo.environment.merging(added) { $1 }
        environment["NOTIFY_SOCKET"] = socket
        let output = open(log, O_WRONLY | O_CREAT | O_CLOEXEC, 0o600)
        let null = open("/dev/null", O_RDWR | O_CLOEXEC)
        defer {
            close(output)
            close(null)
        }
        let command = behind + (instead ?? [Installation.program, "serve", "--config", installation.configuration])
        process = try ChildProcess(
            command[0], Array(command.dropFirst()), environment: environment, input: null, output: output, errors: output)
        while true {
            guard let message = notifications.next(limit: .seconds(120)) else {
                process.signal(SIGKILL)
                _ = process.wait()
                throw Fault("start", "the daemon", cause: (try? String(contentsOfFile: log, encoding: .utf8)) ?? "", mend: "See its log.")
            }
            if message.contains("READY=1") { break }
        }
    }

    deinit { kill() }

    var logText: String { (try? String(contentsOfFile: log, encoding: .utf8)) ?? "" }

    /// The port of its web listener, as its log tells it.
    var port: Int {
        get throws {
            let text = logText
            let found = text.firstMatch(of: /https?:\/\/127\.0\.0\.1:(\d+)/)
            return try #require(found.flatMap { Int($0.1) }, "no address in the log: \(text)")
        }
    }

    /// As a power cut for the process: no farewell.
    func kill() {
        guard ended == nil else { return }
        process.signal(SIGKILL)
        ended = process.wait()
    }

    /// Waits for an end that nobody asked for; its exit code, `nil` when it has not come within the limit.
    func end(within limit: Span = .seconds(60)) -> Int32? {
        if let ended { return ended }
        guard eventually(within: limit, { process.hasEnded }) else { return nil }
        ended = process.wait()
        return ended
    }

    /// As systemd does; returns the exit code.
    @discardableResult
    func terminate() -> Int32 {
        if let ended { return ended }
        process.signal(SIGTERM)
        let code = process.wait()
        ended = code
        return code
    }
}

extension ChildProcess {
    /// Whether it has ended, without taking its exit code.
    var hasEnded: Bool {
        var information = siginfo_t()
        return waitid(P_PID, id_t(identifier), &information, WEXITED | WNOHANG | WNOWAIT) == 0 && information.si_signo != 0
    }
}

/// The datagram socket that `NOTIFY_SOCKET` names (sd_notify(3)).
final class NotificationSocket {
    private let descriptor: Int32

    init(_ path: String) throws {
        descriptor = socket(AF_UNIX, Int32(SOCK_DGRAM.rawValue) | Int32(SOCK_CLOEXEC.rawValue), 0)
        var address = sockaddr_un()
        address.sun_family = sa_family_t(AF_UNIX)
        let bytes = Array(path.utf8CString)
        try #require(bytes.count <= MemoryLayout.size(ofValue: address.sun_path))
        withUnsafeMutableBytes(of: &address.sun_path) { $0.copyBytes(from: bytes.map { UInt8(bitPattern: $0) }) }
        let bound = withUnsafePointer(to: &address) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) { bind(descriptor, $0, socklen_t(MemoryLayout<sockaddr_un>.size)) }
        }
        try #require(bound == 0, "bind: \(errnoText())")
    }

    deinit { close(descriptor) }

    /// The next message; `nil` when none comes within the limit.
    func next(limit: Span) -> String? {
        var polled = pollfd(fd: descriptor, events: Int16(POLLIN), revents: 0)
        guard poll(&polled, 1, Int32(limit.milliseconds)) > 0 else { return nil }
        var buffer = [UInt8](repeating: 0, count: 4096)
        let count = recv(descriptor, &buffer, buffer.count, 0)
        return count > 0 ? String(decoding: buffer[..<count], as: UTF8.self) : nil
    }
}
