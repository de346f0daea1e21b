import Core
import Curl

/// The push services that messages may go to. A subscription names an address of its own choosing, so without this table anybody could have
/// the service send requests wherever they like.
package struct PushServices: Sendable {
    /// Of the browsers: Chrome, Edge on Android and most others; Firefox; Edge and others on Windows; Safari.
    package static let known = [
        "fcm.googleapis.com", "updates.push.services.mozilla.com", "*.notify.windows.com", "web.push.apple.com",
    ]

    /// The longest address that is taken, in bytes; those of the known services have some 200.
    static let longest = 1_024

    private let hosts: [String]
    /// Whether a service may stand in our own network, where plain HTTP and other ports are in use.
    private let allowPrivate: Bool

    /// `others` are hosts beside the known ones: a name, or `*.` and a domain for every name in it.
    package init(others: [String] = [], allowPrivate: Bool = false) {
        hosts = (Self.known + others).map { $0.lowercased() }
        self.allowPrivate = allowPrivate
    }

    var reach: HTTPRequest.Reach { allowPrivate ? .anywhere : .publicOnly }

    /// The address, read; `nil` when it is none of a service that messages may go to.
    func address(_ text: String) -> HTTPAddress? {
        guard text.utf8.count <= Self.longest, text.utf8.allSatisfy({ $0 > 0x20 && $0 < 0x7F }),
            let address = try? HTTPAddress(text), permits(address.host)
        else { return nil }
        let scheme = address.isSecure ? "https" : "http"
        guard allowPrivate || address.isSecure && [scheme + "://" + address.host, "https://\(address.host):443"].contains(address.origin)
        else { return nil }
        return address
    }

    private func permits(_ host: String) -> Bool {
        let host = host.lowercased()
        return hosts.contains { $0.hasPrefix("*.") ? host.hasSuffix($0.dropFirst()) && host.count >= $0.count : host == $0 }
    }
}
