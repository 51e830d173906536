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
CREATE TABLE account (
    home_id          TEXT NOT NULL,
    account          TEXT NOT NULL,
    debit_fen        BIGINT NOT NULL DEFAULT 0,
    credit_fen       BIGINT NOT NULL DEFAULT 0,
    floor_fen        BIGINT NOT NULL DEFAULT 0,
    PRIMARY KEY (home_id, account),
    CONSTRAINT above_floor CHECK (
        CASE
            WHEN substr(account, 1, 11) = 'receivable/' THEN debit_fen - credit_fen
            WHEN substr(account, 1, 8) = 'deposit/' OR substr(account, 1, 9) = 'suspense/' THEN credit_fen - debit_fen
            ELSE floor_fen
        END >= floor_fen
    )
);
CREATE UNIQUE INDEX bill_line_reversed_once ON bill_line (home_id, case_no, reverses, reverses_line)
    WHERE reverses_line IS NOT NULL;
INSERT INTO account (home_id, account, debit_fen, credit_fen, floor_fen)
SELECT home_id, name, debits, credits, CASE
        WHEN substr(name, 1, 11) = 'receivable/' AND debits < credits THEN debits - credits
        WHEN substr(name, 1, 8) = 'deposit/' AND credits < debits THEN credits - debits
        ELSE 0
    END
FROM (
    SELECT home_id, name, sum(debits) AS debits, sum(credits) AS credits FROM (
        SELECT home_id, debit AS name, amount_fen AS debits, 0 AS credits FROM transfer
        UNION ALL SELECT home_id, credit, 0, amount_fen FROM transfer
    ) AS sides GROUP BY home_id, name
) AS moved;
-- @postgresql
CREATE FUNCTION account_is_of(account TEXT, case_no TEXT) RETURNS boolean LANGUAGE sql IMMUTABLE AS $$
SELECT CASE split_part(account, '/', 1)
    WHEN 'receivable' THEN split_part(account, '/', 2) = case_no AND split_part(account, '/', 3) <> ''
    WHEN 'deposit' THEN account = 'deposit/' || case_no
    WHEN 'suspense' THEN account = 'suspense/' || case_no
    ELSE account = 'carried_over' OR split_part(account, '/', 1) IN ('revenue', 'till')
END $$;
CREATE FUNCTION refuse_foreign_account() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF NOT (account_is_of(NEW.debit, NEW.case_no) AND account_is_of(NEW.credit, NEW.case_no)) THEN
        RAISE EXCEPTION USING ERRCODE = 'integrity_constraint_violation', MESSAGE = 'an account of another case, or of no kind';
    END IF;
    RETURN NEW;
END $$;
CREATE FUNCTION post_transfer() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    INSERT INTO account (home_id, account)
        SELECT DISTINCT home_id, name FROM posted, LATERAL (VALUES (debit), (credit)) AS named (name) ORDER BY home_id, name
        ON CONFLICT (home_id, account) DO NOTHING;
    UPDATE account SET debit_fen = account.debit_fen + moved.debits, credit_fen = account.credit_fen + moved.credits
        FROM (
            SELECT home_id, name, sum(debits) AS debits, sum(credits) AS credits
            FROM posted, LATERAL (VALUES (debit, amount_fen, 0), (credit, 0, amount_fen)) AS sides (name, debits, credits)
            GROUP BY home_id, name
        ) AS moved
        WHERE account.home_id = moved.home_id AND account.account = moved.name;
    RETURN NULL;
END $$;
CREATE FUNCTION refuse_by_hand() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF pg_trigger_depth() < 2 OR TG_OP = 'DELETE' THEN RAISE EXCEPTION USING ERRCODE = 'integrity_constraint_violation', MESSAGE = 'account is kept by transfers alone'; END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER transfer_of_its_case BEFORE INSERT ON transfer FOR EACH ROW EXECUTE FUNCTION refuse_foreign_account();
CREATE TRIGGER transfer_posts AFTER INSERT ON transfer REFERENCING NEW TABLE AS posted FOR EACH STATEMENT EXECUTE FUNCTION post_transfer();
CREATE TRIGGER account_by_transfers BEFORE INSERT OR UPDATE OR DELETE ON account FOR EACH ROW EXECUTE FUNCTION refuse_by_hand();
-- @end
-- @sqlite
CREATE TRIGGER transfer_of_its_case BEFORE INSERT ON transfer WHEN NOT (
    CASE substr(NEW.debit, 1, instr(NEW.debit || '/', '/') - 1)
        WHEN 'receivable' THEN substr(NEW.debit, 1, length(NEW.case_no) + 12) = 'receivable/' || NEW.case_no || '/'
            AND length(NEW.debit) > length(NEW.case_no) + 12
        WHEN 'deposit' THEN NEW.debit = 'deposit/' || NEW.case_no
        WHEN 'suspense' THEN NEW.debit = 'suspense/' || NEW.case_no
        ELSE NEW.debit = 'carried_over' OR substr(NEW.debit, 1, 8) = 'revenue/' OR substr(NEW.debit, 1, 5) = 'till/'
    END AND CASE substr(NEW.credit, 1, instr(NEW.credit || '/', '/') - 1)
        WHEN 'receivable' THEN substr(NEW.credit, 1, length(NEW.case_no) + 12) = 'receivable/' || NEW.case_no || '/'
            AND length(NEW.credit) > length(NEW.case_no) + 12
        WHEN 'deposit' THEN NEW.credit = 'deposit/' || NEW.case_no
        WHEN 'suspense' THEN NEW.credit = 'suspense/' || NEW.case_no
        ELSE NEW.credit = 'carried_over' OR substr(NEW.credit, 1, 8) = 'revenue/' OR substr(NEW.credit, 1, 5) = 'till/'
    END
) BEGIN SELECT RAISE(ABORT, 'an account of another case, or of no kind'); END;
CREATE TRIGGER transfer_posts AFTER INSERT ON transfer BEGIN
    INSERT OR IGNORE INTO account (home_id, account) VALUES (NEW.home_id, NEW.debit), (NEW.home_id, NEW.credit);
    UPDATE account SET debit_fen = debit_fen + NEW.amount_fen WHERE home_id = NEW.home_id AND account = NEW.debit;
    UPDATE account SET credit_fen = credit_fen + NEW.amount_fen WHERE home_id = NEW.home_id AND account = NEW.credit;
END;
CREATE TRIGGER account_grows BEFORE UPDATE ON account
WHEN NEW.home_id <> OLD.home_id OR NEW.account <> OLD.account OR NEW.floor_fen <> OLD.floor_fen
    OR NEW.debit_fen < OLD.debit_fen OR NEW.credit_fen < OLD.credit_fen
BEGIN SELECT RAISE(ABORT, 'account is kept by transfers alone'); END;
CREATE TRIGGER account_no_delete BEFORE DELETE ON account BEGIN SELECT RAISE(ABORT, 'account is kept by transfers alone'); END;
-- @end

-- What a family is asked to pay by QR, at a provider outside. order_no is made here and never used again.
-- state: asked | shown | paid | cancelled | expired | disputed (core.paying.OrderState); one asked or shown a case and
-- payer. qr: what the phone scans. next_at: when the provider is asked again; closed_at: it has said its last word.
-- provider_ref, paid_log_no: the payment that was posted, and the link of its fact.
CREATE TABLE payment_order (
    home_id          TEXT NOT NULL,
    order_no         TEXT NOT NULL,
    case_no          TEXT NOT NULL,
    payer            TEXT NOT NULL,
    amount_fen       BIGINT NOT NULL,
    state            TEXT NOT NULL,
    asked_by         TEXT NOT NULL,
    asked_at         MOMENT NOT NULL,
    expires_at       MOMENT NOT NULL,
    qr               TEXT NOT NULL,
    next_at          MOMENT NOT NULL,
    closed_at        MOMENT,
    provider_ref     TEXT,
    paid_log_no      BIGINT,
    PRIMARY KEY (home_id, order_no),
    FOREIGN KEY (home_id, case_no) REFERENCES funeral_case (home_id, case_no),
    CONSTRAINT order_is_positive CHECK (amount_fen > 0)
);
CREATE UNIQUE INDEX payment_order_live ON payment_order (home_id, case_no, payer) WHERE state IN ('asked', 'shown');
CREATE UNIQUE INDEX payment_order_ref ON payment_order (home_id, provider_ref);
CREATE INDEX payment_order_waiting ON payment_order (home_id, next_at) WHERE closed_at IS NULL;
CREATE INDEX payment_order_of_case ON payment_order (home_id, case_no);

