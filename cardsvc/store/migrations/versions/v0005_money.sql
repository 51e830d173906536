-- The fifth version: money explained.
-- Price lists in draft; who published a list, and that it stays as it was published.
ALTER TABLE price_book ADD COLUMN second TEXT;
ALTER TABLE price_book ADD COLUMN made_at MOMENT;
CREATE TABLE price_draft (
    home_id          TEXT NOT NULL REFERENCES home (home_id),
    number           BIGINT NOT NULL,
    version          TEXT NOT NULL,
    body             TEXT NOT NULL,
    made_at          MOMENT NOT NULL,
    made_by          TEXT NOT NULL,
    state            TEXT NOT NULL,
    ended_at         MOMENT,
    ended_by         TEXT,
    PRIMARY KEY (home_id, number)
);
CREATE UNIQUE INDEX price_draft_open ON price_draft (home_id, version) WHERE state = 'draft';
-- @postgresql
CREATE TRIGGER price_book_append_only BEFORE UPDATE OR DELETE ON price_book FOR EACH ROW EXECUTE FUNCTION refuse_change();
-- @end
-- @sqlite
CREATE TRIGGER price_book_no_update BEFORE UPDATE ON price_book BEGIN SELECT RAISE(ABORT, 'price_book is append-only'); END;
CREATE TRIGGER price_book_no_delete BEFORE DELETE ON price_book BEGIN SELECT RAISE(ABORT, 'price_book is append-only'); END;
-- @end
