import Core
import Dispatch
import Foundation
import Ledger

/// Posts alarms to a receiver, in one message; throws a ``Fault`` when it has not taken them.
package protocol AlarmReceiver: Sendable {
    /// The same news is told under the same identifier, however often it is tried. `interruption` cuts it off.
    func tell(_ news: [AlarmNews], at now: Instant, _ interruption: Interruption) throws(Fault)
}

/// Whom the ``AlarmStage`` tells.
package struct AlarmRules: Sendable {
    package var mail: [EmailAddress]
    /// Those who are told of alarms about editions alone.
    package var editors: [EmailAddress]
    /// After two messages about a kind, further ones wait for so long.
    package var pause: Span
    /// For how long news is gathered before its first message.
    package var gathering: Span

    package init(mail: [EmailAddress], editors: [EmailAddress], pause: Span, gathering: Span = .seconds(2)) {
        self.mail = mail
        self.editors = editors
        self.pause = pause
        self.gathering = gathering
    }
}

/// Tells people what needs them, and when it is over: each alarm once with its end, in the log, by mail, and to a webhook.
///
/// Comes in: a kick when alarms change; those that the ledger has and nobody was told of by one of the ways. Goes out: lines of the log;
/// mails as notices, which go ahead of every edition, also of one that is paused, at any hour; signed posts. What was told is noted in
/// the ledger, a mail in the transaction that posts it, so that a restart repeats nothing. On failure of one way the others go on: where
/// the relay is what has failed, its mail waits with it, and the webhook tells. A webhook that fails is tried again after seconds, then
/// minutes, half an hour at most, with all that has come meanwhile. Of what cannot be written, such as that the disk is full, the log and
/// the webhook tell.
package final class AlarmStage: Stage {
    package let name = "alarms"

    private let rules: AlarmRules
    private let receiver: (any AlarmReceiver)?
    private let mail: AlarmMail
    private let ledger: Ledger
    private let clock: any WallClock
    private let log: Log
    private let kick = Kick()
    private let interruption = Interruption()
    private let heartbeat = Heartbeat()
    private let running = DispatchGroup()

    package var heartbeats: [Heartbeat] { [heartbeat] }

    private static let rest = Span.minutes(1)
    private static let grace = DispatchTimeInterval.seconds(3)

    /// `moment` writes a time for a reader of `language`.
    package init(
        _ rules: AlarmRules, receiver: (any AlarmReceiver)?, catalogue: Catalogue, language: Language, organisation: String,
        moment: @escaping @Sendable (Instant) -> String, ledger: Ledger, clock: any WallClock, log: Log = Log("alarms")
    ) {
        self.rules = rules
        self.receiver = receiver
        mail = AlarmMail(catalogue: catalogue, language: language, organisation: organisation, moment: moment)
        self.ledger = ledger
        self.clock = clock
        self.log = log
        ledger.kick(kick, on: [.alarms])
    }

    package func start() throws(Fault) {
        running.enter()
        let thread = Thread { [self] in
            var teller = Teller(rules)
            repeat {
                heartbeat.beat(within: .minutes(5))
                let next = pass(&teller)
                guard kick.wait(until: [next, clock.now() + Self.rest].compactMap { $0 }.min(), clock: clock) else { break }
            } while !kick.isStopped
            heartbeat.rest()
            running.leave()
        }
        thread.name = name
        thread.start()
    }

    package func stop() {
        kick.stop()
        guard running.wait(timeout: .now() + Self.grace) == .timedOut else { return }
        interruption.cut()
        running.wait()
    }

    /// What the stage remembers between two passes.
    private struct Teller {
        var mail: AlarmPace
        var webhook: AlarmPace
        /// Alarms that stand in memory alone, with the ways that have told of them.
        var unwritten: [AlarmWay: Set<Key>] = [:]
        var failures = 0
        var retry: Instant?

        init(_ rules: AlarmRules) {
            mail = AlarmPace(gathering: rules.gathering, pause: rules.pause)
            webhook = AlarmPace(gathering: rules.gathering, pause: rules.pause)
        }
    }

    /// Tells what is due by each way; returns when more is.
    private func pass(_ teller: inout Teller) -> Instant? {
        let now = clock.now()
        do throws(Fault) {
            let news = try settleUnwritten(&teller)
            try tellLog(fresh(news, .journal, teller), &teller)
            let mailed = try tellMail(news.filter { $0.id != nil && $0.isNews(by: .mail) }, &teller.mail, at: now)
            let hooked = try tellWebhook(fresh(news, .webhook, teller), &teller, at: now)
            return [mailed, hooked].compactMap { $0 }.min()
        } catch {
            log.error("\(error)")
            return now + .seconds(30)
        }
    }

    /// The news without what was told of an alarm while it could not be written; of one that was never written and stands no more the log
    /// tells that it is over.
    private func settleUnwritten(_ teller: inout Teller) throws(Fault) -> [AlarmNews] {
        var news = try ledger.alarmNews()
        let lasting = Set(news.filter { $0.id == nil }.map(Self.key))
        for way in AlarmWay.allCases {
            guard let told = teller.unwritten[way], !told.isEmpty else { continue }
            let written = news.filter { $0.id != nil && told.contains(Self.key($0)) && $0.alarm.ended == nil }
            try ledger.noteTold(written, by: way, at: clock.now())
            let isOver = told.subtracting(lasting).subtracting(news.filter { $0.id != nil }.map(Self.key))
            if way == .journal { for key in isOver.sorted(by: { $0.kind < $1.kind }) { logEnd(key) } }
            teller.unwritten[way] = told.intersection(lasting)
            if !written.isEmpty { news = try ledger.alarmNews() }
        }
        return news
    }

    private func logEnd(_ key: Key) {
        log.notice("over: \(key.object)", ["ALARM": key.kind, "OBJECT": key.object], event: .alarmEnded)
    }

    /// What an alarm is known by.
    private struct Key: Hashable {
        var kind: String
        var object: String
    }

    private static func key(_ news: AlarmNews) -> Key { Key(kind: news.alarm.kind, object: news.alarm.object) }

    private func fresh(_ news: [AlarmNews], _ way: AlarmWay, _ teller: Teller) -> [AlarmNews] {
        news.filter { $0.isNews(by: way) && ($0.id != nil || !(teller.unwritten[way]?.contains(Self.key($0)) ?? false)) }
    }

    private func tellLog(_ news: [AlarmNews], _ teller: inout Teller) throws(Fault) {
        for line in news {
            let alarm = line.alarm
            if alarm.ended == nil {
                log.alert("standing: \(alarm.text)", ["ALARM": alarm.kind, "OBJECT": alarm.object], event: .alarmRaised)
            } else {
                logEnd(Self.key(line))
            }
        }
        note(news, .journal, &teller)
        try ledger.noteTold(news, by: .journal, at: clock.now())
    }

    private func note(_ news: [AlarmNews], _ way: AlarmWay, _ teller: inout Teller) {
        teller.unwritten[way, default: []].formUnion(news.filter { $0.id == nil }.map(Self.key))
    }

    private func tellMail(_ news: [AlarmNews], _ pace: inout AlarmPace, at now: Instant) throws(Fault) -> Instant? {
        let isHeard = !rules.mail.isEmpty || !rules.editors.isEmpty
        guard isHeard else {
            try ledger.noteTold(news, by: .mail, at: now)
            return nil
        }
        let (due, next) = pace.due(news, at: now)
        guard !due.isEmpty else { return next }
        let editors = due.filter { AlarmKind(rawValue: $0.alarm.kind)?.isEditors ?? false }
        var mails = rules.mail.map { draft(due, to: $0) }
        if !editors.isEmpty { mails += rules.editors.filter { !rules.mail.contains($0) }.map { draft(editors, to: $0) } }
        do throws(Fault) {
            try ledger.noteTold(due, by: .mail, mails: mails, at: now)
        } catch {
            log.error("\(error)")
            return now + .minutes(5)
        }
        pace.told(due, at: now)
        return next
    }

    private func draft(_ news: [AlarmNews], to address: EmailAddress) -> NoticeDraft {
        // What is told changes with every message, so the numbers and stages name it.
        let numbers = news.map { "\($0.id ?? 0).\($0.stage)" }.joined(separator: " ")
        return NoticeDraft(
            kind: "alarm", object: "alarms", address: address, language: mail.language, subject: mail.subject(news), text: mail.text(news),
            once: "alarms \(address.text) \(numbers)")
    }

    private func tellWebhook(_ news: [AlarmNews], _ teller: inout Teller, at now: Instant) throws(Fault) -> Instant? {
        guard let receiver else {
            try ledger.noteTold(news, by: .webhook, at: now)
            return nil
        }
        if let retry = teller.retry, now < retry { return retry }
        let (due, next) = teller.webhook.due(news, at: now)
        guard !due.isEmpty else { return next }
        do throws(Fault) {
            try receiver.tell(due, at: now, interruption)
        } catch {
            teller.failures += 1
            let pauses: [Int64] = [5, 30, 120, 600, 1_800]
            let retry = clock.now() + .seconds(pauses[min(teller.failures, pauses.count) - 1])
            teller.retry = retry
            if !kick.isStopped { log.error("the webhook of alarms: \(error)") }
            return retry
        }
        (teller.failures, teller.retry) = (0, nil)
        teller.webhook.told(due, at: now)
        note(due, .webhook, &teller)
        try ledger.noteTold(due, by: .webhook, at: now)
        return next
    }
}
