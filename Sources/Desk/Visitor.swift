import Core
import Ledger

/// Who is at the desk in one request, and what they may do.
struct Visitor: Sendable {
    let name: String
    /// Where their test mails go.
    let address: EmailAddress?
    let roles: [DeskRole]
    /// What form tokens are bound to: a session's digest, or a proxy's word of the day.
    let holder: String
    /// Whether the session is ours to end.
    let hasSession: Bool

    var isEditor: Bool { roles.contains(.editor) }
    private var isDirector: Bool { roles.contains(.director) }
    private var isOperator: Bool { roles.contains(.operator) }
    private var isMED: Bool { roles.contains { if case .medA = $0 { true } else if case .medB = $0 { true } else { false } } }

    /// The sources whose items they see; `nil` for all.
    var visibleSources: [String]? { isEditor || isDirector || isOperator ? nil : Array(Set(roles.compactMap(\.source))).sorted() }

    func sees(_ source: String) -> Bool { visibleSources?.contains(source) ?? true }
    func contributes(to source: String) -> Bool { roles.contains(.contributor(source)) }

    var seesEditions: Bool { isEditor || isDirector || isOperator || isMED }
    /// Whether their yes counts for some publication.
    var approves: Bool { isEditor || isDirector || isMED }
    var seesLog: Bool { isEditor || isDirector || isOperator }
    /// Who got an edition, and how that goes on; how screens and endpoints are.
    var seesDeliveries: Bool { seesLog }
    var canSteerDeliveries: Bool { seesLog }
    var seesChannels: Bool { seesLog }
    var canTendChannels: Bool { isEditor || isOperator }
    /// Who is sent what, by name.
    var seesRecipients: Bool { isEditor || isOperator }
    var canAlert: Bool { seesLog }
    var canApproveItems: Bool { isEditor }
    var canHoldItems: Bool { isEditor || isDirector }
    func canEdit(_ source: String) -> Bool { isEditor || contributes(to: source) }
    func canWithdraw(_ source: String) -> Bool { isEditor || contributes(to: source) }
    var canArrange: Bool { isEditor }
    var canHoldEditions: Bool { isEditor || isDirector }
    var canRun: Bool { isEditor || isDirector }
    var canTest: Bool { canRun && address != nil }
    /// An editor sends for whoever asks them to.
    func submits(to source: String) -> Bool { isEditor || contributes(to: source) }
    var submitsAny: Bool { isEditor || roles.contains { if case .contributor = $0 { true } else { false } } }
}
