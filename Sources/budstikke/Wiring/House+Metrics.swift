import Core
import Ledger
import PushScreens

/// The numbers of `/metrics`. The documentation's page Metrics has the same names; a test compares.
///
/// Comes in: the ledger's own counts, the stages' ``Instruments``, the process. Goes out: every family, also those without a sample yet.
/// Nothing here reads a table that grows with the years. On failure of the ledger its part is left out and
/// `budstikke_ledger_readable` is 0. No label has a person in it, and each has as many values as the configuration has names.
extension House {
    /// At most so many screens with a name have a series of their own.
    private static let screenLimit = 200

    func metrics() -> [MetricFamily] {
        let now = clock.now()
        var families = own() + process()
        let readable = MetricFamily("budstikke_ledger_readable", .gauge, "Whether the ledger can be read.")
        do throws(Fault) {
            families += try intake() + editions() + deliveries(at: now) + outlets(at: now) + rest(at: now)
            families.append(readable.with(1))
        } catch {
            families.append(readable.with(0))
        }
        return families.sorted { $0.name < $1.name }
    }

    /// What is known without the ledger.
    private func own() -> [MetricFamily] {
        var pass = MetricFamily(
            "budstikke_intake_last_pass_timestamp_seconds", .gauge, "When a pass over the drop folder last went through.")
        if let last = instruments.lastIntakePass { pass.add(last.fractionalSeconds) }
        var requests = MetricFamily(
            "budstikke_feed_requests_total", .counter, "Requests for a feed or the items of its screen page, since the process began.")
        var fetched = MetricFamily("budstikke_feed_last_fetch_timestamp_seconds", .gauge, "When a feed was last fetched by anybody.")
        let seen = instruments.feedRequests.values
        for feed in settings.feeds {
            requests.add(Double(seen[feed.name]?.count ?? 0), ["feed": feed.name])
            if let last = seen[feed.name]?.last { fetched.add(last.fractionalSeconds, ["feed": feed.name]) }
        }
        return [
            pass, requests, fetched,
            MetricFamily("budstikke_build_info", .gauge, "Always 1; the compiler is in its label.").with(1, ["swift": Self.compiler]),
            MetricFamily(
                "budstikke_delivery_attempt_duration_seconds", .histogram,
                "From the handing over of a mail to its relay until its outcome, since the process began."
            ).with(instruments.attempts, by: "relay"),
            MetricFamily(
                "budstikke_intake_receipt_delay_seconds", .histogram,
                "From a file's last change until it lies in Modtaget with its receipt, since the process began."
            ).with(instruments.receipts),
            MetricFamily(
                "budstikke_feed_render_duration_seconds", .histogram, "The making of a feed in all its formats, since the process began."
            ).with(instruments.feedRenderings),
        ]
    }

    #if compiler(>=6.4)
        private static let compiler = "6.4 or newer"
    #elseif compiler(>=6.3)
        private static let compiler = "6.3"
    #else
        private static let compiler = "6.2"
    #endif

    /// By the names that every client library of Prometheus uses.
    private func process() -> [MetricFamily] {
        let facts = ProcessFacts()
        func family(_ name: String, _ kind: MetricFamily.Kind, _ meaning: String, _ value: Double?) -> MetricFamily {
            let empty = MetricFamily("process_" + name, kind, meaning)
            return value.map { empty.with($0) } ?? empty
        }
        return [
            family("resident_memory_bytes", .gauge, "Resident memory size in bytes.", facts.map { Double($0.residentBytes) }),
            family("virtual_memory_bytes", .gauge, "Virtual memory size in bytes.", facts.map { Double($0.virtualBytes) }),
            family("open_fds", .gauge, "Number of open file descriptors.", facts.map { Double($0.openDescriptors) }),
            family("max_fds", .gauge, "Maximum number of open file descriptors.", facts.map { Double($0.descriptorLimit) }),
            family("threads", .gauge, "Number of threads.", facts.map { Double($0.threads) }),
            family("cpu_seconds_total", .counter, "Total user and system CPU time spent in seconds.", facts?.cpuSeconds),
            family("start_time_seconds", .gauge, "Start time of the process since unix epoch in seconds.", facts?.started),
        ]
    }