-- Each payment that the provider has taken, once. why NULL: posted; otherwise in suspense (core.paying.Why) until a
-- person decides: settled: assigned | refunded; second: who approved. case_no NULL: nobody knows whose it is.
CREATE TABLE payment_arrival (
    home_id          TEXT NOT NULL,
    provider_ref     TEXT NOT NULL,
    order_no         TEXT NOT NULL,
    case_no          TEXT,
    amount_fen       BIGINT NOT NULL,
    paid_at          MOMENT NOT NULL,
    heard_at         MOMENT NOT NULL,
    log_no           BIGINT NOT NULL,
    why              TEXT,
    settled          TEXT,
    settled_at       MOMENT,
    settled_log_no   BIGINT,
    settled_by       TEXT,
    settled_second   TEXT,
    PRIMARY KEY (home_id, provider_ref),
    CONSTRAINT arrival_is_positive CHECK (amount_fen > 0)
);
CREATE INDEX payment_arrival_open ON payment_arrival (home_id, heard_at) WHERE why IS NOT NULL AND settled IS NULL;
CREATE INDEX payment_arrival_of_order ON payment_arrival (home_id, order_no);
CREATE INDEX payment_arrival_of_day ON payment_arrival (home_id, paid_at);

-- A day held against the provider's list: body is JSON of core.paying.DayFound. Append-only.
CREATE TABLE payment_day (
    home_id          TEXT NOT NULL,
    day              TEXT NOT NULL,
    log_no           BIGINT NOT NULL,
    made_at          MOMENT NOT NULL,
    body             TEXT NOT NULL,
    PRIMARY KEY (home_id, day, log_no)
);
-- @postgresql
CREATE TRIGGER payment_day_append_only BEFORE UPDATE OR DELETE ON payment_day FOR EACH ROW EXECUTE FUNCTION refuse_change();
-- @end
-- @sqlite
CREATE TRIGGER payment_day_no_update BEFORE UPDATE ON payment_day BEGIN SELECT RAISE(ABORT, 'payment_day is append-only'); END;
CREATE TRIGGER payment_day_no_delete BEFORE DELETE ON payment_day BEGIN SELECT RAISE(ABORT, 'payment_day is append-only'); END;
-- @end

-- What a person has to look at on a bill, by rules of core.review; raised by the transaction that posts. (log_no, line_no)
-- is the line; line_no -1 is the fact of that log number, or the money in suspense that came with it. caused_by, second:
-- who caused it; they never decide about it. evidence: JSON of core.review.Evidence. month: local, YYYY-MM.
-- state: open | accepted | returned | reversed (core.reviewing.FlagState); the newest review_decision says why.
CREATE TABLE review_flag (
    home_id          TEXT NOT NULL,
    log_no           BIGINT NOT NULL,
    line_no          BIGINT NOT NULL,
    rule             TEXT NOT NULL,
    case_no          TEXT,
    item             TEXT,
    payer            TEXT,
    station          TEXT,
    caused_by        TEXT,
    second           TEXT,
    amount_fen       BIGINT NOT NULL,
    at               MOMENT NOT NULL,
    month            TEXT NOT NULL,
    evidence         TEXT NOT NULL,
    state            TEXT NOT NULL,
    PRIMARY KEY (home_id, log_no, line_no, rule),
    FOREIGN KEY (home_id, case_no) REFERENCES funeral_case (home_id, case_no)
);
CREATE INDEX review_flag_newest ON review_flag (home_id, state, log_no, line_no, rule);
CREATE INDEX review_flag_by_amount ON review_flag (home_id, state, amount_fen, log_no, line_no, rule);
CREATE INDEX review_flag_by_rule ON review_flag (home_id, state, rule, log_no, line_no);
CREATE INDEX review_flag_by_item ON review_flag (home_id, state, item, log_no, line_no, rule);
CREATE INDEX review_flag_by_payer ON review_flag (home_id, state, payer, log_no, line_no, rule);
CREATE INDEX review_flag_by_station ON review_flag (home_id, state, station, log_no, line_no, rule);
CREATE INDEX review_flag_by_month ON review_flag (home_id, state, month, log_no, line_no, rule);
CREATE INDEX review_flag_of_case ON review_flag (home_id, state, case_no, log_no, line_no, rule);

-- What was decided about a flag, and why. Append-only; log_no is the decision's own link, flag_* name the flag.
-- decision: names of core.reviewing.Decision; reason: names of core.reviewing.Because.
CREATE TABLE review_decision (
    home_id          TEXT NOT NULL,
    log_no           BIGINT NOT NULL,
    flag_log_no      BIGINT NOT NULL,
    flag_line_no     BIGINT NOT NULL,
    rule             TEXT NOT NULL,
    decision         TEXT NOT NULL,
    reason           TEXT NOT NULL,
    decided_by       TEXT NOT NULL,
    at               MOMENT NOT NULL,
    PRIMARY KEY (home_id, log_no),
    FOREIGN KEY (home_id, flag_log_no, flag_line_no, rule) REFERENCES review_flag (home_id, log_no, line_no, rule)
);
CREATE INDEX review_decision_of_flag ON review_decision (home_id, flag_log_no, flag_line_no, rule, log_no);
-- @postgresql
CREATE TRIGGER review_decision_append_only BEFORE UPDATE OR DELETE ON review_decision FOR EACH ROW EXECUTE FUNCTION refuse_change();
CREATE FUNCTION refuse_other_flag() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN RAISE EXCEPTION USING ERRCODE = 'integrity_constraint_violation', MESSAGE = 'a flag stays as it was raised'; END $$;
CREATE TRIGGER review_flag_stays BEFORE UPDATE ON review_flag FOR EACH ROW WHEN (to_jsonb(OLD) - 'state' <> to_jsonb(NEW) - 'state') EXECUTE FUNCTION refuse_other_flag();
CREATE TRIGGER review_flag_no_delete BEFORE DELETE ON review_flag FOR EACH ROW EXECUTE FUNCTION refuse_other_flag();
-- @end
-- @sqlite
CREATE TRIGGER review_decision_no_update BEFORE UPDATE ON review_decision BEGIN SELECT RAISE(ABORT, 'review_decision is append-only'); END;
CREATE TRIGGER review_decision_no_delete BEFORE DELETE ON review_decision BEGIN SELECT RAISE(ABORT, 'review_decision is append-only'); END;
CREATE TRIGGER review_flag_stays BEFORE UPDATE OF home_id, log_no, line_no, rule, case_no, item, payer, station, caused_by, second, amount_fen, at, month, evidence ON review_flag BEGIN SELECT RAISE(ABORT, 'a flag stays as it was raised'); END;
CREATE TRIGGER review_flag_no_delete BEFORE DELETE ON review_flag BEGIN SELECT RAISE(ABORT, 'a flag stays as it was raised'); END;
-- @end

-- The city's waiver tables: body is JSON of core.waivers.WaiverTable. The one that began last is in force; before the
-- first, the rows of the price list say what is waived. made_by NULL: founded with the home. Append-only.
CREATE TABLE waiver_table (
    home_id          TEXT NOT NULL REFERENCES home (home_id),
    version          BIGINT NOT NULL,
    valid_from       TEXT NOT NULL,
    body             TEXT NOT NULL,
    made_at          MOMENT,
    made_by          TEXT,
    second           TEXT,
    PRIMARY KEY (home_id, version)
);
ALTER TABLE bill_line ADD COLUMN waiver_source TEXT;
-- @postgresql
CREATE TRIGGER waiver_table_append_only BEFORE UPDATE OR DELETE ON waiver_table FOR EACH ROW EXECUTE FUNCTION refuse_change();
-- @end
-- @sqlite
CREATE TRIGGER waiver_table_no_update BEFORE UPDATE ON waiver_table BEGIN SELECT RAISE(ABORT, 'waiver_table is append-only'); END;
CREATE TRIGGER waiver_table_no_delete BEFORE DELETE ON waiver_table BEGIN SELECT RAISE(ABORT, 'waiver_table is append-only'); END;
-- @end

