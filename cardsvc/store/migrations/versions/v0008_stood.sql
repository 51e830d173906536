-- The eighth version: what stood on a day, and what was entered by mistake.

-- Since when a change holds, a local day: what was written before this version holds since it was written.
ALTER TABLE module_history ADD COLUMN day TEXT NOT NULL DEFAULT '';
-- @postgresql
ALTER TABLE module_history DISABLE TRIGGER module_history_append_only;
UPDATE module_history SET day = to_char(at AT TIME ZONE INTERVAL '+08:00', 'YYYY-MM-DD');
ALTER TABLE module_history ENABLE TRIGGER module_history_append_only;
-- @end
-- @sqlite
DROP TRIGGER module_history_no_update;
UPDATE module_history SET day = date(at, '+8 hours');
CREATE TRIGGER module_history_no_update BEFORE UPDATE ON module_history BEGIN SELECT RAISE(ABORT, 'module_history is append-only'); END;
-- @end
CREATE INDEX module_history_since ON module_history (home_id, field, module, record, day, row_id);

-- Files of rows: which is the same as an earlier one, and whose rows were taken back.
ALTER TABLE module_upload ADD COLUMN digest TEXT NOT NULL DEFAULT '';
ALTER TABLE module_upload ADD COLUMN back_why TEXT;
ALTER TABLE module_upload ADD COLUMN back_by TEXT;
ALTER TABLE module_upload ADD COLUMN back_second TEXT;
ALTER TABLE module_upload ADD COLUMN back_at MOMENT;
ALTER TABLE module_upload ADD COLUMN restored_why TEXT;
ALTER TABLE module_upload ADD COLUMN restored_by TEXT;
ALTER TABLE module_upload ADD COLUMN restored_second TEXT;
ALTER TABLE module_upload ADD COLUMN restored_at MOMENT;
ALTER TABLE module_upload ADD COLUMN known_on TEXT;

-- A row that was entered by mistake: taken out of its table as it stood (body: its columns as JSON, secrets encrypted), so
-- that nothing finds or counts it; version: the row's then. batch: the file that brought it.
-- Decided about by one, or second_no too. restored_*: it stands in its table again. Never changed otherwise.
CREATE TABLE module_withdrawn (
    home_id          TEXT NOT NULL,
    module           TEXT NOT NULL,
    record           TEXT NOT NULL,
    row_id           TEXT NOT NULL,
    version          BIGINT NOT NULL,
    county           TEXT NOT NULL,
    batch            TEXT,
    body             TEXT NOT NULL,
    made_at          MOMENT NOT NULL,
    made_by          TEXT NOT NULL,
    changed_at       MOMENT NOT NULL,
    changed_by       TEXT NOT NULL,
    reason           TEXT NOT NULL,
    at               MOMENT NOT NULL,
    staff_no         TEXT NOT NULL,
    second_no        TEXT,
    restored_at      MOMENT,
    restored_by      TEXT,
    restored_second  TEXT,
    restored_why     TEXT,
    PRIMARY KEY (home_id, module, record, row_id, version),
    CONSTRAINT withdrawn_is_restored CHECK ((restored_at IS NULL) = (restored_by IS NULL) AND (restored_at IS NULL) = (restored_why IS NULL))
);
CREATE INDEX module_withdrawn_open ON module_withdrawn (home_id, module, record, at, row_id) WHERE restored_at IS NULL;
CREATE INDEX module_withdrawn_here ON module_withdrawn (home_id, module, record, county, at, row_id) WHERE restored_at IS NULL;
CREATE UNIQUE INDEX module_withdrawn_once ON module_withdrawn (home_id, module, record, row_id) WHERE restored_at IS NULL;
-- @postgresql
CREATE FUNCTION refuse_other_withdrawn() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN RAISE EXCEPTION USING ERRCODE = 'integrity_constraint_violation', MESSAGE = 'a withdrawn row is restored once'; END $$;
CREATE TRIGGER module_withdrawn_path BEFORE UPDATE ON module_withdrawn FOR EACH ROW WHEN (OLD.restored_at IS NOT NULL OR (NEW.home_id, NEW.module, NEW.record, NEW.row_id, NEW.version, NEW.county, NEW.body, NEW.reason, NEW.at, NEW.staff_no, NEW.second_no) IS DISTINCT FROM (OLD.home_id, OLD.module, OLD.record, OLD.row_id, OLD.version, OLD.county, OLD.body, OLD.reason, OLD.at, OLD.staff_no, OLD.second_no)) EXECUTE FUNCTION refuse_other_withdrawn();
CREATE TRIGGER module_withdrawn_no_delete BEFORE DELETE ON module_withdrawn FOR EACH ROW EXECUTE FUNCTION refuse_other_withdrawn();
-- @end
-- @sqlite
CREATE TRIGGER module_withdrawn_path BEFORE UPDATE ON module_withdrawn WHEN OLD.restored_at IS NOT NULL OR (NEW.home_id, NEW.module, NEW.record, NEW.row_id, NEW.version, NEW.county, NEW.body, NEW.reason, NEW.at, NEW.staff_no, COALESCE(NEW.second_no, '')) <> (OLD.home_id, OLD.module, OLD.record, OLD.row_id, OLD.version, OLD.county, OLD.body, OLD.reason, OLD.at, OLD.staff_no, COALESCE(OLD.second_no, '')) BEGIN SELECT RAISE(ABORT, 'a withdrawn row is restored once'); END;
CREATE TRIGGER module_withdrawn_no_delete BEFORE DELETE ON module_withdrawn BEGIN SELECT RAISE(ABORT, 'a withdrawn row is restored once'); END;
-- @end

