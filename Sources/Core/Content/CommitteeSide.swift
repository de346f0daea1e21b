/// Which side of a MED committee an item comes from: the employer's (the A-side), the employees' (the B-side), or both together.
package enum CommitteeSide: String, CaseIterable, Hashable, Codable, Sendable {
    case a, b, joint
}

extension Catalogue {
    /// Who an item is from, as readers see it: the source, and for a committee the side: "Fra A-siden i Hovedudvalget".
    package func byline(_ source: String, _ side: CommitteeSide?, _ language: Language) -> String {
        switch side {
        case nil: source
        case .a: self.text("item.fromSideA", language, ["source": source])
        case .b: self.text("item.fromSideB", language, ["source": source])
        case .joint: self.text("item.fromBothSides", language, ["source": source])
        }
    }
}