-- A cashier's shift at a drawer: one open a cashier, one open a drawer. shift_no: the log link that opened it.
-- *_counts: JSON, pieces by denomination in fen. expected_fen: float and ledger when it was closed; why: a name of
-- core.till.DifferenceWhy, where counted and expected differ. closed_by, second: who counted. A closed shift never changes.
CREATE TABLE till_shift (
    home_id          TEXT NOT NULL,
    shift_no         BIGINT NOT NULL,
    staff_no         TEXT NOT NULL,
    drawer           TEXT NOT NULL,
    opened_at        MOMENT NOT NULL,
    float_fen        BIGINT NOT NULL,
    opened_counts    TEXT NOT NULL,
    closed_at        MOMENT,
    closed_counts    TEXT,
    counted_fen      BIGINT,
    expected_fen     BIGINT,
    why              TEXT,
    closed_by        TEXT,
    second           TEXT,
    PRIMARY KEY (home_id, shift_no),
    FOREIGN KEY (home_id, staff_no) REFERENCES staff (home_id, staff_no),
    CONSTRAINT float_is_counted CHECK (float_fen >= 0),
    CONSTRAINT close_is_counted CHECK (
        (closed_at IS NULL) = (counted_fen IS NULL) AND (closed_at IS NULL) = (expected_fen IS NULL)
        AND (closed_at IS NULL OR counted_fen = expected_fen OR why IS NOT NULL)
    )
);
CREATE UNIQUE INDEX till_shift_of_cashier ON till_shift (home_id, staff_no) WHERE closed_at IS NULL;
CREATE UNIQUE INDEX till_shift_of_drawer ON till_shift (home_id, drawer) WHERE closed_at IS NULL;
CREATE INDEX till_shift_by_cashier ON till_shift (home_id, staff_no, shift_no);

-- In which shift the cash of a fact is; how much it is stands in transfer alone. shift_no NULL: its cashier had none.
-- Append-only.
CREATE TABLE till_taking (
    home_id          TEXT NOT NULL,
    case_no          TEXT NOT NULL,
    log_no           BIGINT NOT NULL,
    staff_no         TEXT NOT NULL,
    at               MOMENT NOT NULL,
    shift_no         BIGINT,
    PRIMARY KEY (home_id, case_no, log_no),
    FOREIGN KEY (home_id, case_no) REFERENCES funeral_case (home_id, case_no),
    FOREIGN KEY (home_id, shift_no) REFERENCES till_shift (home_id, shift_no)
);
CREATE INDEX till_taking_of_shift ON till_taking (home_id, shift_no, log_no);
CREATE INDEX till_taking_nowhere ON till_taking (home_id, log_no) WHERE shift_no IS NULL;
-- @postgresql
CREATE FUNCTION refuse_after_close() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP = 'DELETE' OR OLD.closed_at IS NOT NULL THEN RAISE EXCEPTION USING ERRCODE = 'integrity_constraint_violation', MESSAGE = 'a closed shift never changes'; END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER till_shift_stays BEFORE UPDATE OR DELETE ON till_shift FOR EACH ROW EXECUTE FUNCTION refuse_after_close();
CREATE TRIGGER till_taking_append_only BEFORE UPDATE OR DELETE ON till_taking FOR EACH ROW EXECUTE FUNCTION refuse_change();
-- @end
-- @sqlite
CREATE TRIGGER till_shift_stays BEFORE UPDATE ON till_shift WHEN OLD.closed_at IS NOT NULL BEGIN SELECT RAISE(ABORT, 'a closed shift never changes'); END;
CREATE TRIGGER till_shift_no_delete BEFORE DELETE ON till_shift BEGIN SELECT RAISE(ABORT, 'a shift is never deleted'); END;
CREATE TRIGGER till_taking_no_update BEFORE UPDATE ON till_taking BEGIN SELECT RAISE(ABORT, 'till_taking is append-only'); END;
CREATE TRIGGER till_taking_no_delete BEFORE DELETE ON till_taking BEGIN SELECT RAISE(ABORT, 'till_taking is append-only'); END;
-- @end

-- From an account of the home to its transfers; those of a case have its number.
CREATE INDEX transfer_debit_of_home ON transfer (home_id, debit, log_no)
    WHERE substr(debit, 1, 5) IN ('till/', 'reven', 'carri');
CREATE INDEX transfer_credit_of_home ON transfer (home_id, credit, log_no)
    WHERE substr(credit, 1, 5) IN ('till/', 'reven', 'carri');

-- A business day that two people closed: body is JSON of core.day_close.DayClosed with its figures, sig the service's
-- Ed25519 signature over it, log_no the act. Whatever is posted later belongs to a later day. Append-only.
CREATE TABLE day_close (
    home_id          TEXT NOT NULL REFERENCES home (home_id),
    day              TEXT NOT NULL,
    log_no           BIGINT NOT NULL,
    body             TEXT NOT NULL,
    sig              BYTES NOT NULL,
    PRIMARY KEY (home_id, day)
);
-- @postgresql
CREATE TRIGGER day_close_append_only BEFORE UPDATE OR DELETE ON day_close FOR EACH ROW EXECUTE FUNCTION refuse_change();
-- @end
-- @sqlite
CREATE TRIGGER day_close_no_update BEFORE UPDATE ON day_close BEGIN SELECT RAISE(ABORT, 'day_close is append-only'); END;
CREATE TRIGGER day_close_no_delete BEFORE DELETE ON day_close BEGIN SELECT RAISE(ABORT, 'day_close is append-only'); END;
-- @end

-- The dearest of a month, an item, a payer or a station are found without a look at every flag between them.
DROP INDEX review_flag_by_amount;
CREATE INDEX review_flag_by_amount ON review_flag
    (home_id, state, amount_fen, log_no, line_no, rule, month, item, payer, station);

-- From a figure of the statistics down to its lines.
CREATE INDEX bill_line_by_log ON bill_line (home_id, log_no, line_no);

-- The numbered stock of receipts, in two families (names of core.receipts.Family). state: stock | drawn | void, forward
-- only; a number is never deleted. held_by: who keeps the form while it is stock. body: JSON of core.receipts.Receipt as
-- it was issued, over amount_fen; neither ever changes. What is void says why, and names two people.
CREATE TABLE receipt (
    home_id          TEXT NOT NULL REFERENCES home (home_id),
    family           TEXT NOT NULL,
    number           TEXT NOT NULL,
    state            TEXT NOT NULL,
    batch            TEXT NOT NULL,
    held_by          TEXT,
    case_no          TEXT,
    drawn_at         MOMENT,
    drawn_by         TEXT,
    amount_fen       BIGINT,
    body             TEXT,
    void_at          MOMENT,
    void_why         TEXT,
    void_by          TEXT,
    void_second      TEXT,
    PRIMARY KEY (home_id, family, number),
    FOREIGN KEY (home_id, case_no) REFERENCES funeral_case (home_id, case_no),
    CONSTRAINT state_is_known CHECK (state IN ('stock', 'drawn', 'void')),
    CONSTRAINT drawn_is_told CHECK (
        (case_no IS NULL) = (body IS NULL) AND (case_no IS NULL) = (drawn_at IS NULL) AND (case_no IS NULL) = (amount_fen IS NULL)
        AND (state <> 'drawn' OR case_no IS NOT NULL) AND (state <> 'stock' OR case_no IS NULL)
        AND (amount_fen IS NULL OR amount_fen > 0)
    ),
    CONSTRAINT void_is_explained CHECK (
        (state = 'void') = (void_at IS NOT NULL)
        AND (state <> 'void' OR (void_why IS NOT NULL AND void_by IS NOT NULL AND void_second IS NOT NULL AND void_by <> void_second))
    )
);
CREATE INDEX receipt_of_case ON receipt (home_id, case_no, family, number) WHERE case_no IS NOT NULL;
CREATE INDEX receipt_by_state ON receipt (home_id, family, state, number);
CREATE INDEX receipt_kept ON receipt (home_id, family, held_by, number) WHERE state = 'stock';
CREATE INDEX audit_link_of_receipts ON audit_link (home_id, log_no) WHERE substr(what, 1, 9) = 'receipts ';