    private func intake() throws(Fault) -> [MetricFamily] {
        var accepted = MetricFamily("budstikke_intake_files_total", .counter, "Files that were taken in, by what became of them.")
        let acceptances = try ledger.totals(.acceptances)
        for word in ["new", "replaced", "unchanged", "duplicate"] {
            accepted.add(Double(acceptances.first { $0.label == word }?.count ?? 0), ["result": word])
        }
        var refused = MetricFamily("budstikke_intake_refused_total", .counter, "Files that were refused, by the rule.")
        for line in try ledger.totals(.refusals) { refused.add(Double(line.count), ["reason": line.label]) }
        var waiting = MetricFamily(
            "budstikke_intake_waiting_files", .gauge, "Files in the drop folder that are no item yet, by the reason.")
        let files = try ledger.waitingCounts()
        for reason in WaitingFile.Reason.allCases { waiting.add(Double(files[reason] ?? 0), ["reason": reason.rawValue]) }
        var items = MetricFamily("budstikke_items", .gauge, "Items by state.")
        let counts = try ledger.itemCounts()
        for state in ItemState.allCases { items.add(Double(counts[state] ?? 0), ["state": state.rawValue]) }
        return [accepted, refused, waiting, items]
    }

    private func editions() throws(Fault) -> [MetricFamily] {
        var editions = MetricFamily("budstikke_editions", .gauge, "Editions by state.")
        let counts = try ledger.editionCounts()
        for state in EditionState.allCases { editions.add(Double(counts[state] ?? 0), ["state": state.rawValue]) }
        var released = MetricFamily(
            "budstikke_publication_last_release_timestamp_seconds", .gauge, "When an edition of a publication was last released.")
        var coming = MetricFamily(
            "budstikke_publication_next_release_timestamp_seconds", .gauge, "When the open edition of a publication is to be released.")
        for publication in settings.publications where publication.timing != .continuous {
            if let last = try ledger.lastReleased(of: publication.name)?.released {
                released.add(last.fractionalSeconds, ["publication": publication.name])
            }
            if let open = try ledger.editions([.open], publication: publication.name, limit: 1).first {
                coming.add(open.release.fractionalSeconds, ["publication": publication.name])
            }
        }
        var useful = MetricFamily(
            "budstikke_useful_answers", .gauge, "Answers to whether the latest edition of a publication was useful.")
        for publication in settings.publications where publication.timing != .continuous {
            guard let edition = try ledger.lastReleased(of: publication.name) else { continue }
            let given = try ledger.usefulness(of: edition.id)
            useful.add(Double(given.useful), ["publication": publication.name, "answer": "yes"])
            useful.add(Double(given.notUseful), ["publication": publication.name, "answer": "no"])
        }
        return [editions, released, coming, useful]
    }

    private func deliveries(at now: Instant) throws(Fault) -> [MetricFamily] {
        var deliveries = MetricFamily("budstikke_deliveries", .gauge, "Deliveries by state since the ledger began, notices among them.")
        let counts = try ledger.deliveryCounts()
        for state in DeliveryState.allCases { deliveries.add(Double(counts[state] ?? 0), ["state": state.rawValue]) }
        var attempts = MetricFamily(
            "budstikke_delivery_attempts_total", .counter,
            "Attempts at a delivery by relay and the state that they led to, since the ledger began.")
        let totals = try ledger.totals(.outcomes)
        for relay in settings.relays {
            for state in [DeliveryState.sent, .deferred, .failed, .ambiguous] {
                let line = totals.first { $0.label == relay.name && $0.detail == state.rawValue }
                attempts.add(Double(line?.count ?? 0), ["relay": relay.name, "state": state.rawValue])
            }
        }
        let due = try ledger.nextDue(Outlet.email)
        return [
            deliveries, attempts,
            MetricFamily(
                "budstikke_delivery_overdue_seconds", .gauge,
                "For how long the delivery that has been due for longest has waited, paused editions' left out."
            ).with(due.map { max(0, (now - $0).fractionalSeconds) } ?? 0),
        ]
    }

