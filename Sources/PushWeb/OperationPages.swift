import Core
import HTTPServer

/// For machines: `/healthz` says whether the service is well.
package struct OperationPages: Sendable {
    /// `nil` when all is well, else what is wrong in one line, without anybody's name in it.
    package typealias Health = @Sendable () -> String?

    private let health: Health

    package init(health: @escaping Health) { self.health = health }

    package func addRoutes(to router: inout Router) {
        router.get("/healthz") { _ in health().map { .text("\($0)\n", status: 503) } ?? .text("ok\n") }
    }
}
