import Core
import Database

/// An object of a store as the ledger knows it.
///
///     – ──begin──▶ unknown ──settle──▶ known ──begin──▶ unknown …
///                     └───────remove────┴──▶ –
///
/// It is unknown, under its key, from before the network is touched until the store has answered: so a crash in between leaves nothing
/// in the store that nobody remembers.
package struct StoredObject: Hashable, Sendable {
    package var key: String
    /// What the store is known to have; `nil` while that is not known.
    package var version: String?
    /// As the store named it when it took the object.
    package var entityTag: String?
    /// Keys of the pictures that it shows.
    package var needs: [String]
    package var at: Instant

    package init(key: String, version: String?, entityTag: String?, needs: [String], at: Instant) {
        self.key = key
        self.version = version
        self.entityTag = entityTag
        self.needs = needs
        self.at = at
    }
}

/// How a store stands.
package struct StoreState: Hashable, Codable, Sendable {
    /// Objects that it is known to have.
    package var objects: Int
    /// Objects that it is still to be sent, or to be rid of.
    package var waiting: Int
    package var latest: Instant?
    /// Why the last attempt failed, and since when every one has.
    package var failure: String?
    package var since: Instant?
}

extension Ledger {
    /// More than a century of weekly editions with ten pictures each.
    package static let storedObjectLimit = 200_000

    package func storedObjects(in store: String) throws(Fault) -> [StoredObject] {
        try read { db throws(Fault) in
            try db.all(
                "SELECT key, version, entity_tag, needs, at FROM stored_object WHERE store = ? ORDER BY key LIMIT ?", Value(store),
                Value(Self.storedObjectLimit)
            ) {
                StoredObject(
                    key: $0.text(0), version: $0.optionalText(1), entityTag: $0.optionalText(2),
                    needs: $0.text(3).split(separator: " ").map(String.init), at: $0.instant(4))
            }
        }
    }

    /// Notes, before the network is touched, that an object is about to change or that it was found in the store: from now on it is not
    /// known which version is there.
    package func beginStoring(_ key: String, in store: String, at now: Instant) throws(Fault) {
        try write([]) { db throws(Fault) in
            _ = try db.run(
                """
                INSERT INTO stored_object (store, key, version, entity_tag, needs, at) VALUES (?, ?, NULL, NULL, '', ?)
                ON CONFLICT (store, key) DO UPDATE SET version = NULL, entity_tag = NULL
                """, Value(store), Value(key), Value(now))
        }
    }

    /// The store has taken an object.
    package func settle(_ object: StoredObject, in store: String) throws(Fault) {
        try write([]) { db throws(Fault) in
            _ = try db.run(
                "UPDATE stored_object SET version = ?, entity_tag = ?, needs = ?, at = ? WHERE store = ? AND key = ?",
                Value(object.version), Value(object.entityTag), Value(object.needs.joined(separator: " ")), Value(object.at), Value(store),
                Value(object.key))
        }
    }

    /// The store has an object no more.
    package func removeStored(_ key: String, in store: String) throws(Fault) {
        try write([]) { db throws(Fault) in
            _ = try db.run("DELETE FROM stored_object WHERE store = ? AND key = ?", Value(store), Value(key))
        }
    }

    /// Forgets what was published to other stores than the one in use; of `nil`, to any. Their objects stay where they are.
    package func forgetStores(except store: String?) throws(Fault) {
        try write([]) { db throws(Fault) in
            for table in ["stored_object", "store_state"] { _ = try db.run("DELETE FROM \(table) WHERE store IS NOT ?", Value(store)) }
        }
    }

    /// Notes how a pass ended; `failure` is why it did not reach its end.
    package func noteStore(_ store: String, waiting: Int, failure: String?, at now: Instant) throws(Fault) {
        let former = try read { db throws(Fault) in
            try db.first("SELECT waiting, failure FROM store_state WHERE store = ?", Value(store)) { ($0.int(0), $0.optionalText(1)) }
        }
        if let former, former == (waiting, failure) { return }
        try write([]) { db throws(Fault) in
            _ = try db.run(
                """
                INSERT INTO store_state (store, waiting, failure, since) VALUES (?1, ?2, ?3, iif(?3 IS NULL, NULL, ?4))
                ON CONFLICT (store) DO UPDATE SET waiting = ?2, failure = ?3, since = iif(?3 IS NULL, NULL, coalesce(since, ?4))
                """, Value(store), Value(waiting), Value(failure), Value(now))
        }
    }

    package func storeState(_ store: String) throws(Fault) -> StoreState {
        try read { db throws(Fault) in
            let (objects, latest) =
                try db.first("SELECT count(version), max(at) FROM stored_object WHERE store = ?", Value(store)) {
                    ($0.int(0), $0.optionalInstant(1))
                } ?? (0, nil)
            let state = try db.first("SELECT waiting, failure, since FROM store_state WHERE store = ?", Value(store)) {
                StoreState(
                    objects: objects, waiting: $0.int(0), latest: latest, failure: $0.optionalText(1), since: $0.optionalInstant(2))
            }
            return state ?? StoreState(objects: objects, waiting: 0, latest: latest)
        }
    }
}
