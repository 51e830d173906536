-- A station's journal: append-only, one row a record, byte for byte as signed and sent; only what a tombstone covers
-- may be deleted.
-- refers: the intent (seq) that a written or settled record is about.
CREATE TABLE IF NOT EXISTS record (
    seq     INTEGER PRIMARY KEY,
    kind    TEXT NOT NULL,
    refers  INTEGER,
    raw     BLOB NOT NULL,
    sig     BLOB NOT NULL,
    hash    BLOB NOT NULL
) STRICT;
CREATE INDEX IF NOT EXISTS record_by_refers ON record (refers) WHERE refers IS NOT NULL;
-- What the service answered to a row. A row is settled when it is here.
CREATE TABLE IF NOT EXISTS settlement (
    seq        INTEGER PRIMARY KEY REFERENCES record (seq),
    result     TEXT NOT NULL,
    judgement  TEXT,
    settled_at TEXT NOT NULL
) STRICT;
-- What stood here and was pruned: all up to last_seq; settled, in a verified backup, older than a month. Signed.
CREATE TABLE IF NOT EXISTS tombstone (
    only       INTEGER PRIMARY KEY CHECK (only = 1),
    last_seq   INTEGER NOT NULL,
    last_hash  BLOB NOT NULL,
    sig        BLOB NOT NULL
) STRICT;
-- What the service told that must outlive a restart: standing, epoch, witnessed.
CREATE TABLE IF NOT EXISTS told (
    name   TEXT PRIMARY KEY,
    value  TEXT NOT NULL
) STRICT;
CREATE TRIGGER IF NOT EXISTS record_no_update BEFORE UPDATE ON record BEGIN SELECT RAISE(ABORT, 'append-only'); END;
CREATE TRIGGER IF NOT EXISTS record_no_delete BEFORE DELETE ON record
    WHEN OLD.seq > (SELECT coalesce(max(last_seq), 0) FROM tombstone) BEGIN SELECT RAISE(ABORT, 'append-only'); END;
CREATE TRIGGER IF NOT EXISTS settled_no_update BEFORE UPDATE ON settlement BEGIN SELECT RAISE(ABORT, 'append-only'); END;
CREATE TRIGGER IF NOT EXISTS settled_no_delete BEFORE DELETE ON settlement
    WHEN OLD.seq > (SELECT coalesce(max(last_seq), 0) FROM tombstone) BEGIN SELECT RAISE(ABORT, 'append-only'); END;
