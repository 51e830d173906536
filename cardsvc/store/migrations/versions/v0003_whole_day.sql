-- What the funeral home's whole day needs: shifts, rules, clearances, certificates, trips, queue, temperatures, outbox.
ALTER TABLE staff ADD COLUMN qualified_until TEXT;
ALTER TABLE resource ADD COLUMN traits TEXT NOT NULL DEFAULT '{}';
ALTER TABLE price_book ADD COLUMN made_by TEXT;
ALTER TABLE bill_line ADD COLUMN reverses_line BIGINT;
ALTER TABLE funeral_case ADD COLUMN second_contact_sealed BYTES;
ALTER TABLE funeral_case ADD COLUMN second_name_sealed BYTES;
ALTER TABLE funeral_case ADD COLUMN place_blind TEXT;
CREATE INDEX case_by_place ON funeral_case (home_id, place_blind);
CREATE TABLE earlier_value (
    home_id          TEXT NOT NULL,
    case_no          TEXT NOT NULL,
    log_no           BIGINT NOT NULL,
    what             TEXT NOT NULL,
    sealed           BYTES NOT NULL,
    at               MOMENT NOT NULL,
    PRIMARY KEY (home_id, case_no, log_no, what),
    FOREIGN KEY (home_id, case_no) REFERENCES funeral_case (home_id, case_no)
);

CREATE TABLE duty (
    home_id          TEXT NOT NULL,
    staff_no         TEXT NOT NULL,
    on_at            MOMENT NOT NULL,
    off_at           MOMENT,
    PRIMARY KEY (home_id, staff_no, on_at),
    FOREIGN KEY (home_id, staff_no) REFERENCES staff (home_id, staff_no)
);
CREATE UNIQUE INDEX duty_open ON duty (home_id, staff_no) WHERE off_at IS NULL;

CREATE TABLE policy (
    home_id          TEXT NOT NULL REFERENCES home (home_id),
    version          BIGINT NOT NULL,
    valid_from       TEXT NOT NULL,
    body             TEXT NOT NULL,
    made_at          MOMENT NOT NULL,
    made_by          TEXT NOT NULL,
    second           TEXT NOT NULL,
    PRIMARY KEY (home_id, version)
);

CREATE TABLE clearance (
    home_id          TEXT NOT NULL,
    case_no          TEXT NOT NULL,
    log_no           BIGINT NOT NULL,
    step             TEXT NOT NULL,
    body             TEXT NOT NULL,
    sig              BYTES NOT NULL,
    PRIMARY KEY (home_id, case_no, log_no),
    FOREIGN KEY (home_id, case_no) REFERENCES funeral_case (home_id, case_no)
);

CREATE TABLE certificate (
    home_id          TEXT NOT NULL REFERENCES home (home_id),
    number           TEXT NOT NULL,
    state            TEXT NOT NULL,
    batch            TEXT NOT NULL,
    case_no          TEXT,
    disc             TEXT,
    drawn_at         MOMENT,
    drawn_by         TEXT,
    void_at          MOMENT,
    void_why         TEXT,
    PRIMARY KEY (home_id, number)
);
CREATE UNIQUE INDEX certificate_of_case ON certificate (home_id, case_no) WHERE state = 'drawn';
CREATE INDEX certificate_by_state ON certificate (home_id, state, number);

CREATE TABLE trip (
    home_id          TEXT NOT NULL,
    case_no          TEXT NOT NULL,
    log_no           BIGINT NOT NULL,
    vehicle          TEXT NOT NULL,
    driver           TEXT NOT NULL,
    mate             TEXT NOT NULL,
    started_at       MOMENT NOT NULL,
    ended_at         MOMENT,
    kilometres       BIGINT,
    PRIMARY KEY (home_id, case_no, log_no),
    FOREIGN KEY (home_id, case_no) REFERENCES funeral_case (home_id, case_no)
);
CREATE UNIQUE INDEX trip_vehicle ON trip (home_id, vehicle) WHERE ended_at IS NULL;
CREATE UNIQUE INDEX trip_driver ON trip (home_id, driver) WHERE ended_at IS NULL;
CREATE UNIQUE INDEX trip_mate ON trip (home_id, mate) WHERE ended_at IS NULL;

CREATE TABLE queue_place (
    home_id          TEXT NOT NULL,
    day              TEXT NOT NULL,
    number           BIGINT NOT NULL,
    case_no          TEXT NOT NULL,
    PRIMARY KEY (home_id, day, number)
);

CREATE TABLE temperature (
    home_id          TEXT NOT NULL,
    slot             TEXT NOT NULL,
    at               MOMENT NOT NULL,
    tenths           BIGINT NOT NULL,
    source           TEXT NOT NULL,
    staff_no         TEXT,
    PRIMARY KEY (home_id, slot, at)
);

