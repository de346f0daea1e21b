import Core

/// Makes the receipt's page; HTML that opens from a file share.
package typealias ReceiptRenderer = @Sendable (Receipt) throws(Fault) -> String
/// Makes the receipt's mail: plain text.
package typealias ReceiptMailRenderer = @Sendable (Receipt) throws(Fault) -> (subject: String, text: String)
/// Where an item of a source will be seen, as things stand at an instant.
package typealias PlacementForecast = @Sendable (_ content: ItemContent, _ source: String, _ now: Instant) -> Forecast

package struct Forecast: Sendable {
    package var placements: [Receipt.Placement]
    /// Titles of the publications that would take the item too if its pictures had alternative texts.
    package var demandingAlternative: [String]

    package init(_ placements: [Receipt.Placement], demandingAlternative: [String] = []) {
        self.placements = placements
        self.demandingAlternative = demandingAlternative
    }
}
