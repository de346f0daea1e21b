import Core
import Foundation
import TestKit

/// Debian's nginx with one worker, as it serves one folder of files.
struct Nginx {
    static let program = "/usr/sbin/nginx"
    let port: UInt16
    private let child: ChildProcess
    private let folder: TemporaryFolder

    /// Serves `bytes` as `/feed.rss`. Throws a ``Fault`` when it does not answer within 10 s.
    init(serving bytes: [UInt8]) throws {
        let probe = try LoopbackSocket.anyPort()
        close(probe.descriptor)
        port = UInt16(probe.port)
        folder = try TemporaryFolder()
        try folder.write("www/feed.rss", bytes)
        let settings = try folder.write("nginx.conf", Self.settings(folder.path, port))
        let null = open("/dev/null", O_RDWR | O_CLOEXEC)
        defer { close(null) }
        child = try ChildProcess(
            Self.program, ["-e", folder.file("error.log"), "-c", settings, "-p", folder.path], input: null, output: null, errors: null)
        let limit = ContinuousClock.now + .seconds(10)
        while (try? RawHTTPClient(port: port).request("GET", "/feed.rss"))?.status != 200 {
            guard ContinuousClock.now < limit else {
                stop()
                throw Fault("start", "nginx", cause: "it does not answer", mend: "Check Debian's package nginx-light.")
            }
            usleep(10_000)
        }
    }

    func stop() {
        child.signal(SIGTERM)
        _ = child.wait()
    }

    private static func settings(_ folder: String, _ port: UInt16) -> String {
        """
        \(geteuid() == 0 ? "user root;" : "")
        worker_processes 1;
        daemon off;
        pid \(folder)/nginx.pid;
        error_log \(folder)/error.log;
        events { worker_connections 4096; }
        http {
            types { application/rss+xml rss; }
            sendfile on;
            tcp_nopush on;
            access_log off;
            keepalive_requests 100000000;
            client_body_temp_path \(folder)/body;
            proxy_temp_path \(folder)/proxy;
            fastcgi_temp_path \(folder)/fastcgi;
            uwsgi_temp_path \(folder)/uwsgi;
            scgi_temp_path \(folder)/scgi;
            server { listen 127.0.0.1:\(port); root \(folder)/www; }
        }
        """
    }
}