CREATE TABLE body_count (
    home_id          TEXT NOT NULL,
    log_no           BIGINT NOT NULL,
    at               MOMENT NOT NULL,
    staff_no         TEXT NOT NULL,
    counted          BIGINT NOT NULL,
    recorded         BIGINT NOT NULL,
    body             TEXT NOT NULL,
    PRIMARY KEY (home_id, log_no)
);

CREATE TABLE collection_code (
    home_id          TEXT NOT NULL,
    case_no          TEXT NOT NULL,
    code_hash        TEXT NOT NULL,
    made_at          MOMENT NOT NULL,
    expires_at       MOMENT NOT NULL,
    used_at          MOMENT,
    PRIMARY KEY (home_id, case_no, code_hash)
);

CREATE TABLE outbox (
    home_id          TEXT NOT NULL,
    log_no           BIGINT NOT NULL,
    entry_no         BIGINT NOT NULL,
    channel          TEXT NOT NULL,
    notice           TEXT NOT NULL,
    case_no          TEXT,
    to_sealed        BYTES,
    body_sealed      BYTES NOT NULL,
    state            TEXT NOT NULL,
    tries            BIGINT NOT NULL,
    next_at          MOMENT NOT NULL,
    sent_at          MOMENT,
    error            TEXT,
    PRIMARY KEY (home_id, log_no, entry_no)
);
CREATE INDEX outbox_waiting ON outbox (home_id, next_at) WHERE state = 'waiting';

CREATE TABLE reconciliation (
    home_id          TEXT NOT NULL,
    day              TEXT NOT NULL,
    log_no           BIGINT NOT NULL,
    made_at          MOMENT NOT NULL,
    body             TEXT NOT NULL,
    PRIMARY KEY (home_id, day, log_no)
);

CREATE TABLE drill (
    home_id          TEXT NOT NULL,
    log_no           BIGINT NOT NULL,
    at               MOMENT NOT NULL,
    staff_no         TEXT NOT NULL,
    body             TEXT NOT NULL,
    PRIMARY KEY (home_id, log_no)
);
-- @postgresql
CREATE TRIGGER clearance_append_only BEFORE UPDATE OR DELETE ON clearance FOR EACH ROW EXECUTE FUNCTION refuse_change();
CREATE TRIGGER reconciliation_append_only BEFORE UPDATE OR DELETE ON reconciliation FOR EACH ROW EXECUTE FUNCTION refuse_change();
CREATE TRIGGER drill_append_only BEFORE UPDATE OR DELETE ON drill FOR EACH ROW EXECUTE FUNCTION refuse_change();
CREATE TRIGGER body_count_append_only BEFORE UPDATE OR DELETE ON body_count FOR EACH ROW EXECUTE FUNCTION refuse_change();
CREATE TRIGGER earlier_value_append_only BEFORE UPDATE OR DELETE ON earlier_value FOR EACH ROW EXECUTE FUNCTION refuse_change();
-- @end
-- @sqlite
CREATE TRIGGER clearance_no_update BEFORE UPDATE ON clearance BEGIN SELECT RAISE(ABORT, 'clearance is append-only'); END;
CREATE TRIGGER clearance_no_delete BEFORE DELETE ON clearance BEGIN SELECT RAISE(ABORT, 'clearance is append-only'); END;
CREATE TRIGGER reconciliation_no_update BEFORE UPDATE ON reconciliation BEGIN SELECT RAISE(ABORT, 'reconciliation is append-only'); END;
CREATE TRIGGER reconciliation_no_delete BEFORE DELETE ON reconciliation BEGIN SELECT RAISE(ABORT, 'reconciliation is append-only'); END;
CREATE TRIGGER drill_no_update BEFORE UPDATE ON drill BEGIN SELECT RAISE(ABORT, 'drill is append-only'); END;
CREATE TRIGGER drill_no_delete BEFORE DELETE ON drill BEGIN SELECT RAISE(ABORT, 'drill is append-only'); END;
CREATE TRIGGER body_count_no_update BEFORE UPDATE ON body_count BEGIN SELECT RAISE(ABORT, 'body_count is append-only'); END;
CREATE TRIGGER body_count_no_delete BEFORE DELETE ON body_count BEGIN SELECT RAISE(ABORT, 'body_count is append-only'); END;
CREATE TRIGGER earlier_value_no_update BEFORE UPDATE ON earlier_value BEGIN SELECT RAISE(ABORT, 'earlier_value is append-only'); END;
CREATE TRIGGER earlier_value_no_delete BEFORE DELETE ON earlier_value BEGIN SELECT RAISE(ABORT, 'earlier_value is append-only'); END;
-- @end
