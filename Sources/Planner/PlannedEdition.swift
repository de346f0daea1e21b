import Core

/// One edition that the schedule foresees.
package struct PlannedEdition: Hashable, Sendable {
    /// Why an edition does not come out on the day that its rule says.
    package struct Move: Hashable, Sendable {
        package let from: CivilDate
        package let because: ClosingDay

        /// The catalogue's key of the reason.
        package var reason: String { because.catalogueKey }
    }

    /// The rule's own time, before any move: what names the edition, and what the next one follows. An edition that goes ahead of
    /// another bears that one's.
    package let scheduled: CivilDateTime
    package let release: Instant
    /// When the items are frozen; not later than the release.
    package let cutOff: Instant
    package let moved: Move?
}
