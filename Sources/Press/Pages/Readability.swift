/// The LIX scale's five steps and the catalogue's word for each (Björnsson; the scale is in FIELD order, easiest first).
package enum Readability: CaseIterable, Sendable {
    case veryEasy, easy, medium, hard, veryHard

    /// ≤ 24 very easy, 25–34 easy, 35–44 medium, 45–54 hard, ≥ 55 very hard.
    package init(lix: Int) {
        self = lix < 25 ? .veryEasy : lix < 35 ? .easy : lix < 45 ? .medium : lix < 55 ? .hard : .veryHard
    }

    package var key: String {
        switch self {
        case .veryEasy: "receipt.lixVeryEasy"
        case .easy: "receipt.lixEasy"
        case .medium: "receipt.lixMedium"
        case .hard: "receipt.lixHard"
        case .veryHard: "receipt.lixVeryHard"
        }
    }
}
