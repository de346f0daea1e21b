import Core
import Foundation

/// A value as one line of JSON, with sorted keys and instants as RFC 3339 in UTC.
func jsonText(_ value: some Encodable) -> String {
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
    if let key = CodingUserInfoKey.instantsAsText { encoder.userInfo[key] = true }
    return (try? encoder.encode(value)).map { String(decoding: $0, as: UTF8.self) } ?? "null"
}

/// An instant for a person: the civil time in the organisation's zone, to the minute.
func shown(_ instant: Instant?, _ zone: Zone) -> String {
    guard let instant else { return "–" }
    let civil = zone.civil(instant)
    return "\(civil.date) \(padded(civil.hour, 2)):\(padded(civil.minute, 2))"
}