    private func outlets(at now: Instant) throws(Fault) -> [MetricFamily] {
        var posts = MetricFamily("budstikke_posts", .gauge, "Posts to intranet endpoints by state.")
        var succeeded = MetricFamily(
            "budstikke_post_last_success_timestamp_seconds", .gauge, "When an endpoint last took a post.")
        var attempts = MetricFamily(
            "budstikke_post_attempts_total", .counter, "Attempts at a post by endpoint and the state that they led to.")
        let (states, totals) = (try ledger.postStates(), try ledger.totals(.posts))
        for endpoint in settings.endpoints.map(\.name) {
            for state in DeliveryState.allCases {
                let line = states.first { $0.endpoint == endpoint && $0.state == state }
                posts.add(Double(line?.count ?? 0), ["endpoint": endpoint, "state": state.rawValue])
                if state == .sent, let line { succeeded.add(line.last.fractionalSeconds, ["endpoint": endpoint]) }
            }
            for state in [DeliveryState.sent, .deferred, .failed, .ambiguous] {
                let line = totals.first { $0.label == endpoint && $0.detail == state.rawValue }
                attempts.add(Double(line?.count ?? 0), ["endpoint": endpoint, "state": state.rawValue])
            }
        }
        var fetched = MetricFamily(
            "budstikke_screen_last_fetch_timestamp_seconds", .gauge,
            "When a screen with a name last fetched, as far as it is written down: once a minute.")
        let screens = try ledger.screens().filter(\.key.isNamed)
        for screen in screens.prefix(Self.screenLimit) {
            fetched.add(screen.last.fractionalSeconds, ["feed": screen.key.feed, "screen": screen.key.label])
        }
        return [
            posts, succeeded, attempts, fetched,
            MetricFamily("budstikke_screens", .gauge, "Screens with a name that are known.").with(Double(screens.count)),
        ]
    }

    private func rest(at now: Instant) throws(Fault) -> [MetricFamily] {
        var bounces = MetricFamily("budstikke_bounces", .gauge, "Delivery reports by verdict.")
        let reports = try ledger.bounceCounts()
        for verdict in BounceEntry.Verdict.allCases { bounces.add(Double(reports[verdict] ?? 0), ["verdict": verdict.rawValue]) }
        var standing = MetricFamily("budstikke_alarms", .gauge, "Alarms that stand, by kind.")
        let alarms = Dictionary(grouping: try ledger.standingAlarms(), by: \.kind)
        for kind in AlarmKind.allCases { standing.add(Double(alarms[kind.rawValue]?.count ?? 0), ["kind": kind.rawValue]) }
        let known = Set(AlarmKind.allCases.map(\.rawValue))
        standing.add(Double(alarms.filter { !known.contains($0.key) }.map(\.value.count).reduce(0, +)), ["kind": "other"])
        var raised = MetricFamily("budstikke_alarms_raised_total", .counter, "Alarms that were raised, by kind.")
        let totals = try ledger.totals(.alarms)
        for kind in AlarmKind.allCases {
            raised.add(Double(totals.first { $0.label == kind.rawValue }?.count ?? 0), ["kind": kind.rawValue])
        }
        var room = MetricFamily("budstikke_state_free_bytes", .gauge, "Room that is left on the ledger's disk.")
        if let space = freeSpace(at: settings.organisation.stateFolder) { room.add(Double(space.free)) }
        var backup = MetricFamily("budstikke_backup_last_timestamp_seconds", .gauge, "When a whole backup was last made.")
        if let last = try ledger.lastBackup() { backup.add(last.at.fractionalSeconds) }
        var messages = MetricFamily("budstikke_phone_messages", .gauge, "Messages to phones by state.")
        let told = try ledger.phoneMessageCounts()
        for state in DeliveryState.allCases { messages.add(Double(told[state] ?? 0), ["state": state.rawValue]) }
        return [
            bounces, standing, raised, room, backup, messages,
            MetricFamily("budstikke_phones", .gauge, "Phones that have notifications switched on.").with(Double(try ledger.phoneCount())),
            MetricFamily("budstikke_ledger_size_bytes", .gauge, "The ledger on the disk, its log included.").with(Double(ledger.size)),
            MetricFamily("budstikke_suppressed_addresses", .gauge, "Addresses that are sent nothing any more.")
                .with(Double(try ledger.suppressionCount())),
            MetricFamily("budstikke_recipients", .gauge, "People in the directory.").with(Double(try ledger.recipientCount())),
        ]
    }
}

extension Instant {
    fileprivate var fractionalSeconds: Double { Double(milliseconds) / 1000 }
}

extension Span {
    fileprivate var fractionalSeconds: Double { Double(milliseconds) / 1000 }
}