-- A stock of receipts counted by hand: body is JSON of core.stock.Count. Append-only.
CREATE TABLE receipt_count (
    home_id          TEXT NOT NULL,
    log_no           BIGINT NOT NULL,
    family           TEXT NOT NULL,
    at               MOMENT NOT NULL,
    staff_no         TEXT NOT NULL,
    counted          BIGINT NOT NULL,
    recorded         BIGINT NOT NULL,
    body             TEXT NOT NULL,
    PRIMARY KEY (home_id, log_no)
);
-- A number of a receipt is used once, and stays with what it was issued for.
-- @postgresql
CREATE TRIGGER receipt_count_append_only BEFORE UPDATE OR DELETE ON receipt_count FOR EACH ROW EXECUTE FUNCTION refuse_change();
CREATE FUNCTION refuse_other_receipt() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN RAISE EXCEPTION USING ERRCODE = 'integrity_constraint_violation', MESSAGE = 'a receipt is used once'; END $$;
CREATE TRIGGER receipt_path BEFORE UPDATE ON receipt FOR EACH ROW WHEN (OLD.home_id <> NEW.home_id OR OLD.family <> NEW.family OR OLD.number <> NEW.number OR (OLD.state = 'void' AND NEW.state <> 'void') OR (OLD.state = 'drawn' AND NEW.state = 'stock') OR (OLD.case_no IS NOT NULL AND (NEW.case_no IS DISTINCT FROM OLD.case_no OR NEW.body IS DISTINCT FROM OLD.body OR NEW.amount_fen IS DISTINCT FROM OLD.amount_fen OR NEW.drawn_at IS DISTINCT FROM OLD.drawn_at)) OR (OLD.state = 'void' AND (NEW.case_no IS DISTINCT FROM OLD.case_no OR NEW.void_at IS DISTINCT FROM OLD.void_at OR NEW.void_why IS DISTINCT FROM OLD.void_why OR NEW.void_by IS DISTINCT FROM OLD.void_by OR NEW.void_second IS DISTINCT FROM OLD.void_second))) EXECUTE FUNCTION refuse_other_receipt();
CREATE TRIGGER receipt_no_delete BEFORE DELETE ON receipt FOR EACH ROW EXECUTE FUNCTION refuse_other_receipt();
-- @end
-- @sqlite
CREATE TRIGGER receipt_count_no_update BEFORE UPDATE ON receipt_count BEGIN SELECT RAISE(ABORT, 'receipt_count is append-only'); END;
CREATE TRIGGER receipt_count_no_delete BEFORE DELETE ON receipt_count BEGIN SELECT RAISE(ABORT, 'receipt_count is append-only'); END;
CREATE TRIGGER receipt_path BEFORE UPDATE ON receipt WHEN OLD.home_id <> NEW.home_id OR OLD.family <> NEW.family OR OLD.number <> NEW.number OR (OLD.state = 'void' AND NEW.state <> 'void') OR (OLD.state = 'drawn' AND NEW.state = 'stock') OR (OLD.case_no IS NOT NULL AND (NEW.case_no IS NOT OLD.case_no OR NEW.body IS NOT OLD.body OR NEW.amount_fen IS NOT OLD.amount_fen OR NEW.drawn_at IS NOT OLD.drawn_at)) OR (OLD.state = 'void' AND (NEW.case_no IS NOT OLD.case_no OR NEW.void_at IS NOT OLD.void_at OR NEW.void_why IS NOT OLD.void_why OR NEW.void_by IS NOT OLD.void_by OR NEW.void_second IS NOT OLD.void_second)) BEGIN SELECT RAISE(ABORT, 'a receipt is used once'); END;
CREATE TRIGGER receipt_no_delete BEFORE DELETE ON receipt BEGIN SELECT RAISE(ABORT, 'a receipt is used once'); END;
-- @end

-- A statement to a payer outside (core.statements). draft_no: the log link that made it. state: draft | sent | discarded;
-- ended_*: who approved and sent it, or discarded it. number: given when it is sent, 1, 2, 3 without a gap. handed:
-- outbox | by_hand. body: JSON of core.statements.Statement, its SHA-256 in the link of log_no. Frozen when it has ended.
CREATE TABLE statement (
    home_id          TEXT NOT NULL REFERENCES home (home_id),
    draft_no         BIGINT NOT NULL,
    payer            TEXT NOT NULL,
    first_day        TEXT NOT NULL,
    last_day         TEXT NOT NULL,
    made_by          TEXT NOT NULL,
    made_at          MOMENT NOT NULL,
    state            TEXT NOT NULL,
    ended_by         TEXT,
    ended_at         MOMENT,
    number           BIGINT,
    handed           TEXT,
    log_no           BIGINT,
    body             TEXT,
    PRIMARY KEY (home_id, draft_no),
    CONSTRAINT sent_whole CHECK (
        (state = 'sent') = (number IS NOT NULL) AND (state = 'sent') = (body IS NOT NULL)
        AND (state = 'draft') = (ended_by IS NULL) AND (state <> 'sent' OR made_by <> ended_by)
    )
);
CREATE UNIQUE INDEX statement_number ON statement (home_id, number);
CREATE INDEX statement_of_state ON statement (home_id, state, draft_no);

-- A line of a bill on a statement: at most on one living statement of a payer. gone: discarded | returned (the payer
-- disputes it; why: names of core.statements.ReturnedWhy). A line is put on a draft, and goes once.
CREATE TABLE statement_line (
    home_id          TEXT NOT NULL,
    draft_no         BIGINT NOT NULL,
    case_no          TEXT NOT NULL,
    log_no           BIGINT NOT NULL,
    line_no          BIGINT NOT NULL,
    payer            TEXT NOT NULL,
    amount_fen       BIGINT NOT NULL,
    gone             TEXT,
    gone_at          MOMENT,
    gone_by          TEXT,
    why              TEXT,
    PRIMARY KEY (home_id, draft_no, case_no, log_no, line_no),
    FOREIGN KEY (home_id, draft_no) REFERENCES statement (home_id, draft_no),
    FOREIGN KEY (home_id, case_no, log_no, line_no) REFERENCES bill_line (home_id, case_no, log_no, line_no),
    CONSTRAINT asks_something CHECK (amount_fen > 0),
    CONSTRAINT returned_with_reason CHECK (gone IS NULL OR gone_by IS NOT NULL AND (gone = 'returned') = (why IS NOT NULL))
);
CREATE UNIQUE INDEX statement_line_living ON statement_line (home_id, payer, case_no, log_no, line_no) WHERE gone IS NULL;
CREATE INDEX statement_line_returned ON statement_line (home_id, payer, case_no, log_no, line_no) WHERE gone = 'returned';

-- What came for a statement. log_no: who entered it, and the transfers say for which cases. reference: the bank's number
-- of the payment, once a home. Append-only.
CREATE TABLE statement_payment (
    home_id          TEXT NOT NULL,
    log_no           BIGINT NOT NULL,
    draft_no         BIGINT NOT NULL,
    amount_fen       BIGINT NOT NULL,
    reference        TEXT NOT NULL,
    received_on      TEXT NOT NULL,
    entered_by       TEXT NOT NULL,
    entered_at       MOMENT NOT NULL,
    PRIMARY KEY (home_id, log_no),
    FOREIGN KEY (home_id, draft_no) REFERENCES statement (home_id, draft_no),
    CONSTRAINT something_came CHECK (amount_fen > 0)
);
CREATE UNIQUE INDEX statement_payment_once ON statement_payment (home_id, reference);
CREATE INDEX statement_payment_of ON statement_payment (home_id, draft_no, log_no);
CREATE INDEX bill_line_of_payer ON bill_line (home_id, payer, at) WHERE payer <> 'family';
CREATE INDEX bill_line_of_bearer ON bill_line (home_id, waiver_payer, at) WHERE waiver_payer IS NOT NULL;
-- @postgresql
CREATE FUNCTION refuse_statement() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP = 'DELETE' OR OLD.state <> 'draft'
        OR to_jsonb(OLD) - '{state,ended_by,ended_at,number,handed,log_no,body}'::text[]
            <> to_jsonb(NEW) - '{state,ended_by,ended_at,number,handed,log_no,body}'::text[] THEN
        RAISE EXCEPTION USING ERRCODE = 'integrity_constraint_violation', MESSAGE = 'a statement stays as it was made, and ends once';
    END IF;
    IF NEW.number <> (SELECT coalesce(max(number), 0) + 1 FROM statement WHERE home_id = NEW.home_id) THEN
        RAISE EXCEPTION USING ERRCODE = 'integrity_constraint_violation', MESSAGE = 'numbers of statements follow each other';
    END IF;
    RETURN NEW;
