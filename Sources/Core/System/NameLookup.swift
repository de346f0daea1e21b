import CLinux
import Foundation

/// Asks the domain name system, by the C library's resolver, for what getaddrinfo(3) does not tell.
package struct NameLookup: Sendable {
    package enum Kind: Sendable { case address, mail, text }

    package enum Answer: Hashable, Sendable {
        /// What the records say; none when there is no such name or record.
        case records([String])
        /// No name server answered in time.
        case silence
    }

    private let server: String?
    private let port: UInt16

    /// `server` is an IPv4 address, with a port behind a colon when it is not 53; `nil` for the system's own. `nil` when it is none.
    package init?(server: String? = nil) {
        guard let server else {
            (self.server, port) = (nil, 53)
            return
        }
        let parts = server.split(separator: ":", omittingEmptySubsequences: false).map(String.init)
        var raw = in_addr()
        guard let port = parts.count == 2 ? UInt16(parts[1]) : 53, parts.count <= 2, inet_pton(AF_INET, parts[0], &raw) == 1 else {
            return nil
        }
        (self.server, self.port) = (parts[0], port)
    }

    /// The records of a name; the final dot is added, so that no search list applies. Takes some seconds at most.
    package func records(_ kind: Kind, of name: String) -> Answer {
        let types: [Int32] =
            switch kind {
            case .address: [Self.a, Self.aaaa]
            case .mail: [Self.mx]
            case .text: [Self.txt]
            }
        var found: [String] = []
        for type in types {
            var answer = [UInt8](repeating: 0, count: 65_535)
            let length = budstikke_lookup(name + ".", type, server, Int32(port), &answer, Int32(answer.count))
            if length == -2 { return .silence }
            guard length > 0 else { continue }
            var text = [CChar](repeating: 0, count: 65_536)
            for index in 0..<Self.limit {
                let count = budstikke_record(answer, length, type, Int32(index), &text, Int32(text.count))
                guard count >= 0 else { break }
                found.append(String(decoding: text[..<Int(count)].map { UInt8(bitPattern: $0) }, as: UTF8.self))
            }
        }
        return .records(found)
    }

    // RFC 1035, section 3.2.2; RFC 3596.
    private static let (a, aaaa, mx, txt): (Int32, Int32, Int32, Int32) = (1, 28, 15, 16)
    private static let limit = 50
}

/// Whether the kernel believes its clock to be synchronised; `nil` when it does not tell.
package func isClockSynchronised() -> Bool? {
    let answer = budstikke_clock_is_synchronised()
    return answer < 0 ? nil : answer == 1
}
