import Core

/// Makes the receipt's page; HTML that opens from a file share.
package typealias ReceiptRenderer = @Sendable (Receipt) throws(Fault) -> String
/// Makes the receipt's mail: plain text.
package typealias ReceiptMailRenderer = @Sendable (Receipt) throws(Fault) -> (subject: String, text: String)
/// The publications that an item of a source will be in.
package typealias PlacementForecast = @Sendable (_ content: ItemContent, _ source: String) -> [Receipt.Placement]
