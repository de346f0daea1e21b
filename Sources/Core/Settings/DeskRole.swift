/// What somebody may do at the desk. Written as `editor`, `director`, `operator`, `contributor:HR`, `med-a:Hovedudvalget`,
/// `med-b:Hovedudvalget`: the name behind the colon is a source.
package enum DeskRole: Hashable, Codable, Sendable, CustomStringConvertible {
    /// Sees and mends what one source has sent, and nothing else.
    case contributor(String)
    case editor
    /// Signs for the employer's side of a MED committee.
    case medA(String)
    /// Signs for the employees' side of one.
    case medB(String)
    case director
    /// Looks after the service; at the control socket also an editor, because who may open it may do everything.
    case `operator`

    /// `nil` for anything but the spellings above.
    package init?(_ text: String) {
        let parts = text.split(separator: ":", maxSplits: 1, omittingEmptySubsequences: false).map(String.init)
        switch (parts[0], parts.count == 2 ? parts[1] : nil) {
        case ("editor", nil): self = .editor
        case ("director", nil): self = .director
        case ("operator", nil): self = .operator
        case ("contributor", let source?) where !source.isEmpty: self = .contributor(source)
        case ("med-a", let source?) where !source.isEmpty: self = .medA(source)
        case ("med-b", let source?) where !source.isEmpty: self = .medB(source)
        default: return nil
        }
    }

    package var description: String {
        switch self {
        case .contributor(let source): "contributor:\(source)"
        case .editor: "editor"
        case .medA(let source): "med-a:\(source)"
        case .medB(let source): "med-b:\(source)"
        case .director: "director"
        case .operator: "operator"
        }
    }

    /// The source that the role is bound to.
    package var source: String? {
        switch self {
        case .contributor(let source), .medA(let source), .medB(let source): source
        case .editor, .director, .operator: nil
        }
    }

    package init(from decoder: Decoder) throws {
        let text = try decoder.singleValueContainer().decode(String.self)
        guard let role = DeskRole(text) else {
            throw DecodingError.dataCorrupted(.init(codingPath: decoder.codingPath, debugDescription: "not a role"))
        }
        self = role
    }

    package func encode(to encoder: Encoder) throws {
        var container = encoder.singleValueContainer()
        try container.encode(description)
    }
}
