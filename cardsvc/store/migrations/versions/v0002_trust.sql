-- What issue and loss of cards, enrolment by two people, and records that do not come need.
ALTER TABLE home ADD COLUMN hot_version BIGINT NOT NULL DEFAULT 1;
ALTER TABLE home ADD COLUMN limits TEXT NOT NULL DEFAULT '{}';
ALTER TABLE journal ADD COLUMN approved_at MOMENT;
ALTER TABLE journal ADD COLUMN approved_by TEXT;
ALTER TABLE journal ADD COLUMN revoked_why TEXT;
ALTER TABLE journal ADD COLUMN epoch_seen BIGINT NOT NULL DEFAULT 0;
ALTER TABLE card ADD COLUMN kind TEXT NOT NULL DEFAULT 'family';
ALTER TABLE card ADD COLUMN staff_no TEXT;
ALTER TABLE card ADD COLUMN hot_reason TEXT;
ALTER TABLE card ADD COLUMN hot_at MOMENT;
-- A chip that was wiped becomes a new card; the old one's row stays.
DROP INDEX card_by_uid;
CREATE UNIQUE INDEX card_by_uid ON card (home_id, uid) WHERE state <> 'wiped';
CREATE INDEX audit_link_of_cards ON audit_link (home_id, subject) WHERE substr(what, 1, 5) = 'card ';
-- Journals of before were enrolled by one person's code; they stay trusted.
UPDATE journal SET approved_at = '2026-11-25T00:00:00.000000+00:00', approved_by = '';
CREATE TABLE missing_record (
    home_id          TEXT NOT NULL,
    journal_id       TEXT NOT NULL,
    seq              BIGINT NOT NULL,
    card_no          TEXT NOT NULL,
    case_no          TEXT,
    opened_log_no    BIGINT NOT NULL,
    opened_at        MOMENT NOT NULL,
    resolved_at      MOMENT,
    PRIMARY KEY (home_id, journal_id, seq, card_no),
    FOREIGN KEY (home_id, card_no) REFERENCES card (home_id, card_no)
);
