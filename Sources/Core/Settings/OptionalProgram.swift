import Foundation

/// A program that only some installations use; without it the rest goes on.
package struct OptionalProgram: Hashable, Sendable, CustomStringConvertible {
    package let path: String
    /// The Debian package that holds it.
    package let package: String
    /// What will not work without it, as a sentence for operators.
    package let loss: String

    package static let pandoc = OptionalProgram(
        path: "/usr/bin/pandoc", package: "pandoc", loss: "Word, OpenDocument, RTF and HTML files wait in the drop folder until it is there"
    )

    /// The one table of them all.
    package static let all = [pandoc]

    package var isInstalled: Bool { access(path, X_OK) == 0 }

    package var description: String { "\(path) is not installed: \(loss). Run: apt install \(package)" }
}
