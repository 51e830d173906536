-- The fifth version: money explained.

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