END $$;
CREATE FUNCTION refuse_statement_line() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP = 'INSERT' THEN
        IF NOT EXISTS (SELECT 1 FROM statement WHERE home_id = NEW.home_id AND draft_no = NEW.draft_no AND state = 'draft') THEN
            RAISE EXCEPTION USING ERRCODE = 'integrity_constraint_violation', MESSAGE = 'a line is put on a draft alone';
        END IF;
    ELSIF TG_OP = 'DELETE' OR OLD.gone IS NOT NULL
        OR to_jsonb(OLD) - '{gone,gone_at,gone_by,why}'::text[] <> to_jsonb(NEW) - '{gone,gone_at,gone_by,why}'::text[] THEN
        RAISE EXCEPTION USING ERRCODE = 'integrity_constraint_violation', MESSAGE = 'a line of a statement stays, and goes once';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER statement_stays BEFORE UPDATE OR DELETE ON statement FOR EACH ROW EXECUTE FUNCTION refuse_statement();
CREATE TRIGGER statement_line_stays BEFORE INSERT OR UPDATE OR DELETE ON statement_line FOR EACH ROW EXECUTE FUNCTION refuse_statement_line();
CREATE TRIGGER statement_payment_append_only BEFORE UPDATE OR DELETE ON statement_payment FOR EACH ROW EXECUTE FUNCTION refuse_change();
-- @end
-- @sqlite
CREATE TRIGGER statement_stays BEFORE UPDATE ON statement WHEN OLD.state <> 'draft' OR OLD.home_id <> NEW.home_id OR OLD.draft_no <> NEW.draft_no OR OLD.payer <> NEW.payer OR OLD.first_day <> NEW.first_day OR OLD.last_day <> NEW.last_day OR OLD.made_by <> NEW.made_by OR OLD.made_at <> NEW.made_at BEGIN SELECT RAISE(ABORT, 'a statement stays as it was made, and ends once'); END;
CREATE TRIGGER statement_numbered BEFORE UPDATE ON statement WHEN OLD.state = 'draft' AND NEW.number <> (SELECT coalesce(max(number), 0) + 1 FROM statement WHERE home_id = NEW.home_id) BEGIN SELECT RAISE(ABORT, 'numbers of statements follow each other'); END;
CREATE TRIGGER statement_no_delete BEFORE DELETE ON statement BEGIN SELECT RAISE(ABORT, 'a statement stays as it was made, and ends once'); END;
CREATE TRIGGER statement_line_on_draft BEFORE INSERT ON statement_line WHEN NOT EXISTS (SELECT 1 FROM statement WHERE home_id = NEW.home_id AND draft_no = NEW.draft_no AND state = 'draft') BEGIN SELECT RAISE(ABORT, 'a line is put on a draft alone'); END;
CREATE TRIGGER statement_line_stays BEFORE UPDATE ON statement_line WHEN OLD.gone IS NOT NULL OR OLD.home_id <> NEW.home_id OR OLD.draft_no <> NEW.draft_no OR OLD.case_no <> NEW.case_no OR OLD.log_no <> NEW.log_no OR OLD.line_no <> NEW.line_no OR OLD.payer <> NEW.payer OR OLD.amount_fen <> NEW.amount_fen BEGIN SELECT RAISE(ABORT, 'a line of a statement stays, and goes once'); END;
CREATE TRIGGER statement_line_no_delete BEFORE DELETE ON statement_line BEGIN SELECT RAISE(ABORT, 'a line of a statement stays, and goes once'); END;
CREATE TRIGGER statement_payment_no_update BEFORE UPDATE ON statement_payment BEGIN SELECT RAISE(ABORT, 'statement_payment is append-only'); END;
CREATE TRIGGER statement_payment_no_delete BEFORE DELETE ON statement_payment BEGIN SELECT RAISE(ABORT, 'statement_payment is append-only'); END;
-- @end

-- When the modules' registers were asked which waivers a case's person is entitled to. turns: core.registers.turns of the
-- case then. answered_at NULL: one did not answer, asked again at next_at. faults: JSON, register to its fault
-- (core.registers.RegisterFault). lost: numbers of records that a register had proven and says no of, by its last word.
CREATE TABLE register_ask (
    home_id          TEXT NOT NULL,
    case_no          TEXT NOT NULL,
    turns            BIGINT NOT NULL,
    tries            BIGINT NOT NULL,
    next_at          MOMENT NOT NULL,
    answered_at      MOMENT,
    faults           TEXT NOT NULL,
    lost             TEXT,
    PRIMARY KEY (home_id, case_no),
    FOREIGN KEY (home_id, case_no) REFERENCES funeral_case (home_id, case_no)
);
CREATE INDEX register_ask_waiting ON register_ask (home_id, next_at) WHERE answered_at IS NULL;
CREATE INDEX register_ask_lost ON register_ask (home_id, case_no) WHERE lost IS NOT NULL;

ALTER TABLE log_head ADD COLUMN day TEXT NOT NULL DEFAULT '';
-- Which business day a log number is of: the last one that began at it or before it. Days never go back. Append-only.
CREATE TABLE business_day (
    home_id          TEXT NOT NULL REFERENCES home (home_id),
    day              TEXT NOT NULL,
    from_log_no      BIGINT NOT NULL,
    PRIMARY KEY (home_id, day)
);
CREATE UNIQUE INDEX business_day_begins ON business_day (home_id, from_log_no);

-- Summaries, kept by the database itself from every fact, line and transfer, and from nothing else: reports read them,
-- however many rows there are. entries: how many rows were summed; '' stands for what a row does not say.
-- waiver_for: the category of the record that a waiver names. memo: why the money moved.
CREATE TABLE revenue_day (
    home_id          TEXT NOT NULL,
    day              TEXT NOT NULL,
    item             TEXT NOT NULL,
    payer            TEXT NOT NULL,
    station          TEXT NOT NULL,
    price_version    TEXT NOT NULL,
    waiver_payer     TEXT NOT NULL,
    waiver_for       TEXT NOT NULL,
    entries          BIGINT NOT NULL,
    price_fen        BIGINT NOT NULL,
    waiver_fen       BIGINT NOT NULL,
    due_fen          BIGINT NOT NULL,
    PRIMARY KEY (home_id, day, item, payer, station, price_version, waiver_payer, waiver_for)
);
CREATE TABLE money_day (
    home_id          TEXT NOT NULL,
    day              TEXT NOT NULL,
    means            TEXT NOT NULL,
    cashier          TEXT NOT NULL,
    memo             TEXT NOT NULL,
    entries          BIGINT NOT NULL,
    in_fen           BIGINT NOT NULL,
    out_fen          BIGINT NOT NULL,
    PRIMARY KEY (home_id, day, means, cashier, memo)
);
CREATE TABLE tap_day (
    home_id          TEXT NOT NULL,
    day              TEXT NOT NULL,
    station          TEXT NOT NULL,
    observed         BIGINT NOT NULL,
    entries          BIGINT NOT NULL,
    PRIMARY KEY (home_id, day, station, observed)
);

