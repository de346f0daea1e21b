import Foundation

/// A program that only some installations use; without it the rest goes on.
package struct OptionalProgram: Hashable, Sendable, CustomStringConvertible {
    /// As people know it, such as `pandoc`.
    package let name: String
    package private(set) var path: String
    /// The Debian package that holds it.
    package let package: String
    /// What will not work without it, as a sentence for operators.
    package let loss: String

    package static let pandoc = OptionalProgram(
        name: "pandoc", path: "/usr/bin/pandoc", package: "pandoc",
        loss: "Word, OpenDocument, RTF and HTML files wait in the drop folder until it is there")
    package static let vipsthumbnail = OptionalProgram(
        name: "vipsthumbnail", path: "/usr/bin/vipsthumbnail", package: "libvips-tools",
        loss: "WebP and HEIC pictures wait in the drop folder until it is there, and JPEG and PNG keep their full size")

    package static let ldapsearch = OptionalProgram(
        name: "ldapsearch", path: "/usr/bin/ldapsearch", package: "ldap-utils",
        loss: "the employees cannot be read from the LDAP server of [Recipients] URL= until it is there")

    /// Those that every installation is told of; the others are needed where a setting asks for them.
    package static let all = [pandoc, vipsthumbnail]

    /// The same program in another place.
    package func at(_ path: String) -> OptionalProgram {
        var program = self
        program.path = path
        return program
    }

    package var isInstalled: Bool { access(path, X_OK) == 0 }

    package var description: String { "\(path) is not installed: \(loss). Run: apt install \(package)" }
}
