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
    package let name: String

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

    /// Throws a ``Fault`` when the spool cannot be made.
    package init(
        _ settings: IntakeSettings, catalogue: Catalogue, ledger: Ledger, clock: any WallClock, receipt: @escaping ReceiptRenderer,
        placements: @escaping PlacementForecast, log: Log = Log("intake")
    ) throws(Fault) {
        self.settings = settings
        self.clock = clock
        name = settings.alerting == nil ? "intake" : "intake-alerts"
        let kick = self.kick
        workshop = SourcePass.Workshop(
            settings: settings, ledger: ledger, spool: try Spool(stateFolder: settings.stateFolder, name: settings.alerting == nil ? "spool" : "spool-alerts"),
            note: Note(catalogue, settings.language), renderReceipt: receipt, placements: placements, log: log,
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
            alarm(Self.folderAlarm, folderName, nil, now)
            faults = pass(root, entries, now, &next)
        } catch {
            alarm(Self.folderAlarm, folderName, error, now)
            return next
        }
        for source in settings.sources { alarm(Self.sourceAlarm, source.name, faults[source.name], now) }
        return next
    }

    private var folderName: String { settings.dropFolder + (settings.alerting == nil ? "" : "/" + AlertSource.folder) }

    private func sweepSpoolOnce() {
        let isFirst = memory.withLock { memory in
            defer { memory.hasSweptSpool = true }
            return !memory.hasSweptSpool
        }
        if isFirst { workshop.spool.sweep() }
    }

    /// The first fault of each source that has one.
    private func pass(_ root: OpenFolder, _ entries: [FolderEntry], _ now: Instant, _ next: inout Instant) -> [String: Fault] {
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
            } catch {
                faults[source.name] = error
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