-- How long something has stood on an account of a case: since the first day at whose end it did, without a break, until
-- (and without) the day at whose end it was even; '9999-12-31' while it stands. kind: the group of core.trial_balance.
-- standing_day sums what days moved on each group, by the day since when it had stood.
CREATE TABLE account_spell (
    home_id          TEXT NOT NULL,
    account          TEXT NOT NULL,
    since            TEXT NOT NULL,
    kind             TEXT NOT NULL,
    until            TEXT NOT NULL,
    PRIMARY KEY (home_id, account, since)
);
CREATE INDEX account_spell_stands ON account_spell (home_id, kind, until, since, account);
CREATE TABLE standing_day (
    home_id          TEXT NOT NULL,
    day              TEXT NOT NULL,
    kind             TEXT NOT NULL,
    since            TEXT NOT NULL,
    debit_fen        BIGINT NOT NULL,
    credit_fen       BIGINT NOT NULL,
    PRIMARY KEY (home_id, day, kind, since)
);

-- From a figure of a report down to its rows.
CREATE INDEX bill_line_by_item ON bill_line (home_id, item, log_no, line_no);
CREATE INDEX fact_by_log ON fact (home_id, log_no);
-- @postgresql
CREATE FUNCTION refuse_sum_by_hand() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF pg_trigger_depth() < 2 OR TG_OP = 'DELETE' THEN
        RAISE EXCEPTION USING ERRCODE = 'integrity_constraint_violation', MESSAGE = TG_TABLE_NAME || ' is kept by what is posted alone';
    END IF;
    RETURN NEW;
END $$;
CREATE FUNCTION sum_lines() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    INSERT INTO revenue_day AS kept
        SELECT home_id, (SELECT max(day) FROM business_day AS d WHERE d.home_id = posted.home_id), item, payer, COALESCE(fact.body::jsonb ->> 'station_kind', ''), price_version,
            COALESCE(waiver_payer, ''), split_part(COALESCE(waiver_source, ''), ' ', 1),
            count(*), sum(price_fen), sum(waiver_fen), sum(due_fen)
        FROM posted LEFT JOIN fact USING (home_id, case_no, log_no) GROUP BY 1, 2, 3, 4, 5, 6, 7, 8
        ON CONFLICT (home_id, day, item, payer, station, price_version, waiver_payer, waiver_for) DO UPDATE
        SET entries = kept.entries + EXCLUDED.entries, price_fen = kept.price_fen + EXCLUDED.price_fen,
            waiver_fen = kept.waiver_fen + EXCLUDED.waiver_fen, due_fen = kept.due_fen + EXCLUDED.due_fen;
    RETURN NULL;
END $$;
CREATE FUNCTION sum_money() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    INSERT INTO money_day AS kept
        SELECT home_id, (SELECT max(day) FROM business_day AS d WHERE d.home_id = posted.home_id), substr(side, 6), COALESCE(fact.body::jsonb ->> 'staff_no', ''), memo,
            count(*), sum(came), sum(went)
        FROM posted CROSS JOIN LATERAL (VALUES (debit, amount_fen, 0), (credit, 0, amount_fen)) AS sides (side, came, went)
            LEFT JOIN fact USING (home_id, case_no, log_no)
        WHERE split_part(side, '/', 1) = 'till' GROUP BY 1, 2, 3, 4, 5
        ON CONFLICT (home_id, day, means, cashier, memo) DO UPDATE
        SET entries = kept.entries + EXCLUDED.entries, in_fen = kept.in_fen + EXCLUDED.in_fen, out_fen = kept.out_fen + EXCLUDED.out_fen;
    RETURN NULL;
END $$;
CREATE FUNCTION count_taps() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    INSERT INTO tap_day AS kept
        SELECT home_id, (SELECT max(day) FROM business_day AS d WHERE d.home_id = posted.home_id), body::jsonb ->> 'station_kind', (body::jsonb ->> 'observed')::boolean::int, count(*)
        FROM posted GROUP BY 1, 2, 3, 4
        ON CONFLICT (home_id, day, station, observed) DO UPDATE SET entries = kept.entries + EXCLUDED.entries;
    RETURN NULL;
END $$;
CREATE FUNCTION keep_spells() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    INSERT INTO account_spell
        SELECT home_id, account, (SELECT max(day) FROM business_day AS d WHERE d.home_id = was.home_id), CASE split_part(account, '/', 1)
            WHEN 'receivable' THEN 'receivable/' || split_part(account, '/', 3) ELSE split_part(account, '/', 1) END, '9999-12-31'
        FROM was WHERE debit_fen = credit_fen AND split_part(account, '/', 1) IN ('receivable', 'deposit', 'suspense')
            AND NOT EXISTS (SELECT 1 FROM account_spell AS ended WHERE ended.home_id = was.home_id AND ended.account = was.account
                AND ended.until = (SELECT max(day) FROM business_day AS d WHERE d.home_id = was.home_id));
    UPDATE account_spell AS spell SET until = CASE WHEN now.debit_fen = now.credit_fen THEN (SELECT max(day) FROM business_day AS d WHERE d.home_id = now.home_id) ELSE '9999-12-31' END
        FROM now JOIN was USING (home_id, account)
        WHERE spell.home_id = now.home_id AND spell.account = now.account
            AND (was.debit_fen = was.credit_fen OR now.debit_fen = now.credit_fen)
            AND spell.since = (SELECT max(since) FROM account_spell AS last WHERE last.home_id = now.home_id AND last.account = now.account);
    INSERT INTO standing_day AS kept
        SELECT home_id, (SELECT max(day) FROM business_day AS d WHERE d.home_id = now.home_id), spell.kind, spell.since,
            sum(now.debit_fen - was.debit_fen), sum(now.credit_fen - was.credit_fen)
        FROM now JOIN was USING (home_id, account) JOIN account_spell AS spell USING (home_id, account)
        WHERE spell.since = (SELECT max(since) FROM account_spell AS last WHERE last.home_id = now.home_id AND last.account = now.account)
        GROUP BY 1, 2, 3, 4
        ON CONFLICT (home_id, day, kind, since) DO UPDATE
        SET debit_fen = kept.debit_fen + EXCLUDED.debit_fen, credit_fen = kept.credit_fen + EXCLUDED.credit_fen;
    RETURN NULL;
END $$;
CREATE TRIGGER line_sums AFTER INSERT ON bill_line REFERENCING NEW TABLE AS posted FOR EACH STATEMENT EXECUTE FUNCTION sum_lines();
CREATE TRIGGER transfer_sums AFTER INSERT ON transfer REFERENCING NEW TABLE AS posted FOR EACH STATEMENT EXECUTE FUNCTION sum_money();
CREATE TRIGGER fact_sums AFTER INSERT ON fact REFERENCING NEW TABLE AS posted FOR EACH STATEMENT EXECUTE FUNCTION count_taps();
CREATE TRIGGER account_sums AFTER UPDATE ON account REFERENCING OLD TABLE AS was NEW TABLE AS now FOR EACH STATEMENT EXECUTE FUNCTION keep_spells();
CREATE TRIGGER business_day_append_only BEFORE UPDATE OR DELETE ON business_day FOR EACH ROW EXECUTE FUNCTION refuse_change();
CREATE TRIGGER revenue_day_by_lines BEFORE INSERT OR UPDATE OR DELETE ON revenue_day FOR EACH ROW EXECUTE FUNCTION refuse_sum_by_hand();
CREATE TRIGGER money_day_by_transfers BEFORE INSERT OR UPDATE OR DELETE ON money_day FOR EACH ROW EXECUTE FUNCTION refuse_sum_by_hand();
CREATE TRIGGER tap_day_by_facts BEFORE INSERT OR UPDATE OR DELETE ON tap_day FOR EACH ROW EXECUTE FUNCTION refuse_sum_by_hand();
CREATE TRIGGER account_spell_by_transfers BEFORE INSERT OR UPDATE OR DELETE ON account_spell FOR EACH ROW EXECUTE FUNCTION refuse_sum_by_hand();
CREATE TRIGGER standing_day_by_transfers BEFORE INSERT OR UPDATE OR DELETE ON standing_day FOR EACH ROW EXECUTE FUNCTION refuse_sum_by_hand();
-- @end
-- @sqlite
CREATE TRIGGER line_sums AFTER INSERT ON bill_line BEGIN
    INSERT INTO revenue_day VALUES (
        NEW.home_id, (SELECT max(day) FROM business_day WHERE home_id = NEW.home_id), NEW.item, NEW.payer,
        COALESCE((SELECT json_extract(body, '$.station_kind') FROM fact
            WHERE home_id = NEW.home_id AND case_no = NEW.case_no AND log_no = NEW.log_no), ''),
        NEW.price_version, COALESCE(NEW.waiver_payer, ''),
        substr(COALESCE(NEW.waiver_source, ''), 1, instr(COALESCE(NEW.waiver_source, '') || ' ', ' ') - 1),
        1, NEW.price_fen, NEW.waiver_fen, NEW.due_fen
    ) ON CONFLICT (home_id, day, item, payer, station, price_version, waiver_payer, waiver_for) DO UPDATE
        SET entries = entries + 1, price_fen = price_fen + EXCLUDED.price_fen,
            waiver_fen = waiver_fen + EXCLUDED.waiver_fen, due_fen = due_fen + EXCLUDED.due_fen;
