import Core
import Ledger

extension ReleaseStep {
    /// The approvals of an edition with these items. A leaders' edition follows the rule of the one it goes ahead of too, and that one's
    /// approvals count for it when they are for the same items.
    package func approval(of edition: EditionRecord, _ items: [ItemRecord]) throws(Fault) -> ApprovalState {
        let publication = try publication(edition.publication)
        let content = edition.approvable(items)
        var state = ApprovalState()
        for approval in try ledger.approvals(of: edition.id) {
            if approval.content == content { state.valid.append(approval) } else { state.revoked.append(approval) }
        }
        var rules = [publication.approval]
        if let followed = publication.timing.followed {
            rules.append(try self.publication(followed).approval)
            let main = try ledger.editions(Set(EditionState.allCases), publication: followed).first { $0.scheduled == edition.scheduled }
            if let main { state.valid += try ledger.approvals(of: main.id).filter { $0.covers(items) } }
        }
        var missing: [ApprovalState.Missing] = []
        for rule in rules {
            for one in self.missing(rule, items, state.valid) where !missing.contains(one) { missing.append(one) }
        }
        state.missing = missing
        return state
    }

    /// What a rule still wants, of approvals that hold.
    private func missing(_ rule: Publication.Approval, _ items: [ItemRecord], _ valid: [EditionApproval]) -> [ApprovalState.Missing] {
        func actors(_ roles: DeskRole...) -> Set<String> {
            Set(valid.filter { approval in approval.role.map(roles.contains) ?? false }.map(\.actor))
        }
        let editors = actors(.editor)
        switch rule {
        case .none: return []
        case .editor:
            let waiting = items.filter { !$0.isApproved }.map(\.id)
            return editors.isEmpty && !waiting.isEmpty ? [.items(waiting)] : []
        case .two:
            let count = actors(.editor, .director).count
            return count >= 2 ? [] : count == 1 ? [.another] : [.editor, .another]
        case .editorAndDirector:
            let directors = actors(.director)
            // One person who is both is one person.
            if !editors.isEmpty, !directors.isEmpty, editors.union(directors).count >= 2 { return [] }
            if editors.isEmpty { return directors.isEmpty ? [.editor, .director] : [.editor] }
            return [.director]
        case .med:
            let concerned = committees.filter { committee in items.contains { $0.source == committee } }
            if concerned.isEmpty { return editors.isEmpty ? [.editor] : [] }
            return concerned.flatMap { committee -> [ApprovalState.Missing] in
                let (a, b) = (actors(.medA(committee)), actors(.medB(committee)))
                // Nobody signs for both sides.
                let isOnePerson = a.count == 1 && a == b
                return (a.isEmpty ? [.medA(committee)] : []) + (b.isEmpty || isOnePerson ? [.medB(committee)] : [])
            }
        }
    }

    /// As what somebody with these roles may approve an edition with these items, by the rules that it follows; empty when nobody asks
    /// for any of them.
    package func capacities(of roles: [DeskRole], for edition: EditionRecord, _ items: [ItemRecord]) throws(Fault) -> [DeskRole] {
        let publication = try publication(edition.publication)
        var rules: Set = [publication.approval]
        if let followed = publication.timing.followed { rules.insert(try self.publication(followed).approval) }
        let concerned = committees.filter { committee in items.contains { $0.source == committee } }
        return roles.filter { role in
            switch role {
            case .editor:
                !rules.isDisjoint(with: [.editor, .two, .editorAndDirector]) || rules.contains(.med) && concerned.isEmpty
                    || rules == [.none]
            case .director: !rules.isDisjoint(with: [.two, .editorAndDirector])
            case .medA(let committee), .medB(let committee): rules.contains(.med) && concerned.contains(committee)
            case .contributor, .operator: false
            }
        }
    }
}
