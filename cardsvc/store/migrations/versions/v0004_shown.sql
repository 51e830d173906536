-- The fourth version: what is shown.

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
