-- The seventh version: what the bureau's other work still lacked.

-- Files whose work kills the process are given up after some times.
ALTER TABLE module_upload ADD COLUMN takes BIGINT NOT NULL DEFAULT 0;

-- A figure's note in English, beside the one in Chinese.
ALTER TABLE module_figure ADD COLUMN note_en TEXT NOT NULL DEFAULT '';

-- Money that a desk took for a case that nobody here knows, or whose record was refused: it is of no case, so the ledger
-- has it only when a person has said whose it is (settled: assigned | refunded, as with payment_arrival); the drawer has it
-- at once (shift_no: the till shift whose cash it is; settled_shift_no: out of whose drawer it was given back). cause:
-- the station's record; said_case_no: the case that it names. Decided about once, and never changed otherwise.
CREATE TABLE stray_money (
    home_id          TEXT NOT NULL,
    log_no           BIGINT NOT NULL,
    cause            TEXT NOT NULL,
    said_case_no     TEXT,
    step             TEXT NOT NULL,
    payer            TEXT,
    means            TEXT NOT NULL,
    amount_fen       BIGINT NOT NULL,
    at               MOMENT NOT NULL,
    staff_no         TEXT NOT NULL,
    station_id       TEXT NOT NULL,
    slip             TEXT,
    shift_no         BIGINT,
    settled          TEXT,
    settled_at       MOMENT,
    settled_log_no   BIGINT,
    settled_by       TEXT,
    settled_second   TEXT,
    settled_case_no  TEXT,
    settled_shift_no BIGINT,
    PRIMARY KEY (home_id, log_no),
    FOREIGN KEY (home_id, shift_no) REFERENCES till_shift (home_id, shift_no),
    FOREIGN KEY (home_id, settled_case_no) REFERENCES funeral_case (home_id, case_no),
    CONSTRAINT stray_is_positive CHECK (amount_fen > 0),
    CONSTRAINT stray_is_decided CHECK ((settled IS NULL) = (settled_log_no IS NULL) AND (settled IS NULL) = (settled_by IS NULL))
);
CREATE UNIQUE INDEX stray_money_once ON stray_money (home_id, cause);
CREATE INDEX stray_money_open ON stray_money (home_id, log_no) WHERE settled IS NULL;
CREATE INDEX stray_money_of_shift ON stray_money (home_id, shift_no);
CREATE INDEX stray_money_from_shift ON stray_money (home_id, settled_shift_no);
-- @postgresql
CREATE FUNCTION refuse_other_stray() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN RAISE EXCEPTION USING ERRCODE = 'integrity_constraint_violation', MESSAGE = 'stray money is decided about once'; END $$;
CREATE TRIGGER stray_money_path BEFORE UPDATE ON stray_money FOR EACH ROW WHEN (OLD.settled IS NOT NULL OR (NEW.home_id, NEW.log_no, NEW.cause, NEW.means, NEW.amount_fen, NEW.at, NEW.staff_no, NEW.shift_no) IS DISTINCT FROM (OLD.home_id, OLD.log_no, OLD.cause, OLD.means, OLD.amount_fen, OLD.at, OLD.staff_no, OLD.shift_no)) EXECUTE FUNCTION refuse_other_stray();
CREATE TRIGGER stray_money_no_delete BEFORE DELETE ON stray_money FOR EACH ROW EXECUTE FUNCTION refuse_other_stray();
-- @end
-- @sqlite
CREATE TRIGGER stray_money_path BEFORE UPDATE ON stray_money WHEN OLD.settled IS NOT NULL OR (NEW.home_id, NEW.log_no, NEW.cause, NEW.means, NEW.amount_fen, NEW.at, NEW.staff_no, COALESCE(NEW.shift_no, -1)) <> (OLD.home_id, OLD.log_no, OLD.cause, OLD.means, OLD.amount_fen, OLD.at, OLD.staff_no, COALESCE(OLD.shift_no, -1)) BEGIN SELECT RAISE(ABORT, 'stray money is decided about once'); END;
CREATE TRIGGER stray_money_no_delete BEFORE DELETE ON stray_money BEGIN SELECT RAISE(ABORT, 'stray money is decided about once'); END;
-- @end
