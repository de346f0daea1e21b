/// All samples of one name, in Prometheus' text format (0.0.4).
package struct MetricFamily: Sendable {
    package enum Kind: String, Sendable {
        /// Only grows, but for a restart of what counts it.
        case counter
        case gauge
        case histogram
    }

    private struct Sample: Sendable {
        var suffix: String
        var labels: [(name: String, value: String)]
        var value: Double
    }

    /// With its unit behind it, and `_total` behind a counter's: `budstikke_deliveries_total`.
    package let name: String
    package let kind: Kind
    package let meaning: String
    private var samples: [Sample] = []

    package init(_ name: String, _ kind: Kind, _ meaning: String) {
        self.name = name
        self.kind = kind
        self.meaning = meaning
    }

    package mutating func add(_ value: Double, _ labels: KeyValuePairs<String, String> = [:]) {
        samples.append(Sample(suffix: "", labels: labels.map { ($0.key, $0.value) }, value: value))
    }

    package func with(_ value: Double, _ labels: KeyValuePairs<String, String> = [:]) -> Self {
        var copy = self
        copy.add(value, labels)
        return copy
    }

    /// The samples of a histogram; `label` is what its labels are called, `nil` for one without.
    package func with(_ histogram: Histogram, by label: String? = nil) -> Self {
        var copy = self
        var values = histogram.values
        if label == nil, values.isEmpty { values[""] = .init(buckets: histogram.bounds.map { _ in 0 }) }
        for (value, counts) in values.sorted(by: { $0.key < $1.key }) {
            let own = label.map { [(name: $0, value: value)] } ?? []
            var running = 0
            for (bound, count) in zip(histogram.bounds, counts.buckets) {
                running += count
                copy.samples.append(Sample(suffix: "_bucket", labels: own + [("le", Self.number(bound))], value: Double(running)))
            }
            copy.samples.append(Sample(suffix: "_bucket", labels: own + [("le", "+Inf")], value: Double(counts.count)))
            copy.samples.append(Sample(suffix: "_sum", labels: own, value: counts.sum))
            copy.samples.append(Sample(suffix: "_count", labels: own, value: Double(counts.count)))
        }
        return copy
    }

    /// Its help and type, then its samples; the first two also where there are none yet.
    package var text: String {
        "# HELP \(name) \(Self.escaped(meaning, quotes: false))\n# TYPE \(name) \(kind.rawValue)\n"
            + samples.map { "\(name)\($0.suffix)\(Self.labels($0.labels)) \(Self.number($0.value))\n" }.joined()
    }

    private static func labels(_ labels: [(name: String, value: String)]) -> String {
        guard !labels.isEmpty else { return "" }
        return "{\(labels.map { "\($0.name)=\"\(escaped($0.value, quotes: true))\"" }.joined(separator: ","))}"
    }

    private static func escaped(_ text: String, quotes: Bool) -> String {
        let safe = text.replacing("\\", with: "\\\\").replacing("\n", with: "\\n")
        return quotes ? safe.replacing("\"", with: "\\\"") : safe
    }

    private static func number(_ value: Double) -> String {
        value == value.rounded() && abs(value) < 1e15 ? String(Int64(value)) : String(value)
    }
}