END;
CREATE TRIGGER transfer_sums AFTER INSERT ON transfer WHEN substr(NEW.debit, 1, 5) = 'till/' OR substr(NEW.credit, 1, 5) = 'till/' BEGIN
    INSERT INTO money_day
        SELECT NEW.home_id, (SELECT max(day) FROM business_day WHERE home_id = NEW.home_id), substr(side, 6),
            COALESCE((SELECT json_extract(body, '$.staff_no') FROM fact
                WHERE home_id = NEW.home_id AND case_no = NEW.case_no AND log_no = NEW.log_no), ''),
            NEW.memo, 1, came, went
        FROM (SELECT NEW.debit AS side, NEW.amount_fen AS came, 0 AS went UNION ALL SELECT NEW.credit, 0, NEW.amount_fen) AS sides
        WHERE substr(side, 1, 5) = 'till/'
        ON CONFLICT (home_id, day, means, cashier, memo) DO UPDATE
        SET entries = entries + 1, in_fen = in_fen + EXCLUDED.in_fen, out_fen = out_fen + EXCLUDED.out_fen;
END;
CREATE TRIGGER fact_sums AFTER INSERT ON fact BEGIN
    INSERT INTO tap_day VALUES (
        NEW.home_id, (SELECT max(day) FROM business_day WHERE home_id = NEW.home_id),
        json_extract(NEW.body, '$.station_kind'), json_extract(NEW.body, '$.observed'), 1
    ) ON CONFLICT (home_id, day, station, observed) DO UPDATE SET entries = entries + 1;
END;
CREATE TRIGGER account_sums AFTER UPDATE OF debit_fen, credit_fen ON account
WHEN substr(NEW.account, 1, 8) IN ('receivab', 'deposit/', 'suspense') AND OLD.debit_fen <> OLD.credit_fen AND NEW.debit_fen <> NEW.credit_fen BEGIN
    INSERT INTO standing_day
        SELECT NEW.home_id, (SELECT max(day) FROM business_day WHERE home_id = NEW.home_id), kind, since,
            NEW.debit_fen - OLD.debit_fen, NEW.credit_fen - OLD.credit_fen
        FROM account_spell WHERE home_id = NEW.home_id AND account = NEW.account ORDER BY since DESC LIMIT 1
        ON CONFLICT (home_id, day, kind, since) DO UPDATE
        SET debit_fen = debit_fen + EXCLUDED.debit_fen, credit_fen = credit_fen + EXCLUDED.credit_fen;
END;
CREATE TRIGGER account_begins_or_ends AFTER UPDATE OF debit_fen, credit_fen ON account
WHEN substr(NEW.account, 1, 8) IN ('receivab', 'deposit/', 'suspense') AND (OLD.debit_fen = OLD.credit_fen OR NEW.debit_fen = NEW.credit_fen) BEGIN
    INSERT INTO account_spell
        SELECT NEW.home_id, NEW.account, today.day, CASE substr(NEW.account, 1, 8)
            WHEN 'receivab' THEN 'receivable/' || substr(NEW.account, 12 + instr(substr(NEW.account, 12), '/'))
            ELSE substr(NEW.account, 1, instr(NEW.account, '/') - 1) END, '9999-12-31'
        FROM (SELECT max(day) AS day FROM business_day WHERE home_id = NEW.home_id) AS today
        WHERE OLD.debit_fen = OLD.credit_fen AND NOT EXISTS (
            SELECT 1 FROM account_spell WHERE home_id = NEW.home_id AND account = NEW.account AND until = today.day);
    UPDATE account_spell SET until = CASE WHEN NEW.debit_fen = NEW.credit_fen
            THEN (SELECT max(day) FROM business_day WHERE home_id = NEW.home_id) ELSE '9999-12-31' END
        WHERE home_id = NEW.home_id AND account = NEW.account
            AND since = (SELECT max(since) FROM account_spell WHERE home_id = NEW.home_id AND account = NEW.account);
    INSERT INTO standing_day
        SELECT NEW.home_id, (SELECT max(day) FROM business_day WHERE home_id = NEW.home_id), kind, since,
            NEW.debit_fen - OLD.debit_fen, NEW.credit_fen - OLD.credit_fen
        FROM account_spell WHERE home_id = NEW.home_id AND account = NEW.account
            AND since = (SELECT max(since) FROM account_spell WHERE home_id = NEW.home_id AND account = NEW.account)
        ON CONFLICT (home_id, day, kind, since) DO UPDATE
        SET debit_fen = debit_fen + EXCLUDED.debit_fen, credit_fen = credit_fen + EXCLUDED.credit_fen;
END;
CREATE TRIGGER business_day_no_update BEFORE UPDATE ON business_day BEGIN SELECT RAISE(ABORT, 'business_day is append-only'); END;
CREATE TRIGGER business_day_no_delete BEFORE DELETE ON business_day BEGIN SELECT RAISE(ABORT, 'business_day is append-only'); END;
CREATE TRIGGER revenue_day_grows BEFORE UPDATE ON revenue_day WHEN NEW.entries <= OLD.entries OR NEW.home_id <> OLD.home_id OR NEW.day <> OLD.day OR NEW.item <> OLD.item OR NEW.payer <> OLD.payer OR NEW.station <> OLD.station OR NEW.price_version <> OLD.price_version OR NEW.waiver_payer <> OLD.waiver_payer OR NEW.waiver_for <> OLD.waiver_for
BEGIN SELECT RAISE(ABORT, 'revenue_day is kept by what is posted alone'); END;
CREATE TRIGGER revenue_day_no_delete BEFORE DELETE ON revenue_day BEGIN SELECT RAISE(ABORT, 'revenue_day is kept by what is posted alone'); END;
CREATE TRIGGER money_day_grows BEFORE UPDATE ON money_day WHEN NEW.entries <= OLD.entries OR NEW.home_id <> OLD.home_id OR NEW.day <> OLD.day OR NEW.means <> OLD.means OR NEW.cashier <> OLD.cashier OR NEW.memo <> OLD.memo
BEGIN SELECT RAISE(ABORT, 'money_day is kept by what is posted alone'); END;
CREATE TRIGGER money_day_no_delete BEFORE DELETE ON money_day BEGIN SELECT RAISE(ABORT, 'money_day is kept by what is posted alone'); END;
CREATE TRIGGER tap_day_grows BEFORE UPDATE ON tap_day WHEN NEW.entries <= OLD.entries OR NEW.home_id <> OLD.home_id OR NEW.day <> OLD.day OR NEW.station <> OLD.station OR NEW.observed <> OLD.observed
BEGIN SELECT RAISE(ABORT, 'tap_day is kept by what is posted alone'); END;
CREATE TRIGGER tap_day_no_delete BEFORE DELETE ON tap_day BEGIN SELECT RAISE(ABORT, 'tap_day is kept by what is posted alone'); END;
CREATE TRIGGER standing_day_grows BEFORE UPDATE ON standing_day WHEN NEW.debit_fen < OLD.debit_fen OR NEW.credit_fen < OLD.credit_fen OR NEW.home_id <> OLD.home_id OR NEW.day <> OLD.day OR NEW.kind <> OLD.kind OR NEW.since <> OLD.since
BEGIN SELECT RAISE(ABORT, 'standing_day is kept by what is posted alone'); END;
CREATE TRIGGER standing_day_no_delete BEFORE DELETE ON standing_day BEGIN SELECT RAISE(ABORT, 'standing_day is kept by what is posted alone'); END;
CREATE TRIGGER account_spell_stays BEFORE UPDATE ON account_spell
WHEN NEW.home_id <> OLD.home_id OR NEW.account <> OLD.account OR NEW.since <> OLD.since OR NEW.kind <> OLD.kind
    OR (NEW.until = '9999-12-31') = (SELECT debit_fen = credit_fen FROM account WHERE home_id = NEW.home_id AND account = NEW.account)
