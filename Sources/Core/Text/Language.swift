/// A language that the product speaks to a reader.
package enum Language: String, CaseIterable, Hashable, Codable, Sendable {
    case da, nb, en
}
