import Core
import PushIntranet
import PushStore

/// What came of trying an endpoint without posting anything.
struct EndpointTrial: Encodable {
    var endpoint: String
    var kind: String
    var works: Bool
    /// What works, or what does not.
    var finding: String

    init(_ endpoint: Endpoint, relativeTo folder: String) {
        self.endpoint = endpoint.name
        kind = endpoint.kind.rawValue
        do throws(Fault) {
            switch EndpointPoster.probe(try endpoint.connector(relativeTo: folder)) {
            case .success(let words): (works, finding) = (true, words)
            case .failure(let setback): (works, finding) = (false, setback.reply)
            }
        } catch {
            (works, finding) = (false, "\(error)")
        }
    }

    init(_ store: ObjectStore, relativeTo folder: String) {
        (endpoint, kind) = ("store", "s3")
        do throws(Fault) {
            switch StoreClient(try StoreAccess(store, relativeTo: folder)).probe() {
            case .success(let words): (works, finding) = (true, words)
            case .failure(let setback): (works, finding) = (false, setback.reason)
            }
        } catch {
            (works, finding) = (false, "\(error)")
        }
    }

    var line: String { "\(endpoint) (\(kind)): \(works ? "good" : "PROBLEM"): \(finding)" }
}
