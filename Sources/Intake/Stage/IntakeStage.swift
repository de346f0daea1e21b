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
package final class IntakeStage: Stage {
    package let name = "intake"

    private let settings: IntakeSettings
    private let workshop: SourcePass.Workshop
    private let clock: any WallClock
    private let kick = Kick()
    private let running = DispatchGroup()
    private let memory = Mutex(Memory())
    private let hints = Mutex<FolderHints?>(nil)

    private struct Memory {
        var watches: [String: SettleWatch] = [:]
        /// Whether a source's folder was seen since the start.
        var hasSeenSources = false
        var hasSweptSpool = false
        /// Entries of the drop folder that are no source's.
        var strays: Set<String> = []
    }

    /// Alarms of this stage: a drop folder that is away; a source that cannot be worked on; something that lies beside the sources.
    static let folderAlarm = "drop-folder"
    static let sourceAlarm = "intake"
    static let strayAlarm = "drop-stray"
    /// A file that has not become an item, nor got a note, for ``alarmPatience``.
    static let fileAlarm = "intake-file"
    static let alarmPatience = Span.minutes(5)
    /// A thousand files that wait for one program need no thousand alarms.
    private static let alarmLimit = 50

    /// Throws a ``Fault`` when the spool cannot be made.
    package init(
        _ settings: IntakeSettings, catalogue: Catalogue, ledger: Ledger, clock: any WallClock, receipt: @escaping ReceiptRenderer,
        receiptMail: @escaping ReceiptMailRenderer, placements: @escaping PlacementForecast, log: Log = Log("intake")
    ) throws(Fault) {
        self.settings = settings
        self.clock = clock
        let kick = self.kick
        let note = Note(catalogue, settings.language)
        let post = NoticePost(
            ledger: ledger, note: note, renderReceipt: receiptMail, language: settings.language, rule: settings.notify, log: log)
        workshop = SourcePass.Workshop(
            settings: settings, ledger: ledger, spool: try Spool(stateFolder: settings.stateFolder),
            note: note, post: post, renderReceipt: receipt, placements: placements, log: log,
            isStopped: { kick.isStopped })
    }

    /// Starts the thread, and the hints where the kernel gives them.
    package func start() {
        hints.withLock { $0 = FolderHints(kick: kick) }
        running.enter()
        let thread = Thread { [self] in
            while kick.wait(until: step(), clock: clock) {}
            running.leave()
        }
        thread.name = name
        // The tree's walkers recurse, at most as deep as a document may nest.
        thread.stackSize = 4 << 20
        thread.start()
    }

    /// Finishes the pass that is under way and ends.
    package func stop() {
        kick.stop()
        running.wait()
        hints.withLock {
            $0?.stop()
            $0 = nil
        }
    }

    /// Looks through the folder now.
    package func look() { kick.kick() }

    /// One pass over all sources; returns when the next one is due.
    func step() -> Instant {
        let now = clock.now()
        sweepSpoolOnce()
        var next = now + settings.rescan
        let faults: [String: Fault]
        var unseen: Set<String> = []
        do throws(Fault) {
            let root = try OpenFolder(root: settings.dropFolder)
            let entries = try root.entries()
            try notAway(entries)
            reportStrays(entries, now)
            alarm(Self.folderAlarm, settings.dropFolder, nil, now)
            faults = pass(root, entries, now, &next, &unseen)
        } catch {
            alarm(Self.folderAlarm, settings.dropFolder, error, now)
            return next
        }
        for source in settings.sources { alarm(Self.sourceAlarm, source.name, faults[source.name], now) }
        alarmOverdue(unseen, now)
        return next
    }

    private func sweepSpoolOnce() {
        let isFirst = memory.withLock { memory in
            defer { memory.hasSweptSpool = true }
            return !memory.hasSweptSpool
        }
        if isFirst { workshop.spool.sweep() }
    }

    /// Raises an alarm for each file that waits too long, and ends those of files that are gone or taken in. Of a source that could not
    /// be looked into nothing is known.
    private func alarmOverdue(_ unseen: Set<String>, _ now: Instant) {
        do throws(Fault) {
            let overdue = try workshop.ledger.waitingFiles(limit: 1_000).filter { $0.since + Self.alarmPatience <= now }
            let objects = Set(overdue.map(\.object))
            for file in overdue.prefix(Self.alarmLimit) { alarm(Self.fileAlarm, file.object, file.overdue(settings.dropFolder), now) }
            for standing in try workshop.ledger.standingAlarms()
            where standing.kind == Self.fileAlarm && !objects.contains(standing.object)
                && !unseen.contains(where: { standing.object.hasPrefix($0 + "/") })
            {
                alarm(Self.fileAlarm, standing.object, nil, now)
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
            let name = entries.first { $0.kind == .folder && $0.name.text == source.name }?.name ?? EntryName(source.name)
            var watch = memory.withLock { $0.watches.removeValue(forKey: source.name) } ?? SettleWatch()
            do throws(Fault) {
                let folder = try root.folder(name, make: true)
                watchForHints(folder)
                var pass = SourcePass(workshop, source, folder, now: now)
                do throws(Fault) { try pass.run(&watch) } catch { faults[source.name] = error }
                faults[source.name] = faults[source.name] ?? pass.faults.first
                if let due = pass.next { next = min(next, due) }
                try workshop.ledger.setWaiting(pass.waitingFiles, of: source.name)
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
        hints.withLock { hints in
            hints?.watch(folder.path)
            hints?.watch(folder.path + "/" + Tray.Kind.withdraw.rawValue)
        }
    }

    /// An unmounted share leaves an empty folder behind: no sources are made there.
    private func notAway(_ entries: [FolderEntry]) throws(Fault) {
        guard entries.isEmpty, memory.withLock({ $0.hasSeenSources }) else { return }
        throw Fault(
            "look through", settings.dropFolder, cause: "it is empty though it held the sources' folders",
            mend: "Mount the share again; if the folders were removed on purpose, restart the service.")
    }

    /// A folder that no source has is never looked into: somebody must know.
    private func reportStrays(_ entries: [FolderEntry], _ now: Instant) {
        let names = Set(settings.sources.map(\.name))
        let strays = Set(
            entries.filter { !IgnoredNames.contain($0.name) && !names.contains($0.name.text) }.map { PersonalNumber.masked($0.name.text) })
        let former = memory.withLock { memory in
            defer { memory.strays = strays }
            return memory.strays
        }
        for name in strays {
            let fault = Fault(
                "look through", settings.dropFolder + "/" + name, cause: "it is not the folder of a source",
                mend: "Move its files to a source's folder, or add a [Source \(name)] section.")
            alarm(Self.strayAlarm, name, fault, now)
        }
        for name in former.subtracting(strays) { alarm(Self.strayAlarm, name, nil, now) }
    }

    /// Raises or ends an alarm; a new one is in the log once.
    private func alarm(_ kind: String, _ object: String, _ fault: Fault?, _ now: Instant) {
        do throws(Fault) {
            if let fault {
                if try workshop.ledger.raiseAlarm(kind, object, fault.description, at: now) { workshop.log.error(fault.description) }
            } else if try workshop.ledger.endAlarm(kind, object, at: now) {
                workshop.log.notice("works again", ["alarm": kind, "object": object])
            }
        } catch {
            workshop.log.error(error.description)
        }
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
