import Core
import HTTPServer

/// `/metrics`: the service's numbers in Prometheus' text format (0.0.4). On a listener of its own, for they are nobody's business outside.
package struct MetricsPage: Sendable {
    private let families: @Sendable () -> [MetricFamily]

    package init(_ families: @escaping @Sendable () -> [MetricFamily]) { self.families = families }

    package func addRoutes(to router: inout Router) {
        router.get("/metrics") { _ in
            Response(
                status: 200, headers: ["Content-Type": "text/plain; version=0.0.4; charset=utf-8", "Cache-Control": CacheControl.never],
                body: Bytes(families().map(\.text).joined()))
        }
    }
}
