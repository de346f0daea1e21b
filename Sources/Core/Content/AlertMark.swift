/// How a channel marks a crisis message.
package struct AlertMark: Hashable, Codable, Sendable {
    package enum Kind: String, Hashable, Codable, Sendable {
        case raised
        /// The all-clear.
        case ended
    }

    package var kind: Kind
    /// An exercise: every channel says so.
    package var isDrill: Bool
    /// When it ends by itself, in the organisation's zone.
    package var until: CivilDateTime?

    package init(_ kind: Kind, isDrill: Bool) {
        self.kind = kind
        self.isDrill = isDrill
    }
}

/// The publication that crisis messages are editions of. It is built in: no schedule may have its name.
package enum AlertPublication {
    package static let name = "akut"

    /// Nobody may unsubscribe from it; `reason` says so in the mail.
    package static func publication(title: String, reason: String, endpoints: [String] = []) -> Publication {
        var publication = Publication(name: name, title: title, timing: .continuous)
        publication.template = "alert"
        publication.mandatoryReason = reason
        publication.channels.email = true
        publication.channels.endpoints = endpoints
        return publication
    }
}

/// The source of a crisis message's item: `Akut/HR`. No other source has a slash in its name, so such an item can never be taken for an
/// ordinary one.
package enum AlertSource {
    /// The crisis folder in the drop folder, as well.
    package static let folder = "Akut"
    package static let prefix = folder + "/"

    package static func name(_ source: String) -> String { prefix + source }

    /// What readers see: the source without the folder; any other as it is.
    package static func shown(_ source: String) -> String {
        source.hasPrefix(prefix) ? String(source.dropFirst(prefix.count)) : source
    }
}

/// Whether a title says that the message is an exercise: `Øvelse: Rådhuset er lukket`.
package enum DrillTitle {
    private static let words: Set<String> = ["øvelse", "øving", "drill", "exercise"]

    /// The title behind the word and its colon; `nil` when it does not begin with them.
    package static func rest(of title: String) -> String? {
        guard let colon = title.firstIndex(of: ":") else { return nil }
        let word = title[..<colon].lowercased().filter { !$0.isWhitespace }
        let rest = title[title.index(after: colon)...].drop(while: \.isWhitespace)
        return words.contains(word) && !rest.isEmpty ? String(rest) : nil
    }
}
