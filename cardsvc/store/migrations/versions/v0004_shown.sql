-- The fourth version: what is shown.
ALTER TABLE funeral_case ADD COLUMN live TEXT NOT NULL DEFAULT '{}';
ALTER TABLE funeral_case ADD COLUMN owed_fen BIGINT NOT NULL DEFAULT 0;

-- One of each: a disc has one live permit, a certificate one way, a mark one case, somebody of a crew one trip.
-- Of permits with one disc that an older version let live, the youngest stays.
UPDATE permit SET state = 'dead' WHERE state = 'live' AND EXISTS (SELECT 1 FROM permit AS other WHERE other.home_id = permit.home_id AND other.disc = permit.disc AND other.state = 'live' AND (other.until, other.permit) > (permit.until, permit.permit));
CREATE UNIQUE INDEX permit_live_disc ON permit (home_id, disc) WHERE state = 'live';
CREATE INDEX audit_link_of_certificates ON audit_link (home_id, log_no) WHERE substr(what, 1, 13) = 'certificates ';
ALTER TABLE certificate ADD COLUMN held_by TEXT;
ALTER TABLE certificate ADD COLUMN void_by TEXT;
ALTER TABLE certificate ADD COLUMN void_second TEXT;
CREATE TABLE certificate_count (
    home_id          TEXT NOT NULL,
    log_no           BIGINT NOT NULL,
    at               MOMENT NOT NULL,
    staff_no         TEXT NOT NULL,
    counted          BIGINT NOT NULL,
    recorded         BIGINT NOT NULL,
    body             TEXT NOT NULL,
    PRIMARY KEY (home_id, log_no)
);
-- @postgresql
CREATE TRIGGER certificate_count_append_only BEFORE UPDATE OR DELETE ON certificate_count FOR EACH ROW EXECUTE FUNCTION refuse_change();
CREATE FUNCTION refuse_second_use() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN RAISE EXCEPTION USING ERRCODE = 'integrity_constraint_violation', MESSAGE = TG_TABLE_NAME || ' is used once'; END $$;
CREATE TRIGGER certificate_path BEFORE UPDATE ON certificate FOR EACH ROW WHEN (OLD.home_id <> NEW.home_id OR OLD.number <> NEW.number OR (OLD.state = 'void' AND NEW.state <> 'void') OR (OLD.state = 'drawn' AND NEW.state = 'stock') OR (OLD.case_no IS NOT NULL AND NEW.case_no IS DISTINCT FROM OLD.case_no)) EXECUTE FUNCTION refuse_second_use();
CREATE TRIGGER certificate_no_delete BEFORE DELETE ON certificate FOR EACH ROW EXECUTE FUNCTION refuse_second_use();
CREATE TRIGGER mark_stays BEFORE UPDATE ON mark FOR EACH ROW WHEN (OLD.kind <> 'death_paper') EXECUTE FUNCTION refuse_second_use();
CREATE TRIGGER mark_no_delete BEFORE DELETE ON mark FOR EACH ROW EXECUTE FUNCTION refuse_second_use();
CREATE FUNCTION refuse_busy_crew() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN IF EXISTS (SELECT 1 FROM trip AS other WHERE other.home_id = NEW.home_id AND other.ended_at IS NULL AND (other.driver = NEW.mate OR other.mate = NEW.driver)) THEN RAISE EXCEPTION USING ERRCODE = 'integrity_constraint_violation', MESSAGE = 'somebody of the crew is on another trip'; END IF; RETURN NEW; END $$;
CREATE TRIGGER trip_crew_free BEFORE INSERT ON trip FOR EACH ROW WHEN (NEW.ended_at IS NULL) EXECUTE FUNCTION refuse_busy_crew();
-- @end
-- @sqlite
CREATE TRIGGER certificate_count_no_update BEFORE UPDATE ON certificate_count BEGIN SELECT RAISE(ABORT, 'certificate_count is append-only'); END;
CREATE TRIGGER certificate_count_no_delete BEFORE DELETE ON certificate_count BEGIN SELECT RAISE(ABORT, 'certificate_count is append-only'); END;
CREATE TRIGGER certificate_path BEFORE UPDATE ON certificate WHEN OLD.home_id <> NEW.home_id OR OLD.number <> NEW.number OR (OLD.state = 'void' AND NEW.state <> 'void') OR (OLD.state = 'drawn' AND NEW.state = 'stock') OR (OLD.case_no IS NOT NULL AND NEW.case_no IS NOT OLD.case_no) BEGIN SELECT RAISE(ABORT, 'certificate is used once'); END;
CREATE TRIGGER certificate_no_delete BEFORE DELETE ON certificate BEGIN SELECT RAISE(ABORT, 'certificate is used once'); END;
CREATE TRIGGER mark_stays BEFORE UPDATE ON mark WHEN OLD.kind <> 'death_paper' BEGIN SELECT RAISE(ABORT, 'mark is used once'); END;
CREATE TRIGGER mark_no_delete BEFORE DELETE ON mark BEGIN SELECT RAISE(ABORT, 'mark is used once'); END;
CREATE TRIGGER trip_crew_free BEFORE INSERT ON trip WHEN NEW.ended_at IS NULL AND EXISTS (SELECT 1 FROM trip AS other WHERE other.home_id = NEW.home_id AND other.ended_at IS NULL AND (other.driver = NEW.mate OR other.mate = NEW.driver)) BEGIN SELECT RAISE(ABORT, 'somebody of the crew is on another trip'); END;
-- @end

CREATE TABLE screen (
    home_id          TEXT NOT NULL REFERENCES home (home_id),
    token_hash       TEXT NOT NULL,
    kind             TEXT NOT NULL,
    hall             TEXT,
    title            TEXT NOT NULL,
    made_at          MOMENT NOT NULL,
    made_by          TEXT NOT NULL,
    revoked_at       MOMENT,
    seen_at          MOMENT,
    PRIMARY KEY (home_id, token_hash)
);

CREATE TABLE hall_name (
    home_id          TEXT NOT NULL,
    case_no          TEXT NOT NULL,
    name_sealed      BYTES,
    log_no           BIGINT NOT NULL,
    PRIMARY KEY (home_id, case_no),
    FOREIGN KEY (home_id, case_no) REFERENCES funeral_case (home_id, case_no)
);
CREATE INDEX audit_link_of_prints ON audit_link (home_id, subject) WHERE substr(what, 1, 8) = 'printed ';
