import Core

/// An item that somebody sends with a browser, as the form had it; the wiring hands it to the drop folder.
package struct DeskSubmission: Sendable {
    package struct File: Sendable {
        package var name: String
        package var bytes: [UInt8]
    }

    /// What was written in the form.
    package struct Written: Sendable {
        package var title: String
        package var text: String
        package var summary: String?
        package var category: String?
        package var audience: String?
        /// As a field of type `datetime-local` has it.
        package var visibleFrom: String?
        package var visibleUntil: String?
        package var contact: String?
        package var leaderNotes: String?
        package var alternativeText: String?
        package var caption: String?
    }

    package enum Content: Sendable {
        case written(Written)
        case document(File)
    }

    package var content: Content
    package var picture: File?
    package var actor: String
    /// A few letters that tell it from others of the same title.
    package var mark: String
}

/// What became of an item that was sent.
package enum SubmissionOutcome: Hashable, Sendable {
    /// On its way into the drop folder.
    case saving
    /// It could not be put there.
    case failed
    /// It is there, and the intake has not come to it; `needs` is a program that is not installed.
    case waiting(needs: String?)
    /// With the receipt's page.
    case received(String)
    /// With what is wrong, in the reader's language, and the text as it was written in the form.
    case refused(String, text: String?)
    case unknown

    /// Whether nothing more will come of it.
    var isSettled: Bool {
        switch self {
        case .saving, .waiting: false
        case .failed, .received, .refused, .unknown: true
        }
    }
}

/// The drop folder as the desk sees it. Both may wait for a share that hangs.
package struct DeskDropFolder: Sendable {
    /// The item's name, and what puts it there.
    package typealias Prepared = (name: String, put: @Sendable () throws(Fault) -> Void)

    package var prepare: @Sendable (DeskSubmission, Source) -> Prepared
    package var outcome: @Sendable (_ name: String, Source) throws(Fault) -> SubmissionOutcome
    /// About how long it takes until an item is taken in.
    package var pause: Span

    package init(
        pause: Span, prepare: @escaping @Sendable (DeskSubmission, Source) -> Prepared,
        outcome: @escaping @Sendable (_ name: String, Source) throws(Fault) -> SubmissionOutcome
    ) {
        self.pause = pause
        self.prepare = prepare
        self.outcome = outcome
    }
}
