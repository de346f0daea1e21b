import Core

/// One recipient's own copy of a rendering: only the slots are filled, nothing is rendered again.
package struct PersonalCopy: Hashable, Sendable {
    package var html: String
    package var text: String

    /// `name` may be empty; `preferencesURL` is this recipient's https address. Both are escaped for HTML; in the plain text the
    /// name stays on its line.
    package init(_ rendering: EditionRendering, name: String, department: String = "", preferencesURL: String) {
        let values: [Slot: String] = [
            .name: name.singleLine, .department: department.singleLine, .preferencesURL: preferencesURL.singleLine,
        ]
        let escaped = values.mapValues(HTML.escaped)
        html = rendering.mailHTML.filled { escaped[$0] ?? "" }
        text = rendering.mailText.filled { values[$0] ?? "" }
    }
}
