import Core
import HTTPServer

/// One number for a monitoring system.
package struct MetricSample: Hashable, Sendable {
    package enum Kind: String, Sendable {
        /// Only grows, but for a restart.
        case counter
        case gauge
    }

    /// In the style of Prometheus: `budstikke_deliveries_total`.
    package var name: String
    package var kind: Kind
    package var meaning: String
    package var labels: [String: String]
    package var value: Double

    package init(_ name: String, _ kind: Kind, _ meaning: String, labels: [String: String] = [:], value: Double) {
        self.name = name
        self.kind = kind
        self.meaning = meaning
        self.labels = labels
        self.value = value
    }
}

/// For machines: `/healthz` says whether the service is well, `/metrics` gives its numbers in Prometheus' text format (0.0.4).
package struct OperationPages: Sendable {
    /// `nil` when all is well, else what is wrong in one line, without anybody's name in it.
    package typealias Health = @Sendable () -> String?
    package typealias Metrics = @Sendable () -> [MetricSample]

    private let health: Health
    private let metrics: Metrics

    package init(health: @escaping Health, metrics: @escaping Metrics) {
        self.health = health
        self.metrics = metrics
    }

    package func addRoutes(to router: inout Router) {
        router.get("/healthz") { _ in health().map { .text("\($0)\n", status: 503) } ?? .text("ok\n") }
        router.get("/metrics") { _ in
            Response(
                status: 200, headers: ["Content-Type": "text/plain; version=0.0.4; charset=utf-8", "Cache-Control": CacheControl.never],
                body: Bytes(Self.exposition(metrics())))
        }
    }

    /// All samples of one name stand together under its help and type.
    static func exposition(_ samples: [MetricSample]) -> String {
        var names: [String] = []
        for sample in samples where !names.contains(sample.name) { names.append(sample.name) }
        return names.map { name in
            let group = samples.filter { $0.name == name }
            let head =
                group.first.map { "# HELP \(name) \(escaped($0.meaning, quotes: false))\n# TYPE \(name) \($0.kind.rawValue)\n" } ?? ""
            return head + group.map { "\(name)\(labels($0)) \(number($0.value))\n" }.joined()
        }.joined()
    }

    private static func labels(_ sample: MetricSample) -> String {
        guard !sample.labels.isEmpty else { return "" }
        let pairs = sample.labels.sorted { $0.key < $1.key }.map { "\($0.key)=\"\(escaped($0.value, quotes: true))\"" }
        return "{\(pairs.joined(separator: ","))}"
    }

    private static func escaped(_ text: String, quotes: Bool) -> String {
        let safe = text.replacing("\\", with: "\\\\").replacing("\n", with: "\\n")
        return quotes ? safe.replacing("\"", with: "\\\"") : safe
    }

    private static func number(_ value: Double) -> String {
        value == value.rounded() && abs(value) < 1e15 ? String(Int64(value)) : String(value)
    }
}