-- The slip or the bank's number of a payment that was taken back can be entered again.
-- @postgresql
DROP TRIGGER mark_stays ON mark;
CREATE TRIGGER mark_stays BEFORE UPDATE ON mark FOR EACH ROW WHEN (OLD.kind NOT IN ('death_paper', 'reference')) EXECUTE FUNCTION refuse_second_use();
-- @end
-- @sqlite
DROP TRIGGER mark_stays;
CREATE TRIGGER mark_stays BEFORE UPDATE ON mark WHEN OLD.kind NOT IN ('death_paper', 'reference') BEGIN SELECT RAISE(ABORT, 'mark is used once'); END;
-- @end

-- By which slip or bank's number money of no case came; nobody was asked for one before.
ALTER TABLE stray_money ADD COLUMN reference TEXT;

-- Cash that is in no shift is put into one, once.
CREATE INDEX till_taking_since ON till_taking (home_id, log_no);
-- @postgresql
DROP TRIGGER till_taking_append_only ON till_taking;
DROP TRIGGER stray_money_path ON stray_money;
CREATE TRIGGER till_taking_placed BEFORE UPDATE ON till_taking FOR EACH ROW WHEN (OLD.shift_no IS NOT NULL OR (NEW.home_id, NEW.case_no, NEW.log_no, NEW.staff_no, NEW.at) IS DISTINCT FROM (OLD.home_id, OLD.case_no, OLD.log_no, OLD.staff_no, OLD.at)) EXECUTE FUNCTION refuse_change();
CREATE TRIGGER till_taking_no_delete BEFORE DELETE ON till_taking FOR EACH ROW EXECUTE FUNCTION refuse_change();
CREATE TRIGGER stray_money_path BEFORE UPDATE ON stray_money FOR EACH ROW WHEN (OLD.settled IS NOT NULL OR (NEW.home_id, NEW.log_no, NEW.cause, NEW.means, NEW.amount_fen, NEW.at, NEW.staff_no) IS DISTINCT FROM (OLD.home_id, OLD.log_no, OLD.cause, OLD.means, OLD.amount_fen, OLD.at, OLD.staff_no) OR (OLD.shift_no IS NOT NULL AND NEW.shift_no IS DISTINCT FROM OLD.shift_no)) EXECUTE FUNCTION refuse_other_stray();
-- @end
-- @sqlite
DROP TRIGGER till_taking_no_update;
DROP TRIGGER stray_money_path;
CREATE TRIGGER till_taking_placed BEFORE UPDATE ON till_taking WHEN OLD.shift_no IS NOT NULL OR (NEW.home_id, NEW.case_no, NEW.log_no, NEW.staff_no, NEW.at) <> (OLD.home_id, OLD.case_no, OLD.log_no, OLD.staff_no, OLD.at) BEGIN SELECT RAISE(ABORT, 'till_taking is append-only'); END;
CREATE TRIGGER stray_money_path BEFORE UPDATE ON stray_money WHEN OLD.settled IS NOT NULL OR (NEW.home_id, NEW.log_no, NEW.cause, NEW.means, NEW.amount_fen, NEW.at, NEW.staff_no) <> (OLD.home_id, OLD.log_no, OLD.cause, OLD.means, OLD.amount_fen, OLD.at, OLD.staff_no) OR (OLD.shift_no IS NOT NULL AND NEW.shift_no IS NOT OLD.shift_no) BEGIN SELECT RAISE(ABORT, 'stray money is decided about once'); END;
-- @end

