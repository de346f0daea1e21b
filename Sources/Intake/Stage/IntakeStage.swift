import Core
import Foundation
import Ledger
import Synchronization

/// Turns files in the drop folder into items.
///
/// Comes in: `drop/<source>/`, looked through every `rescan`, when something there will have settled, and when inotify hints. Goes out:
/// items in the ledger, each original in `Modtaget/` with a receipt or in `Afvist/` with a note. On failure nothing is deleted: a source
/// whose folder cannot be used, and a drop folder that is away, raise an alarm that ends by itself when a pass succeeds; the
/// other sources go on meanwhile. One thread does all of it, so a file is never in two hands.
///
/// A share that hangs blocks that thread in the kernel, where nothing can end it. Then a second thread, which touches no file, raises an
/// alarm until the pass goes on. The stage has no heartbeat, for a share is no reason to restart the house: mail, feeds and commands work
/// on. A stop waits a few seconds and then leaves the thread to itself: what it was doing is safe to begin again, it ends at the next
/// file, and until it has ended it holds the spool, so that the stage that a reload puts in its place waits instead of working beside it.
package final class IntakeStage: Stage {
    package let name: String

    private let settings: IntakeSettings
    private let workshop: SourcePass.Workshop
    private let clock: any WallClock
    private let kick = Kick()
    private let running = DispatchGroup()
    private let memory = Mutex(Memory())
    private let hints = Mutex<FolderHints?>(nil)
    private let responses: ResponseWatch
    private let alarms: IntakeAlarms

    private struct Memory {
        var watches: [String: SettleWatch] = [:]
        /// Whether a source's folder was seen since the start.
        var hasSeenSources = false
        var hasSweptSpool = false
        /// Entries of the drop folder that are no source's.
        /// `nil` before the first pass: those whose alarm a former process has left.
        var strays: Set<String>?
    }

    private static let alarmPatience = Span.minutes(5)
    /// A thousand files that wait for one program need no thousand alarms.
    private static let alarmLimit = 50
    /// How long a stop waits for the file that is under way.
    private static let stopLimit = DispatchTimeInterval.seconds(3)

    /// Throws a ``Fault`` when the spool cannot be made.
    package init(
        _ settings: IntakeSettings, catalogue: Catalogue, ledger: Ledger, clock: any WallClock, receipt: @escaping ReceiptRenderer,
        receiptMail: @escaping ReceiptMailRenderer, placements: @escaping PlacementForecast, instruments: Instruments = Instruments(),
        log: Log = Log("intake")
    ) throws(Fault) {
        self.settings = settings
        self.clock = clock
        name = settings.alerting == nil ? "intake" : "intake-alerts"
        alarms = IntakeAlarms(ledger: ledger, log: log)
        let responses = ResponseWatch(limit: settings.unresponsive)
        self.responses = responses
        let kick = self.kick
        let note = Note(catalogue, settings.language)
        let post = NoticePost(
            ledger: ledger, note: note, renderReceipt: receiptMail, language: settings.language, rule: settings.notify, log: log)
        workshop = SourcePass.Workshop(
            settings: settings, ledger: ledger,
            spool: try Spool(stateFolder: settings.stateFolder, name: settings.alerting == nil ? "spool" : "spool-alerts"),
            note: note, post: post, renderReceipt: receipt, placements: placements, log: log, instruments: instruments,
            isStopped: {
                responses.beat()
                return kick.isStopped
            })
    }

    /// Starts the thread, and the hints where the kernel gives them.
    package func start() {
        hints.withLock { $0 = FolderHints(kick: kick) }
        running.enter()
        let thread = Thread { [self] in
            while kick.wait(until: step(), clock: clock) {}
            workshop.spool.release()
            running.leave()
        }
        thread.name = name
        // The tree's walkers recurse, at most as deep as a document may nest.
        thread.stackSize = 4 << 20
        thread.start()
        responses.start { [self] in tellOfSilence($0) }
    }

    /// Finishes the file that is under way and ends; one that takes longer than three seconds is left to itself.
    package func stop() {
        kick.stop()
        if running.wait(timeout: .now() + Self.stopLimit) == .timedOut {
            workshop.log.warning("a pass does not end; it is left to itself", ["FOLDER": settings.dropFolder])
        }
        responses.stop()
        let last = hints.withLock { hints in
            defer { hints = nil }
            return hints
        }
        last?.stop()
    }

    private func tellOfSilence(_ isOverdue: Bool) {
        let fault = Fault(
            "look through", settings.dropFolder, cause: "there has been no answer for more than \(settings.unresponsive)",
            mend: "Check the file server and the network; files wait there, and everything else goes on.")
        alarms.set(.unresponsive, folderName, isOverdue ? fault : nil, clock.now())
    }

    /// Looks through the folder now.
    package func look() { kick.kick() }

    /// One pass over all sources; returns when the next one is due.
    package func step() -> Instant {
        let now = clock.now()
        responses.beat()
        defer { responses.rest() }
        guard holdSpool(now) else { return now + settings.rescan }
        var next = now + settings.rescan
        let faults: [String: Fault]
        var unseen: Set<String> = []
        do throws(Fault) {
            var root = try OpenFolder(root: settings.dropFolder)
            var entries = try root.entries()
            try notAway(entries)
            if settings.alerting != nil {
                // A share that is away leaves an empty folder: nothing is made there before the sources' own folders are seen.
                guard !entries.isEmpty else { return next }
                root = try root.folder(EntryName(AlertSource.folder), make: true)
                entries = try root.entries()
            }
            reportStrays(entries, now)
            alarms.set(.folder, folderName, nil, now)
            faults = pass(root, entries, now, &next, &unseen)
        } catch {
            alarms.set(.folder, folderName, error, now)
            return next
        }
        guard !kick.isStopped else { return next }
        for source in settings.sources { alarms.set(.source, source.name, faults[source.name], now) }
        // Of all files, by the one stage.
        if settings.alerting == nil {
            alarmOverdue(unseen, now)
            workshop.instruments.lastIntakePass = clock.now()
        }
        return next
    }

    private var folderName: String { settings.dropFolder + (settings.alerting == nil ? "" : "/" + AlertSource.folder) }

    /// False while the stage that this one replaces is still at work.
    private func holdSpool(_ now: Instant) -> Bool {
        guard workshop.spool.hold() else {
            let fault = Fault(
                "look through", settings.dropFolder, cause: "the pass of the former settings has had no answer yet",
                mend: "Check the file server and the network; files wait there until it answers.")
            alarms.set(.folder, folderName, fault, now)
            return false
        }
        let isFirst = memory.withLock { memory in
            defer { memory.hasSweptSpool = true }
            return !memory.hasSweptSpool
        }
        if isFirst { workshop.spool.sweep() }
        return true
    }

    /// Raises an alarm for each file that waits too long, and ends those of files that are gone or taken in. Of a source that could not
    /// be looked into nothing is known.
    private func alarmOverdue(_ unseen: Set<String>, _ now: Instant) {
        do throws(Fault) {
            let overdue = try workshop.ledger.waitingFiles(limit: 1_000).filter { $0.since + Self.alarmPatience <= now }
            let objects = Set(overdue.map(\.object))
            for file in overdue.prefix(Self.alarmLimit) { alarms.set(.file, file.object, file.overdue(settings.dropFolder), now) }
            for standing in try workshop.ledger.standingAlarms()
            where standing.kind == IntakeAlarms.Kind.file.rawValue && !objects.contains(standing.object)
                && !unseen.contains(where: { standing.object.hasPrefix($0 + "/") })
            {
                alarms.set(.file, standing.object, nil, now)
            }
        } catch {
            workshop.log.error(error.description)
        }
    }

    /// The first fault of each source that has one. `unseen` gets the sources that could not be looked into at all.
    private func pass(
        _ root: OpenFolder, _ entries: [FolderEntry], _ now: Instant, _ next: inout Instant, _ unseen: inout Set<String>
    ) -> [String: Fault] {
        var faults: [String: Fault] = [:]
        for source in settings.sources where !kick.isStopped {
            let name = entries.first { $0.kind == .folder && $0.name.text == source.folder }?.name ?? EntryName(source.folder)
            var watch = memory.withLock { $0.watches.removeValue(forKey: source.name) } ?? SettleWatch()
            do throws(Fault) {
                let folder = try root.folder(name, make: true)
                watchForHints(folder)
                var pass = SourcePass(workshop, source, folder, now: now)
                do throws(Fault) { try pass.run(&watch) } catch { faults[source.name] = error }
                faults[source.name] = faults[source.name] ?? pass.faults.first
                if let due = pass.next { next = min(next, due) }
                if !pass.isQuiet { try workshop.ledger.setWaiting(pass.waitingFiles, of: source.name) }
            } catch {
                faults[source.name] = error
                unseen.insert(source.name)
            }
            memory.withLock {
                $0.watches[source.name] = watch
                $0.hasSeenSources = true
            }
        }
        return faults
    }

    private func watchForHints(_ folder: OpenFolder) {
        // Not under the lock: the share may hang here, and the stop must not wait for it.
        let hints = hints.withLock { $0 }
        hints?.watch(folder.path)
        hints?.watch(folder.path + "/" + Tray.Kind.withdraw.rawValue)
    }

    /// An unmounted share leaves an empty folder behind: no sources are made there.
    private func notAway(_ entries: [FolderEntry]) throws(Fault) {
        guard entries.isEmpty, memory.withLock({ $0.hasSeenSources }) else { return }
        throw Fault(
            "look through", settings.dropFolder, cause: "it is empty though it held the sources' folders",
            mend: "Mount the share again; if the folders were removed on purpose, restart the service.")
    }

    /// Those that were told of before this process began, for they may be gone by now.
    private func standingStrays() -> Set<String> {
        let standing = (try? workshop.ledger.standingAlarms().filter { $0.kind == IntakeAlarms.Kind.stray.rawValue }.map(\.object)) ?? []
        return Set(standing.filter { $0.hasPrefix(AlertSource.prefix) == (settings.alerting != nil) })
    }

    /// A folder that no source has is never looked into: somebody must know.
    private func reportStrays(_ entries: [FolderEntry], _ now: Instant) {
        var names = Set(settings.sources.map(\.folder))
        if settings.hasAlertFolder { names.insert(AlertSource.folder) }
        let strays = Set(
            entries.filter { !IgnoredNames.contain($0.name) && !names.contains($0.name.text) }
                .map { (settings.alerting == nil ? "" : AlertSource.prefix) + PersonalNumber.masked($0.name.text) })
        let former = memory.withLock { memory in
            defer { memory.strays = strays }
            return memory.strays
        }
        for name in strays {
            let fault = Fault(
                "look through", settings.dropFolder + "/" + name, cause: "it is not the folder of a source",
                mend: settings.alerting == nil
                    ? "Move its files to a source's folder, or add a [Source \(name)] section."
                    : "A crisis message lies in the folder of a source that may send one: [Source …] with MayAlert=yes.")
            alarms.set(.stray, name, fault, now)
        }
        for name in (former ?? standingStrays()).subtracting(strays) { alarms.set(.stray, name, nil, now) }
    }
}

extension WaitingFile {
    fileprivate var object: String { source + "/" + name }

    /// Why it is not taken in, and what to do.
    fileprivate func overdue(_ folder: String) -> Fault {
        let (cause, mend) =
            switch reason {
            case .settling:
                (
                    "it changes again and again, or a program has it open for writing",
                    "Ask who saves it to close it, or to copy it there whole."
                )
            case .incomplete:
                (
                    "something that belongs to it is missing (\(detail))",
                    "Ask its source to put the rest beside it; in a few minutes it goes to \(Tray.Kind.refused.rawValue) with a note."
                )
            case .needsProgram: ("\(detail) is not installed or cannot be started", "Run: apt install \(detail). The file waits.")
            case .unreadable:
                ("it cannot be read", "Give the service's user the right to read it and to move it away; see the alarm of its source.")
            case .spooled:
                (
                    "it was read, but cannot be recorded or moved away",
                    "See the alarm of its source: the disk may be full or rights missing."
                )
            }
        return Fault("take in", folder + "/" + object, cause: cause, mend: mend)
    }
}
