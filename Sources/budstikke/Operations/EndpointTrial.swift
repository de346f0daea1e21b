import Core
import PushIntranet

/// What came of trying an endpoint without posting anything.
struct EndpointTrial: Encodable {
    var endpoint: String
    var kind: Endpoint.Kind
    var works: Bool
    /// What works, or what does not.
    var finding: String

    init(_ endpoint: Endpoint, relativeTo folder: String) {
        self.endpoint = endpoint.name
        kind = endpoint.kind
        do throws(Fault) {
            switch EndpointPoster.probe(try endpoint.connector(relativeTo: folder)) {
            case .success(let words): (works, finding) = (true, words)
            case .failure(let setback): (works, finding) = (false, setback.reply)
            }
        } catch {
            (works, finding) = (false, "\(error)")
        }
    }

    var line: String { "\(endpoint) (\(kind.rawValue)): \(works ? "good" : "PROBLEM"): \(finding)" }
}
