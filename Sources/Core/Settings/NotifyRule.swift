/// Which of the receipts and notes that lie in the drop folder are mailed too.
package enum NotifyRule: String, CaseIterable, Hashable, Codable, Sendable {
    case none, refused, all
}