BEGIN SELECT RAISE(ABORT, 'account_spell is kept by what is posted alone'); END;
CREATE TRIGGER account_spell_no_delete BEFORE DELETE ON account_spell BEGIN SELECT RAISE(ABORT, 'account_spell is kept by what is posted alone'); END;
-- @end

-- What stood on each group as a month began: debits less credits, by the day since when it had stood; '0001-01-01' for all
-- that had for more than a year. Written as the first business day of a month begins, so that what stood on any day is
-- summed from a month and its own days. Append-only.
CREATE TABLE standing_month (
    home_id          TEXT NOT NULL,
    month            TEXT NOT NULL,
    kind             TEXT NOT NULL,
    since            TEXT NOT NULL,
    fen              BIGINT NOT NULL,
    PRIMARY KEY (home_id, month, kind, since)
);
-- @postgresql
CREATE FUNCTION carry_standing() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    INSERT INTO standing_month
        SELECT NEW.home_id, begins, kind, CASE WHEN since > to_char(begins::date - 366, 'YYYY-MM-DD') THEN since ELSE '0001-01-01' END, sum(moved)
        FROM (SELECT substr(NEW.day, 1, 8) || '01' AS begins, COALESCE(max(month), '') AS carried FROM standing_month WHERE home_id = NEW.home_id) AS months,
            LATERAL (
                SELECT kind, since, fen AS moved FROM standing_month WHERE home_id = NEW.home_id AND month = carried
                UNION ALL SELECT kind, since, debit_fen - credit_fen FROM standing_day
                    WHERE home_id = NEW.home_id AND day >= carried AND day < begins
            ) AS stood
        WHERE NOT EXISTS (SELECT 1 FROM business_day WHERE home_id = NEW.home_id AND day >= begins AND day < NEW.day)
        GROUP BY 2, 3, 4 HAVING sum(moved) <> 0;
    RETURN NULL;
END $$;
CREATE TRIGGER business_day_carries AFTER INSERT ON business_day FOR EACH ROW EXECUTE FUNCTION carry_standing();
CREATE TRIGGER standing_month_by_days BEFORE INSERT OR UPDATE OR DELETE ON standing_month FOR EACH ROW EXECUTE FUNCTION refuse_sum_by_hand();
-- @end
-- @sqlite
CREATE TRIGGER business_day_carries AFTER INSERT ON business_day
WHEN NOT EXISTS (SELECT 1 FROM business_day WHERE home_id = NEW.home_id AND day >= substr(NEW.day, 1, 8) || '01' AND day < NEW.day)
BEGIN
    INSERT INTO standing_month
        SELECT NEW.home_id, substr(NEW.day, 1, 8) || '01', kind,
            CASE WHEN since > date(substr(NEW.day, 1, 8) || '01', '-366 days') THEN since ELSE '0001-01-01' END, sum(moved)
        FROM (
            SELECT kind, since, fen AS moved FROM standing_month
                WHERE home_id = NEW.home_id AND month = (SELECT max(month) FROM standing_month WHERE home_id = NEW.home_id)
            UNION ALL SELECT kind, since, debit_fen - credit_fen FROM standing_day
                WHERE home_id = NEW.home_id AND day < substr(NEW.day, 1, 8) || '01'
                AND day >= COALESCE((SELECT max(month) FROM standing_month WHERE home_id = NEW.home_id), '')
        ) AS stood GROUP BY 3, 4 HAVING sum(moved) <> 0;
END;
CREATE TRIGGER standing_month_no_update BEFORE UPDATE ON standing_month BEGIN SELECT RAISE(ABORT, 'standing_month is kept by what is posted alone'); END;
CREATE TRIGGER standing_month_no_delete BEFORE DELETE ON standing_month BEGIN SELECT RAISE(ABORT, 'standing_month is kept by what is posted alone'); END;
-- @end

-- What desks gave out by the word of a service that was restored since has an account of its own.
-- @postgresql
CREATE OR REPLACE FUNCTION account_is_of(account TEXT, case_no TEXT) RETURNS boolean LANGUAGE sql IMMUTABLE AS $$
SELECT CASE split_part(account, '/', 1)
    WHEN 'receivable' THEN split_part(account, '/', 2) = case_no AND split_part(account, '/', 3) <> ''
    WHEN 'deposit' THEN account = 'deposit/' || case_no
    WHEN 'suspense' THEN account = 'suspense/' || case_no
    ELSE account IN ('carried_over', 'carried_short') OR split_part(account, '/', 1) IN ('revenue', 'till')
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
        ELSE NEW.debit IN ('carried_over', 'carried_short') OR substr(NEW.debit, 1, 8) = 'revenue/' OR substr(NEW.debit, 1, 5) = 'till/'
    END AND CASE substr(NEW.credit, 1, instr(NEW.credit || '/', '/') - 1)
        WHEN 'receivable' THEN substr(NEW.credit, 1, length(NEW.case_no) + 12) = 'receivable/' || NEW.case_no || '/'
            AND length(NEW.credit) > length(NEW.case_no) + 12
        WHEN 'deposit' THEN NEW.credit = 'deposit/' || NEW.case_no
        WHEN 'suspense' THEN NEW.credit = 'suspense/' || NEW.case_no
        ELSE NEW.credit IN ('carried_over', 'carried_short') OR substr(NEW.credit, 1, 8) = 'revenue/' OR substr(NEW.credit, 1, 5) = 'till/'
    END
) BEGIN SELECT RAISE(ABORT, 'an account of another case, or of no kind'); END;
-- @end

-- A payer is told of a line that was taken back after it had been asked for.
ALTER TABLE statement_line ADD COLUMN told_in BIGINT;
-- @postgresql
CREATE OR REPLACE FUNCTION refuse_statement_line() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP = 'INSERT' THEN
        IF NOT EXISTS (SELECT 1 FROM statement WHERE home_id = NEW.home_id AND draft_no = NEW.draft_no AND state = 'draft') THEN
            RAISE EXCEPTION USING ERRCODE = 'integrity_constraint_violation', MESSAGE = 'a line is put on a draft alone';
        END IF;
    ELSIF TG_OP = 'DELETE' OR OLD.gone IS NOT NULL OR OLD.told_in <> NEW.told_in OR (OLD.told_in IS NOT NULL AND NEW.told_in IS NULL)
        OR to_jsonb(OLD) - '{gone,gone_at,gone_by,why,told_in}'::text[] <> to_jsonb(NEW) - '{gone,gone_at,gone_by,why,told_in}'::text[] THEN
        RAISE EXCEPTION USING ERRCODE = 'integrity_constraint_violation', MESSAGE = 'a line of a statement stays, and goes once';
    END IF;
    RETURN NEW;
END $$;
-- @end
-- @sqlite
DROP TRIGGER statement_line_stays;
CREATE TRIGGER statement_line_stays BEFORE UPDATE ON statement_line WHEN OLD.gone IS NOT NULL OR OLD.told_in IS NOT NULL AND OLD.told_in IS NOT NEW.told_in OR OLD.home_id <> NEW.home_id OR OLD.draft_no <> NEW.draft_no OR OLD.case_no <> NEW.case_no OR OLD.log_no <> NEW.log_no OR OLD.line_no <> NEW.line_no OR OLD.payer <> NEW.payer OR OLD.amount_fen <> NEW.amount_fen BEGIN SELECT RAISE(ABORT, 'a line of a statement stays, and goes once'); END;
-- @end

-- Accounts and their kinds are read in ranges, byte by byte, whatever the database's own order is.
-- @postgresql
ALTER TABLE account_spell ALTER COLUMN account TYPE WORDS, ALTER COLUMN since TYPE WORDS,
    ALTER COLUMN kind TYPE WORDS, ALTER COLUMN until TYPE WORDS;
-- @end
