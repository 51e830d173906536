-- The sixth version: the bureau's other work.
CREATE TABLE module_grant (
    home_id          TEXT NOT NULL,
    staff_no         TEXT NOT NULL,
    module           TEXT NOT NULL,
    given_at         MOMENT NOT NULL,
    given_by         TEXT NOT NULL,
    PRIMARY KEY (home_id, staff_no, module),
    FOREIGN KEY (home_id, staff_no) REFERENCES staff (home_id, staff_no)
);
-- One line for each field that changed, in text; what is secret is masked. A new row has none: it says itself who made it.
CREATE TABLE module_history (
    home_id          TEXT NOT NULL,
    module           TEXT NOT NULL,
    record           TEXT NOT NULL,
    row_id           TEXT NOT NULL,
    version          BIGINT NOT NULL,
    field            TEXT NOT NULL,
    before           TEXT,
    after            TEXT,
    at               MOMENT NOT NULL,
    staff_no         TEXT,
    move             TEXT NOT NULL,
    log_no           BIGINT NOT NULL,
    PRIMARY KEY (home_id, module, record, row_id, version, field)
);
-- A link of its own for somebody outside to send in one row's move.
CREATE TABLE module_link (
    home_id          TEXT NOT NULL,
    token_hash       TEXT NOT NULL,
    module           TEXT NOT NULL,
    record           TEXT NOT NULL,
    row_id           TEXT NOT NULL,
    made_at          MOMENT NOT NULL,
    made_by          TEXT NOT NULL,
    until            MOMENT NOT NULL,
    revoked_at       MOMENT,
    PRIMARY KEY (home_id, token_hash)
);
CREATE INDEX module_link_of ON module_link (home_id, module, record, row_id);
-- A file that was handed in: read and checked in the background, committed whole or not at all. Its content is encrypted
-- and goes when it is done.
CREATE TABLE module_upload (
    home_id          TEXT NOT NULL,
    id               TEXT NOT NULL,
    module           TEXT NOT NULL,
    record           TEXT NOT NULL,
    file_name        TEXT NOT NULL,
    county           TEXT,
    made_at          MOMENT NOT NULL,
    made_by          TEXT NOT NULL,
    state            TEXT NOT NULL,
    total            BIGINT NOT NULL,
    done             BIGINT NOT NULL,
    wrong            BIGINT NOT NULL,
    faults           TEXT NOT NULL,
    beat_at          MOMENT NOT NULL,
    content          BYTES,
    PRIMARY KEY (home_id, id)
);
CREATE INDEX module_upload_of ON module_upload (home_id, module, record, made_at);
-- A row of such a file as it was checked and will be committed: the columns of its table as JSON, secrets encrypted.
CREATE TABLE module_upload_row (
    home_id          TEXT NOT NULL,
    upload_id        TEXT NOT NULL,
    row_no           BIGINT NOT NULL,
    row_id           TEXT NOT NULL,
    body             TEXT NOT NULL,
    PRIMARY KEY (home_id, upload_id, row_no),
    FOREIGN KEY (home_id, upload_id) REFERENCES module_upload (home_id, id)
);
-- What is said of a figure in a period: its target, how it is told (exact | over | nearly a bound), that it is withheld.
-- Target and bound are in hundredths of the figure's unit: money in fen. withheld NULL: where it would betray another that is.
CREATE TABLE module_figure (
    home_id          TEXT NOT NULL,
    module           TEXT NOT NULL,
    indicator        TEXT NOT NULL,
    first_day        TEXT NOT NULL,
    last_day         TEXT NOT NULL,
    target           BIGINT,
    relation         TEXT NOT NULL,
    bound            BIGINT,
    withheld         BOOLEAN,
    note             TEXT NOT NULL,
    set_at           MOMENT NOT NULL,
    set_by           TEXT NOT NULL,
    PRIMARY KEY (home_id, module, indicator, first_day, last_day)
);
-- @postgresql
CREATE TRIGGER module_history_append_only BEFORE UPDATE OR DELETE ON module_history FOR EACH ROW EXECUTE FUNCTION refuse_change();
-- @end
-- @sqlite
CREATE TRIGGER module_history_no_update BEFORE UPDATE ON module_history BEGIN SELECT RAISE(ABORT, 'module_history is append-only'); END;
CREATE TRIGGER module_history_no_delete BEFORE DELETE ON module_history BEGIN SELECT RAISE(ABORT, 'module_history is append-only'); END;
-- @end
-- A person's rows of payments that a death stopped: whose case said so, by which telling (core.deaths.Telling), the row's
-- state before. version: the row's, as the death left it. undone_at: it turned out that the deceased is somebody else.
CREATE TABLE module_death (
    home_id          TEXT NOT NULL,
    module           TEXT NOT NULL,
    record           TEXT NOT NULL,
    row_id           TEXT NOT NULL,
    version          BIGINT NOT NULL,
    case_no          TEXT NOT NULL,
    person           TEXT NOT NULL,
    telling          TEXT NOT NULL,
    state            TEXT NOT NULL,
    told_at          MOMENT NOT NULL,
    undone_at        MOMENT,
    PRIMARY KEY (home_id, module, record, row_id, version),
    FOREIGN KEY (home_id, case_no) REFERENCES funeral_case (home_id, case_no)
);
CREATE INDEX module_death_of ON module_death (home_id, case_no);
-- What was told of a case's person to the modules that pay: telling '' for nothing, or no more. faults: names of modules
-- that could not hear it, told again at next_at (NULL: all have heard).
CREATE TABLE module_death_told (
    home_id          TEXT NOT NULL,
    case_no          TEXT NOT NULL,
    person           TEXT,
    telling          TEXT NOT NULL,
    tries            BIGINT NOT NULL,
    next_at          MOMENT,
    faults           TEXT NOT NULL,
    PRIMARY KEY (home_id, case_no),
    FOREIGN KEY (home_id, case_no) REFERENCES funeral_case (home_id, case_no)
);
CREATE INDEX module_death_told_of ON module_death_told (home_id, person);
CREATE INDEX module_death_told_due ON module_death_told (home_id, next_at) WHERE next_at IS NOT NULL;
-- Up to which change the cases were looked at: a log number, and a case of it.
CREATE TABLE module_death_place (
    home_id          TEXT NOT NULL,
    log_no           BIGINT NOT NULL,
    case_no          TEXT NOT NULL,
    PRIMARY KEY (home_id),
    FOREIGN KEY (home_id) REFERENCES home (home_id)
);
