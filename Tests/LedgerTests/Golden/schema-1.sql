CREATE TABLE account (
    name TEXT PRIMARY KEY,
    address TEXT,
    roles TEXT NOT NULL,
    password TEXT NOT NULL,
    changed INTEGER NOT NULL
) WITHOUT ROWID;
CREATE TABLE alarm (
    id INTEGER PRIMARY KEY,
    kind TEXT NOT NULL,
    object TEXT NOT NULL,
    text TEXT NOT NULL,
    raised INTEGER NOT NULL,
    ended INTEGER,
    logged INTEGER NOT NULL DEFAULT 0,
    mailed INTEGER NOT NULL DEFAULT 0,
    hooked INTEGER NOT NULL DEFAULT 0
);
CREATE TABLE alert (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    state TEXT NOT NULL CHECK (state IN ('proposed', 'standing', 'ended', 'rejected')),
    drill INTEGER NOT NULL,
    item INTEGER NOT NULL,
    version INTEGER NOT NULL,
    audience TEXT NOT NULL,
    until INTEGER,
    proposed INTEGER NOT NULL,
    proposer TEXT NOT NULL,
    raised INTEGER,
    confirmer TEXT,
    ended INTEGER,
    ender TEXT,
    ending TEXT CHECK (ending IN ('ended', 'withdrawn', 'expired', 'replaced')),
    farewell TEXT,
    edition INTEGER REFERENCES edition (id),
    all_clear INTEGER REFERENCES edition (id),
    FOREIGN KEY (item, version) REFERENCES item_version (item, version)
);
CREATE TABLE audit (
    id INTEGER PRIMARY KEY,
    at INTEGER NOT NULL,
    actor TEXT NOT NULL,
    act TEXT NOT NULL,
    object TEXT NOT NULL,
    detail TEXT NOT NULL
);
CREATE TABLE backup_note (
    one INTEGER PRIMARY KEY CHECK (one = 1),
    file TEXT NOT NULL,
    at INTEGER NOT NULL
);
CREATE TABLE bounce (
    id INTEGER PRIMARY KEY,
    digest TEXT NOT NULL UNIQUE,
    at INTEGER NOT NULL,
    verdict TEXT NOT NULL CHECK (verdict IN ('hard', 'soft', 'none')),
    recipient INTEGER REFERENCES recipient (id),
    edition INTEGER,
    status TEXT NOT NULL,
    reason TEXT NOT NULL,
    counts INTEGER NOT NULL DEFAULT 1
);
CREATE TABLE correction (
    edition INTEGER NOT NULL REFERENCES edition (id),
    number INTEGER NOT NULL,
    at INTEGER NOT NULL,
    actor TEXT NOT NULL,
    note TEXT NOT NULL,
    items TEXT NOT NULL,
    mailed INTEGER,
    PRIMARY KEY (edition, number)
) WITHOUT ROWID;
CREATE TABLE delivery (
    id INTEGER PRIMARY KEY,
    edition INTEGER REFERENCES edition (id),
    notice INTEGER UNIQUE REFERENCES notice (id),
    outlet TEXT NOT NULL,
    recipient INTEGER,
    variant TEXT NOT NULL DEFAULT '',
    correction INTEGER NOT NULL DEFAULT 0,
    content INTEGER,
    state TEXT NOT NULL CHECK (state IN ('pending', 'sending', 'sent', 'deferred', 'failed', 'ambiguous')),
    queue TEXT NOT NULL,
    attempt INTEGER NOT NULL DEFAULT 0,
    since INTEGER NOT NULL,
    due INTEGER,
    doubtful INTEGER NOT NULL DEFAULT 0,
    route TEXT,
    reply TEXT,
    CHECK ((due IS NOT NULL) = (state IN ('pending', 'deferred', 'ambiguous'))),
    CHECK ((edition IS NULL) <> (notice IS NULL)),
    CHECK ((edition IS NULL) = (recipient IS NULL))
);
CREATE TABLE delivery_tally (
    edition INTEGER PRIMARY KEY,
    pending INTEGER NOT NULL DEFAULT 0,
    sending INTEGER NOT NULL DEFAULT 0,
    sent INTEGER NOT NULL DEFAULT 0,
    deferred INTEGER NOT NULL DEFAULT 0,
    failed INTEGER NOT NULL DEFAULT 0,
    ambiguous INTEGER NOT NULL DEFAULT 0
);
CREATE TABLE directory_import (
    one INTEGER PRIMARY KEY CHECK (one = 1),
    at INTEGER NOT NULL
);
CREATE TABLE directory_rest (
    part INTEGER PRIMARY KEY,
    changes TEXT NOT NULL
);
CREATE TABLE dispatch (
    edition INTEGER PRIMARY KEY REFERENCES edition (id),
    urgent INTEGER NOT NULL,
    paused TEXT,
    answered INTEGER NOT NULL DEFAULT 0,
    refused INTEGER NOT NULL DEFAULT 0
);
CREATE TABLE edition (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    publication TEXT NOT NULL,
    number INTEGER NOT NULL,
    slug TEXT NOT NULL UNIQUE,
    title TEXT NOT NULL,
    audience TEXT NOT NULL,
    scheduled TEXT NOT NULL,
    release INTEGER NOT NULL,
    cut_off INTEGER NOT NULL,
    stop_by INTEGER,
    state TEXT NOT NULL CHECK (state IN ('open', 'closed', 'held', 'released', 'skipped', 'recalled')),
    reason TEXT,
    leader_notes INTEGER NOT NULL,
    web INTEGER NOT NULL DEFAULT 0,
    ahead_of TEXT,
    released INTEGER,
    corrections INTEGER NOT NULL DEFAULT 0,
    corrected INTEGER,
    item_order TEXT NOT NULL DEFAULT '',
    left_out TEXT NOT NULL DEFAULT '',
    UNIQUE (publication, scheduled)
);
CREATE TABLE edition_approval (
    edition INTEGER NOT NULL REFERENCES edition (id) ON DELETE CASCADE,
    actor TEXT NOT NULL,
    capacity TEXT NOT NULL,
    content TEXT NOT NULL,
    at INTEGER NOT NULL,
    PRIMARY KEY (edition, actor, capacity)
) WITHOUT ROWID;
CREATE TABLE edition_item (
    edition INTEGER NOT NULL REFERENCES edition (id),
    position INTEGER NOT NULL,
    item INTEGER NOT NULL,
    version INTEGER NOT NULL,
    PRIMARY KEY (edition, position),
    FOREIGN KEY (item, version) REFERENCES item_version (item, version)
) WITHOUT ROWID;
CREATE TABLE endpoint_stop (
    endpoint TEXT PRIMARY KEY,
    reason TEXT NOT NULL,
    at INTEGER NOT NULL
);
CREATE TABLE feed (
    id INTEGER PRIMARY KEY,
    name TEXT NOT NULL UNIQUE
);
CREATE TABLE former_choice (
    digest TEXT NOT NULL,
    publication TEXT NOT NULL,
    at INTEGER NOT NULL,
    PRIMARY KEY (digest, publication)
) WITHOUT ROWID;
CREATE TABLE generation (
    one INTEGER PRIMARY KEY CHECK (one = 1),
    ledger INTEGER NOT NULL,
    count INTEGER NOT NULL
);
CREATE TABLE item (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    source TEXT NOT NULL,
    name TEXT NOT NULL,
    state TEXT NOT NULL CHECK (state IN ('accepted', 'approved', 'held', 'withdrawn', 'superseded')),
    version INTEGER NOT NULL,
    approved INTEGER,
    visible_until INTEGER,
    received INTEGER NOT NULL,
    changed INTEGER NOT NULL
);
CREATE TABLE item_version (
    item INTEGER NOT NULL REFERENCES item (id),
    version INTEGER NOT NULL,
    digest TEXT NOT NULL,
    text_digest TEXT NOT NULL,
    title TEXT NOT NULL,
    content TEXT NOT NULL,
    received INTEGER NOT NULL,
    author TEXT NOT NULL DEFAULT 'intake',
    likeness BLOB,
    resembles INTEGER REFERENCES item (id),
    share REAL,
    PRIMARY KEY (item, version)
) WITHOUT ROWID;
CREATE TABLE item_words (
    item INTEGER PRIMARY KEY REFERENCES item (id) ON DELETE CASCADE,
    words TEXT NOT NULL
);
CREATE TABLE login_failure (
    key TEXT PRIMARY KEY,
    count INTEGER NOT NULL,
    last INTEGER NOT NULL
) WITHOUT ROWID;
CREATE TABLE muted_topic (
    recipient INTEGER NOT NULL REFERENCES recipient (id),
    topic TEXT NOT NULL,
    at INTEGER NOT NULL,
    PRIMARY KEY (recipient, topic)
) WITHOUT ROWID;
CREATE TABLE notice (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    once TEXT NOT NULL UNIQUE,
    kind TEXT NOT NULL,
    object TEXT NOT NULL,
    address TEXT NOT NULL,
    address_key TEXT NOT NULL,
    language TEXT NOT NULL,
    subject TEXT NOT NULL,
    text TEXT NOT NULL,
    created INTEGER NOT NULL,
    stop_by INTEGER NOT NULL
);
CREATE TABLE phone (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    address TEXT NOT NULL UNIQUE,
    service TEXT NOT NULL,
    key BLOB NOT NULL,
    secret BLOB NOT NULL,
    language TEXT NOT NULL,
    created INTEGER NOT NULL
);
CREATE TABLE phone_choice (
    publication TEXT NOT NULL,
    phone INTEGER NOT NULL REFERENCES phone (id) ON DELETE CASCADE,
    PRIMARY KEY (publication, phone)
) WITHOUT ROWID;
CREATE TABLE phone_message (
    id INTEGER PRIMARY KEY,
    edition INTEGER NOT NULL REFERENCES edition (id),
    phone INTEGER REFERENCES phone (id) ON DELETE SET NULL,
    urgent INTEGER NOT NULL,
    state TEXT NOT NULL CHECK (state IN ('pending', 'sending', 'sent', 'deferred', 'failed', 'ambiguous')),
    attempt INTEGER NOT NULL DEFAULT 0,
    doubtful INTEGER NOT NULL DEFAULT 0,
    since INTEGER NOT NULL,
    due INTEGER,
    reply TEXT,
    UNIQUE (edition, phone),
    CHECK ((due IS NOT NULL) = (state IN ('pending', 'deferred', 'ambiguous')))
);
CREATE TABLE phone_rest (
    edition INTEGER PRIMARY KEY REFERENCES edition (id),
    urgent INTEGER NOT NULL,
    done INTEGER NOT NULL,
    last INTEGER NOT NULL
);
CREATE TABLE picture (
    digest TEXT PRIMARY KEY,
    format TEXT NOT NULL,
    width INTEGER NOT NULL,
    height INTEGER NOT NULL,
    bytes BLOB NOT NULL,
    kept INTEGER NOT NULL
);
CREATE TABLE picture_rendition (
    mail TEXT PRIMARY KEY REFERENCES picture (digest),
    screen TEXT NOT NULL REFERENCES picture (digest),
    thumbnail TEXT NOT NULL REFERENCES picture (digest)
) WITHOUT ROWID;
CREATE TABLE post (
    id INTEGER PRIMARY KEY,
    endpoint TEXT NOT NULL,
    kind TEXT NOT NULL CHECK (kind IN ('item', 'edition', 'feed')),
    subject INTEGER NOT NULL,
    edition INTEGER REFERENCES edition (id),
    wanted TEXT,
    told TEXT,
    remote TEXT,
    urgent INTEGER NOT NULL DEFAULT 0,
    state TEXT NOT NULL CHECK (state IN ('pending', 'sending', 'sent', 'deferred', 'failed', 'ambiguous')),
    attempt INTEGER NOT NULL DEFAULT 0,
    uncertain INTEGER NOT NULL DEFAULT 0,
    doubtful INTEGER NOT NULL DEFAULT 0,
    created INTEGER NOT NULL,
    since INTEGER NOT NULL,
    due INTEGER,
    stop_by INTEGER,
    reply TEXT,
    UNIQUE (endpoint, kind, subject),
    CHECK ((due IS NOT NULL) = (state IN ('pending', 'deferred', 'ambiguous')))
);
CREATE TABLE publication_watch (
    name TEXT PRIMARY KEY,
    since INTEGER NOT NULL
) WITHOUT ROWID;
CREATE TABLE recipient (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    address TEXT NOT NULL,
    address_key TEXT NOT NULL UNIQUE,
    name TEXT NOT NULL,
    language TEXT,
    chosen_language TEXT,
    department TEXT NOT NULL DEFAULT '',
    person TEXT NOT NULL,
    active INTEGER NOT NULL,
    changed INTEGER NOT NULL
);
CREATE TABLE release_moment (
    edition INTEGER NOT NULL REFERENCES edition (id),
    channel TEXT NOT NULL,
    first INTEGER NOT NULL,
    last INTEGER NOT NULL,
    PRIMARY KEY (edition, channel)
) WITHOUT ROWID;
CREATE TABLE release_rest (
    edition INTEGER NOT NULL REFERENCES edition (id),
    correction INTEGER NOT NULL DEFAULT 0,
    part INTEGER NOT NULL,
    variant TEXT NOT NULL,
    recipients BLOB NOT NULL,
    mandatory INTEGER NOT NULL,
    PRIMARY KEY (edition, correction, part)
) WITHOUT ROWID;
CREATE TABLE rendering (
    edition INTEGER NOT NULL REFERENCES edition (id),
    correction INTEGER NOT NULL DEFAULT 0,
    language TEXT NOT NULL,
    variant TEXT NOT NULL DEFAULT '',
    content TEXT NOT NULL,
    PRIMARY KEY (edition, correction, language, variant)
) WITHOUT ROWID;
CREATE TABLE retention_pass (
    kind TEXT PRIMARY KEY,
    at INTEGER NOT NULL,
    removed INTEGER NOT NULL,
    total INTEGER NOT NULL
) WITHOUT ROWID;
CREATE TABLE route_use (
    route TEXT NOT NULL,
    minute INTEGER NOT NULL,
    count INTEGER NOT NULL,
    PRIMARY KEY (route, minute)
) WITHOUT ROWID;
CREATE TABLE running_total (
    name TEXT NOT NULL,
    label TEXT NOT NULL,
    detail TEXT NOT NULL DEFAULT '',
    count INTEGER NOT NULL,
    PRIMARY KEY (name, label, detail)
) WITHOUT ROWID;
CREATE TABLE screen (
    feed TEXT NOT NULL,
    label TEXT NOT NULL,
    named INTEGER NOT NULL,
    address TEXT NOT NULL,
    player TEXT NOT NULL,
    first INTEGER NOT NULL,
    last INTEGER NOT NULL,
    PRIMARY KEY (feed, named, label)
) WITHOUT ROWID;
CREATE TABLE session (
    digest TEXT PRIMARY KEY,
    account TEXT NOT NULL REFERENCES account (name) ON DELETE CASCADE,
    began INTEGER NOT NULL,
    seen INTEGER NOT NULL
) WITHOUT ROWID;
CREATE TABLE store_state (
    store TEXT PRIMARY KEY,
    waiting INTEGER NOT NULL,
    failure TEXT,
    since INTEGER
) WITHOUT ROWID;
CREATE TABLE stored_object (
    store TEXT NOT NULL,
    key TEXT NOT NULL,
    version TEXT,
    entity_tag TEXT,
    needs TEXT NOT NULL,
    at INTEGER NOT NULL,
    PRIMARY KEY (store, key)
) WITHOUT ROWID;
CREATE TABLE suppression (
    address_key TEXT PRIMARY KEY,
    address TEXT NOT NULL,
    since INTEGER NOT NULL,
    reason TEXT NOT NULL
) WITHOUT ROWID;
CREATE TABLE throttled_domain (name TEXT PRIMARY KEY) WITHOUT ROWID;
CREATE TABLE unsubscription (
    recipient INTEGER NOT NULL REFERENCES recipient (id),
    publication TEXT NOT NULL,
    at INTEGER NOT NULL,
    PRIMARY KEY (recipient, publication)
) WITHOUT ROWID;
CREATE TABLE usefulness (
    edition INTEGER PRIMARY KEY REFERENCES edition (id),
    useful INTEGER NOT NULL DEFAULT 0,
    not_useful INTEGER NOT NULL DEFAULT 0
);
CREATE TABLE waiting_file (
    source TEXT NOT NULL,
    name TEXT NOT NULL,
    reason TEXT NOT NULL,
    detail TEXT NOT NULL,
    since INTEGER NOT NULL,
    PRIMARY KEY (source, name)
) WITHOUT ROWID;
CREATE UNIQUE INDEX alarm_standing ON alarm (kind, object) WHERE ended IS NULL;
CREATE INDEX alarm_untold ON alarm (id) WHERE logged < 2 OR mailed < 2 OR hooked < 2;
CREATE UNIQUE INDEX alert_by_item ON alert (item, version);
CREATE INDEX alert_by_state ON alert (state);
CREATE INDEX audit_by_object ON audit (object, id);
CREATE INDEX audit_of_refusals ON audit (id) WHERE act = 'reject';
CREATE INDEX bounce_by_recipient ON bounce (recipient, at) WHERE recipient IS NOT NULL;
CREATE INDEX bounce_by_verdict ON bounce (verdict);
CREATE INDEX delivery_due ON delivery (outlet, queue, due, id) WHERE due IS NOT NULL;
CREATE INDEX delivery_failed ON delivery (edition, recipient) WHERE state = 'failed';
CREATE UNIQUE INDEX delivery_once ON delivery (edition, outlet, recipient, correction) WHERE recipient IS NOT NULL;
CREATE INDEX delivery_sending ON delivery (outlet) WHERE state = 'sending';
CREATE INDEX edition_by_state ON edition (state, release);
CREATE INDEX edition_item_by_item ON edition_item (item);
CREATE INDEX item_by_name ON item (source, name);
CREATE INDEX item_by_state ON item (state, received);
CREATE INDEX item_version_by_digest ON item_version (digest);
CREATE INDEX item_version_by_resemblance ON item_version (resembles) WHERE resembles IS NOT NULL;
CREATE INDEX notice_by_address ON notice (address_key, created);
CREATE INDEX phone_choice_by_phone ON phone_choice (phone);
CREATE INDEX phone_message_by_phone ON phone_message (phone);
CREATE INDEX phone_message_due ON phone_message (due) WHERE due IS NOT NULL;
CREATE INDEX phone_message_next ON phone_message (urgent DESC, due, id) WHERE due IS NOT NULL;
CREATE INDEX phone_message_sending ON phone_message (id) WHERE state = 'sending';
CREATE INDEX post_by_edition ON post (edition) WHERE edition IS NOT NULL;
CREATE INDEX post_by_state ON post (endpoint, state, since);
CREATE INDEX post_by_subject ON post (subject, kind);
CREATE INDEX post_due ON post (endpoint, due, id) WHERE due IS NOT NULL;
CREATE INDEX post_in_force ON post (id) WHERE wanted IS NOT NULL;
CREATE INDEX post_urgent ON post (endpoint, due, id) WHERE urgent AND due IS NOT NULL;
CREATE INDEX screen_by_last ON screen (named, last);
CREATE INDEX session_by_account ON session (account);
CREATE TRIGGER audit_is_append_only BEFORE UPDATE ON audit BEGIN SELECT RAISE(ABORT, 'the audit trail is append-only'); END;
CREATE TRIGGER delivery_retallied AFTER UPDATE OF state ON delivery WHEN NEW.state <> OLD.state BEGIN
    UPDATE delivery_tally SET pending = pending + (NEW.state = 'pending') - (OLD.state = 'pending'), sending = sending + (NEW.state = 'sending') - (OLD.state = 'sending'),
    sent = sent + (NEW.state = 'sent') - (OLD.state = 'sent'), deferred = deferred + (NEW.state = 'deferred') - (OLD.state = 'deferred'),
    failed = failed + (NEW.state = 'failed') - (OLD.state = 'failed'), ambiguous = ambiguous + (NEW.state = 'ambiguous') - (OLD.state = 'ambiguous')
    WHERE edition = coalesce(NEW.edition, 0);
END;
CREATE TRIGGER delivery_tallied AFTER INSERT ON delivery BEGIN
    UPDATE delivery_tally SET pending = pending + (NEW.state = 'pending'), sending = sending + (NEW.state = 'sending'),
    sent = sent + (NEW.state = 'sent'), deferred = deferred + (NEW.state = 'deferred'),
    failed = failed + (NEW.state = 'failed'), ambiguous = ambiguous + (NEW.state = 'ambiguous')
    WHERE edition = coalesce(NEW.edition, 0);
END;
CREATE TRIGGER edition_tallied AFTER INSERT ON edition BEGIN INSERT INTO delivery_tally (edition) VALUES (NEW.id); END;