-- What the card terminal's slip of a shift says. Card money that an open shift has taken already is in it.
ALTER TABLE till_shift ADD COLUMN slip_fen BIGINT;
ALTER TABLE till_shift ADD COLUMN slip_expected_fen BIGINT;
ALTER TABLE till_shift ADD COLUMN slip_why TEXT CONSTRAINT slip_is_told CHECK ((slip_fen IS NULL) = (slip_expected_fen IS NULL) AND (slip_fen IS NULL OR closed_at IS NOT NULL) AND (slip_fen IS NULL OR slip_fen = slip_expected_fen OR slip_why IS NOT NULL));
-- Who took it, and when, say the facts, as they do from now on; a payment that was taken back leaves the shift that has it.
-- @postgresql
INSERT INTO till_taking (home_id, case_no, log_no, staff_no, at, shift_no)
    SELECT DISTINCT x.home_id, x.case_no, x.log_no, s.staff_no, (f.body::jsonb ->> 'at')::timestamptz, s.shift_no
    FROM transfer x
    JOIN fact f ON f.home_id = x.home_id AND f.case_no = x.case_no AND f.log_no = x.log_no
    JOIN till_shift s ON s.home_id = x.home_id AND s.staff_no = f.body::jsonb ->> 'staff_no' AND s.closed_at IS NULL
        AND (f.body::jsonb ->> 'at')::timestamptz >= s.opened_at
    WHERE x.debit = 'till/card_terminal' OR (x.credit = 'till/card_terminal' AND x.memo IN ('refund', 'give_back_held'));
INSERT INTO till_taking (home_id, case_no, log_no, staff_no, at, shift_no)
    SELECT DISTINCT x.home_id, x.case_no, x.log_no, f.body::jsonb ->> 'staff_no', (f.body::jsonb ->> 'at')::timestamptz, k.shift_no
    FROM transfer x
    JOIN fact f ON f.home_id = x.home_id AND f.case_no = x.case_no AND f.log_no = x.log_no
    JOIN fact p ON p.home_id = f.home_id AND p.cause = f.body::jsonb #>> '{body,details,payment}'
    JOIN till_taking k ON k.home_id = p.home_id AND k.case_no = p.case_no AND k.log_no = p.log_no
    WHERE x.credit = 'till/card_terminal' AND x.memo = 'reverse_payment';
-- @end
-- @sqlite
INSERT INTO till_taking (home_id, case_no, log_no, staff_no, at, shift_no)
    SELECT DISTINCT x.home_id, x.case_no, x.log_no, s.staff_no,
        strftime('%Y-%m-%dT%H:%M:%f000+00:00', json_extract(f.body, '$.at')), s.shift_no
    FROM transfer x
    JOIN fact f ON f.home_id = x.home_id AND f.case_no = x.case_no AND f.log_no = x.log_no
    JOIN till_shift s ON s.home_id = x.home_id AND s.staff_no = json_extract(f.body, '$.staff_no') AND s.closed_at IS NULL
        AND julianday(json_extract(f.body, '$.at')) >= julianday(s.opened_at)
    WHERE x.debit = 'till/card_terminal' OR (x.credit = 'till/card_terminal' AND x.memo IN ('refund', 'give_back_held'));
INSERT INTO till_taking (home_id, case_no, log_no, staff_no, at, shift_no)
    SELECT DISTINCT x.home_id, x.case_no, x.log_no, json_extract(f.body, '$.staff_no'),
        strftime('%Y-%m-%dT%H:%M:%f000+00:00', json_extract(f.body, '$.at')), k.shift_no
    FROM transfer x
    JOIN fact f ON f.home_id = x.home_id AND f.case_no = x.case_no AND f.log_no = x.log_no
    JOIN fact p ON p.home_id = f.home_id AND p.cause = json_extract(f.body, '$.body.details.payment')
    JOIN till_taking k ON k.home_id = p.home_id AND k.case_no = p.case_no AND k.log_no = p.log_no
    WHERE x.credit = 'till/card_terminal' AND x.memo = 'reverse_payment';
