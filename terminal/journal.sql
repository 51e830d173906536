-- A station's journal: append-only, one row a record, byte for byte as signed and sent.
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
-- What the service answered to a row. A row is settled when it is here; it is never deleted.
CREATE TABLE IF NOT EXISTS settlement (
    seq        INTEGER PRIMARY KEY REFERENCES record (seq),
    result     TEXT NOT NULL,
    judgement  TEXT
) STRICT;
CREATE TRIGGER IF NOT EXISTS record_no_update BEFORE UPDATE ON record BEGIN SELECT RAISE(ABORT, 'append-only'); END;
CREATE TRIGGER IF NOT EXISTS record_no_delete BEFORE DELETE ON record BEGIN SELECT RAISE(ABORT, 'append-only'); END;
CREATE TRIGGER IF NOT EXISTS settled_no_update BEFORE UPDATE ON settlement BEGIN SELECT RAISE(ABORT, 'append-only'); END;
CREATE TRIGGER IF NOT EXISTS settled_no_delete BEFORE DELETE ON settlement BEGIN SELECT RAISE(ABORT, 'append-only'); END;
