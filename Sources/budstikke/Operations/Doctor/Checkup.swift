import Core
import Desk
import Ledger

/// The part of `doctor` that the ledger answers: by the daemon where one runs. A part that cannot be read is a finding, and the others follow.
struct Checkup {
    var house: House

    private static let backupAge = Span.days(2)
    /// A release or a delivery that is later than this is late.
    private static let patience = Span.minutes(15)
    /// Of the mails of an edition, in percent.
    private static let failedShare = 10

    func answer(at now: Instant) -> Answer {
        var findings: [Finding] = []
        for (subject, look) in [
            ("ledger", ledger), ("disk", disk), ("alarms", alarms), ("employees", people), ("schedules", schedules),
            ("last edition", lastEdition), ("deliveries", deliveries), ("backup", backup),
        ] as [(String, (Instant) throws(Fault) -> [Finding])] {
            do throws(Fault) { findings += try look(now) } catch {
                findings.append(.init(subject, .problem, "\(error.operation) \(error.object): \(error.cause)", mend: error.mend))
            }
        }
        return Answer(text: "", json: jsonText(findings), isProblem: findings.contains { $0.verdict == .problem })
    }

    private func ledger(_ now: Instant) throws(Fault) -> [Finding] {
        if let damage = try house.ledger.quickDamage() { return [.init("ledger", .problem, damage.cause, mend: damage.mend)] }
        return [.init("ledger", .good, "whole, \(Self.bytes(house.ledger.size))")]
    }

    /// A backup is written beside nothing else: the ledger's size twice over, or a tenth of the disk, is no luxury.
    private func disk(_ now: Instant) throws(Fault) -> [Finding] {
        guard let space = freeSpace(at: house.settings.organisation.stateFolder) else { return [] }
        let needed = max(2 * house.ledger.size, 256 << 20)
        let text = "\(Self.bytes(space.free)) free of \(Self.bytes(space.total)) for a ledger of \(Self.bytes(house.ledger.size))"
        return [
            space.free < needed
                ? .init("disk", .problem, text, mend: "Make room: at least \(Self.bytes(needed)) should be free where State= is.")
                : .init("disk", .good, text)
        ]
    }

    private func alarms(_ now: Instant) throws(Fault) -> [Finding] {
        let standing = try house.ledger.standingAlarms()
        guard !standing.isEmpty else { return [.init("alarms", .good, "none stands")] }
        return Dictionary(grouping: standing, by: \.kind).sorted { $0.key < $1.key }.compactMap { kind, alarms in
            guard let first = alarms.first else { return nil }
            let others = alarms.count > 1 ? " (and \(alarms.count - 1) more of this kind: ‘budstikke status’)" : ""
            return .init(
                "alarm \(kind)", .problem, "\(first.object) since \(shown(first.raised, house.zone)): \(first.text)\(others)",
                mend: "See the page Troubleshooting at \(kind).")
        }
    }

    private func people(_ now: Instant) throws(Fault) -> [Finding] {
        let count = try house.ledger.recipientCount()
        guard count > 0 else {
            return [.init("employees", .problem, "there are none", mend: "Put the employees' file where [Recipients] CSV= says.")]
        }
        return [.init("employees", .good, "\(count)")]
    }

    private func schedules(_ now: Instant) throws(Fault) -> [Finding] {
        var findings: [Finding] = []
        for publication in house.settings.publications where publication.timing != .continuous {
            let subject = "schedule \(publication.name)"
            let own = try house.ledger.editions([.open, .closed, .held], publication: publication.name, limit: 20)
            if let held = own.first(where: { $0.state == .held && $0.release <= now }) {
                // Its alarm tells the rest.
                findings.append(
                    .init(subject, .advice, "\(held.slug) is held", mend: "budstikke preview \(publication.name), then run it or skip it."))
            } else if let late = own.first(where: { $0.state != .held && $0.release + Self.patience < now }) {
                findings.append(
                    .init(
                        subject, .problem, "\(late.slug) should have gone out \(shown(late.release, house.zone))",
                        mend: "See the service's log; ‘budstikke run \(publication.name)’ releases it."))
            } else if let next = own.filter({ $0.state == .open }).min(by: { $0.release < $1.release }) {
                let often = publication.atLeastEvery.map { ", at least every \($0)" } ?? ""
                findings.append(.init(subject, .good, "next \(shown(next.release, house.zone))\(often)"))
            } else {
                findings.append(
                    .init(subject, .advice, "no edition is planned yet", mend: "The service plans one within a minute when it runs."))
            }
        }
        return findings
    }

    private func lastEdition(_ now: Instant) throws(Fault) -> [Finding] {
        guard let last = try house.ledger.editions([.released], limit: 1).first else {
            return [.init("last edition", .good, "none yet")]
        }
        let counts = try house.ledger.deliveryCounts(of: last.id)
        let (failed, all) = (counts[.failed] ?? 0, counts.values.reduce(0, +))
        let text =
            "\(last.slug) at \(shown(last.released ?? last.release, house.zone)): \(counts[.sent] ?? 0) of \(all) sent, \(failed) failed"
        guard failed * 100 > all * Self.failedShare else { return [.init("last edition", .good, text)] }
        return [.init("last edition", .problem, text, mend: "budstikke deliveries \(last.slug) --failed says why; then ‘retry’.")]
    }

    private func deliveries(_ now: Instant) throws(Fault) -> [Finding] {
        guard let due = try house.ledger.nextDue(Outlet.email), due + Self.patience < now else {
            return [.init("deliveries", .good, "none waits beyond its time")]
        }
        return [
            .init(
                "deliveries", .advice, "the longest has been due since \(shown(due, house.zone))",
                mend: "Quiet hours and the limits of a relay may be why; else see ‘budstikke status’ and the relay below.")
        ]
    }

    private func backup(_ now: Instant) throws(Fault) -> [Finding] {
        let mend = "Have ‘budstikke backup FILE’ run every night, by a timer of systemd's."
        guard let last = try house.ledger.lastBackup() else { return [.init("backup", .advice, "none has been made", mend: mend)] }
        let text = "\(last.file) at \(shown(last.at, house.zone))"
        return [
            last.at + Self.backupAge < now ? .init("backup", .problem, "the last is \(text)", mend: mend) : .init("backup", .good, text)
        ]
    }

    private static func bytes(_ count: Int) -> String {
        count >= 10 << 30 ? "\(count >> 30) GB" : count >= 10 << 20 ? "\(count >> 20) MB" : "\(count >> 10) kB"
    }
}