-- @end
UPDATE stray_money SET shift_no = (
    SELECT max(s.shift_no) FROM till_shift s
    WHERE s.home_id = stray_money.home_id AND s.staff_no = stray_money.staff_no AND s.closed_at IS NULL AND s.opened_at <= stray_money.at
) WHERE means = 'card_terminal' AND shift_no IS NULL AND settled IS NULL;

-- What lost books paid out, and nothing covers, can be written off.
-- @postgresql
CREATE OR REPLACE FUNCTION account_is_of(account TEXT, case_no TEXT) RETURNS boolean LANGUAGE sql IMMUTABLE AS $$
SELECT CASE split_part(account, '/', 1)
    WHEN 'receivable' THEN split_part(account, '/', 2) = case_no AND split_part(account, '/', 3) <> ''
    WHEN 'deposit' THEN account = 'deposit/' || case_no
    WHEN 'suspense' THEN account = 'suspense/' || case_no
    ELSE account IN ('carried_over', 'carried_short', 'carried_off') OR split_part(account, '/', 1) IN ('revenue', 'till')
END $$;
-- @end
-- @sqlite
DROP TRIGGER transfer_of_its_case;
CREATE TRIGGER transfer_of_its_case BEFORE INSERT ON transfer WHEN NOT (
    CASE substr(NEW.debit, 1, instr(NEW.debit || '/', '/') - 1)
        WHEN 'receivable' THEN substr(NEW.debit, 1, length(NEW.case_no) + 12) = 'receivable/' || NEW.case_no || '/'
            AND length(NEW.debit) > length(NEW.case_no) + 12
        WHEN 'deposit' THEN NEW.debit = 'deposit/' || NEW.case_no
        WHEN 'suspense' THEN NEW.debit = 'suspense/' || NEW.case_no
        ELSE NEW.debit IN ('carried_over', 'carried_short', 'carried_off') OR substr(NEW.debit, 1, 8) = 'revenue/' OR substr(NEW.debit, 1, 5) = 'till/'
    END AND CASE substr(NEW.credit, 1, instr(NEW.credit || '/', '/') - 1)
        WHEN 'receivable' THEN substr(NEW.credit, 1, length(NEW.case_no) + 12) = 'receivable/' || NEW.case_no || '/'
            AND length(NEW.credit) > length(NEW.case_no) + 12
        WHEN 'deposit' THEN NEW.credit = 'deposit/' || NEW.case_no
        WHEN 'suspense' THEN NEW.credit = 'suspense/' || NEW.case_no
        ELSE NEW.credit IN ('carried_over', 'carried_short', 'carried_off') OR substr(NEW.credit, 1, 8) = 'revenue/' OR substr(NEW.credit, 1, 5) = 'till/'
    END
) BEGIN SELECT RAISE(ABORT, 'an account of another case, or of no kind'); END;
-- @end

-- People choose their own passwords. What was typed for them before is a first one: they are asked at the next sign-in.
ALTER TABLE staff ADD COLUMN added_at MOMENT;
ALTER TABLE staff ADD COLUMN first_by TEXT;
ALTER TABLE staff ADD COLUMN first_at MOMENT;
UPDATE staff SET first_by = '', added_at = (SELECT MIN(link.at) FROM audit_link link WHERE link.home_id = staff.home_id AND link.what = 'staff added' AND link.subject = staff.staff_no);

-- A transfer that pays somebody back waits for the bank's number; one that was entered wrongly is another transfer's.
-- @postgresql
DROP TRIGGER mark_stays ON mark;
CREATE TRIGGER mark_stays BEFORE UPDATE ON mark FOR EACH ROW WHEN (OLD.kind NOT IN ('death_paper', 'reference', 'bank_open', 'paid_out')) EXECUTE FUNCTION refuse_second_use();
-- @end
-- @sqlite
DROP TRIGGER mark_stays;
CREATE TRIGGER mark_stays BEFORE UPDATE ON mark WHEN OLD.kind NOT IN ('death_paper', 'reference', 'bank_open', 'paid_out') BEGIN SELECT RAISE(ABORT, 'mark is used once'); END;
-- @end
