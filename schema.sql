-- One Card: the truth about the database. It runs on PostgreSQL and on SQLite.
--
-- BYTES and MOMENT stand for BYTEA and TIMESTAMPTZ on PostgreSQL, BLOB and TEXT (ISO 8601, UTC) on SQLite.
-- Sections between "-- @postgresql" or "-- @sqlite" and "-- @end" are for that engine alone.
-- Every key begins with home_id; no foreign key crosses homes; ids are made by the writer, never by a sequence.
-- Money is whole fen. Columns named *_sealed hold AES-256-GCM with the key's id in front; *_blind hold a keyed index.

-- A funeral home. setup_version counts up whenever staff, places, prices or stations change;
-- epoch counts up with every restore from a backup; hot_version whenever a card becomes hot or is taken off the list.
-- limits: JSON of core.snapshot.Limits, what the city allows without network.
CREATE TABLE home (
    home_id          TEXT NOT NULL PRIMARY KEY,
    name_zh          TEXT NOT NULL,
    name_en          TEXT NOT NULL,
    phone            TEXT NOT NULL,
    epoch            BIGINT NOT NULL,
    setup_version    BIGINT NOT NULL,
    hot_version      BIGINT NOT NULL DEFAULT 1,
    limits           TEXT NOT NULL DEFAULT '{}'
);

-- The end of the audit chain, one row a home; its lock orders the log. day: the business day that is open, '' before the first.
CREATE TABLE log_head (
    home_id          TEXT NOT NULL PRIMARY KEY REFERENCES home (home_id),
    log_no           BIGINT NOT NULL,
    root             TEXT NOT NULL,
    day              TEXT NOT NULL DEFAULT ''
);

-- People who work here. roles: names of core.permissions.Role, comma-separated. county: NULL sees all.
-- qualified_until: the last day on which the operator's certificate for the furnace is valid. disabled_at: they have left.
-- pin_hash: '' before they have chosen a PIN. first_by: who made the password that is not theirs yet, '' for the command
-- line and for what was typed before the eighth version, NULL when they have chosen it themselves; first_at: when.
CREATE TABLE staff (
    home_id          TEXT NOT NULL REFERENCES home (home_id),
    staff_no         TEXT NOT NULL,
    shown_name       TEXT NOT NULL,
    name_sealed      BYTES NOT NULL,
    roles            TEXT NOT NULL,
    county           TEXT,
    password_hash    TEXT NOT NULL,
    pin_hash         TEXT NOT NULL,
    disabled_at      MOMENT,
    qualified_until  TEXT,
    added_at         MOMENT,
    first_by         TEXT,
    first_at         MOMENT,
    PRIMARY KEY (home_id, staff_no)
);

-- A signed-in office session; only the SHA-256 of its token is kept.
CREATE TABLE staff_session (
    home_id          TEXT NOT NULL,
    token_hash       TEXT NOT NULL,
    staff_no         TEXT NOT NULL,
    form_token       TEXT NOT NULL,
    opened_at        MOMENT NOT NULL,
    seen_at          MOMENT NOT NULL,
    closed_at        MOMENT,
    PRIMARY KEY (home_id, token_hash),
    FOREIGN KEY (home_id, staff_no) REFERENCES staff (home_id, staff_no)
);

-- A place with a reader. number is its number on the card.
CREATE TABLE station (
    home_id          TEXT NOT NULL REFERENCES home (home_id),
    station_id       TEXT NOT NULL,
    kind             TEXT NOT NULL,
    number           BIGINT NOT NULL,
    PRIMARY KEY (home_id, station_id)
);
CREATE UNIQUE INDEX station_number ON station (home_id, number);

-- A one-time code with which a station enrols; only its SHA-256 is kept.
CREATE TABLE enrolment_code (
    home_id          TEXT NOT NULL,
    code_hash        TEXT NOT NULL,
    station_id       TEXT NOT NULL,
    expires_at       MOMENT NOT NULL,
    used_at          MOMENT,
    PRIMARY KEY (home_id, code_hash),
    FOREIGN KEY (home_id, station_id) REFERENCES station (home_id, station_id)
);

-- A station's journal as enrolled: its keys, and how far we have it. Nothing is taken from it before two people have
-- compared its fingerprint words (approved_at; approved_by: two staff numbers with a comma between). revoked_why: names
-- of core.wire.RevokedWhy; a journal that was only replaced keeps its key for trails. epoch_seen: the last epoch in which it said hello.
CREATE TABLE journal (
    home_id          TEXT NOT NULL,
    journal_id       TEXT NOT NULL,
    station_id       TEXT NOT NULL,
    public_key       BYTES NOT NULL,
    sealing_key      BYTES NOT NULL,
    head_seq         BIGINT NOT NULL,
    head_hash        TEXT NOT NULL,
    heard_at         MOMENT,
    unsent           BIGINT NOT NULL,
    halted           TEXT,
    revoked_at       MOMENT,
    approved_at      MOMENT,
    approved_by      TEXT,
    revoked_why      TEXT,
    epoch_seen       BIGINT NOT NULL DEFAULT 0,
    PRIMARY KEY (home_id, journal_id),
    FOREIGN KEY (home_id, station_id) REFERENCES station (home_id, station_id)
);

-- What a station said, byte for byte. Append-only.
-- outcome: accepted | waiting | refused | conflict | noted | quarantined; judgement: JSON of core.wire.Judgement.
CREATE TABLE record (
    home_id          TEXT NOT NULL,
    journal_id       TEXT NOT NULL,
    seq              BIGINT NOT NULL,
    log_no           BIGINT NOT NULL,
    kind             TEXT NOT NULL,
    case_no          TEXT,
    raw              BYTES NOT NULL,
    sig              BYTES NOT NULL,
    hash             TEXT NOT NULL,
    outcome          TEXT NOT NULL,
    judgement        TEXT NOT NULL,
    received_at      MOMENT NOT NULL,
    PRIMARY KEY (home_id, journal_id, seq),
    FOREIGN KEY (home_id, journal_id) REFERENCES journal (home_id, journal_id)
);
CREATE INDEX record_by_outcome ON record (home_id, outcome, log_no);

-- A case as its facts add up: body is JSON of core.case.Case, a cache that `cardsvc verify` recomputes. So are live, JSON of
-- core.board.Live, what boards show of it; and owed_fen, what the family owes beyond what it has paid and deposited.
CREATE TABLE funeral_case (
    home_id                  TEXT NOT NULL REFERENCES home (home_id),
    case_no                  TEXT NOT NULL,
    county                   TEXT NOT NULL,
    stage                    TEXT NOT NULL,
    opened_at                MOMENT NOT NULL,
    changed_log_no           BIGINT NOT NULL,
    body                     TEXT NOT NULL,
    shown_name               TEXT NOT NULL,
    relation                 TEXT NOT NULL,
    deceased_name_sealed     BYTES NOT NULL,
    id_no_sealed             BYTES,
    applicant_name_sealed    BYTES NOT NULL,
    applicant_phone_sealed   BYTES NOT NULL,
    address_sealed           BYTES NOT NULL,
    id_no_blind              TEXT,
    phone_blind              TEXT NOT NULL,
    second_contact_sealed    BYTES,
    second_name_sealed       BYTES,
    place_blind              TEXT,
    live                     TEXT NOT NULL DEFAULT '{}',
    owed_fen                 BIGINT NOT NULL DEFAULT 0,
    PRIMARY KEY (home_id, case_no)
);
CREATE INDEX case_by_stage ON funeral_case (home_id, stage, case_no);
CREATE INDEX case_by_change ON funeral_case (home_id, changed_log_no);
CREATE INDEX case_by_place ON funeral_case (home_id, place_blind);
CREATE INDEX case_by_id_no ON funeral_case (home_id, id_no_blind);

-- Words by which a name can be found and compared: keyed indexes of the name, its pinyin and initials, of its form
-- without traditional and variant characters, and of its readings.
CREATE TABLE case_word (
    home_id          TEXT NOT NULL,
    word_blind       TEXT NOT NULL,
    case_no          TEXT NOT NULL,
    PRIMARY KEY (home_id, word_blind, case_no),
    FOREIGN KEY (home_id, case_no) REFERENCES funeral_case (home_id, case_no)
);

-- The number that a booking had before the service gave it its own, or that a case had before it was merged into another.
CREATE TABLE case_alias (
    home_id          TEXT NOT NULL,
    provisional_no   TEXT NOT NULL,
    case_no          TEXT NOT NULL,
    PRIMARY KEY (home_id, provisional_no),
    FOREIGN KEY (home_id, case_no) REFERENCES funeral_case (home_id, case_no)
);

-- What a correction replaced: a name, ID number, phone or relation as it was, sealed at
-- earlier_value/{case_no}/{log_no}/{what}; log_no is the correction's. Append-only.
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

-- What happened to a case. Append-only. body: JSON of core.facts.Fact; cause: journal:seq, or office:log_no.
CREATE TABLE fact (
    home_id          TEXT NOT NULL,
    case_no          TEXT NOT NULL,
    log_no           BIGINT NOT NULL,
    cause            TEXT NOT NULL,
    body             TEXT NOT NULL,
    PRIMARY KEY (home_id, case_no, log_no),
    FOREIGN KEY (home_id, case_no) REFERENCES funeral_case (home_id, case_no)
);
CREATE UNIQUE INDEX fact_by_cause ON fact (home_id, cause);

-- A card. kind: family | staff (staff_no is its owner). state: pool (blank, personalised) | bound | blocked | returned |
-- wiped (its chip was made a new card: one living card a chip).
-- counter, last_*: the end of its chain. hot_reason: names of core.cards.HotReason, while it is on the hot list.
CREATE TABLE card (
    home_id          TEXT NOT NULL REFERENCES home (home_id),
    card_no          TEXT NOT NULL,
    uid              TEXT NOT NULL,
    profile          TEXT NOT NULL,
    issue_no         BIGINT NOT NULL,
    key_version      BIGINT NOT NULL,
    state            TEXT NOT NULL,
    case_no          TEXT,
    counter          BIGINT NOT NULL,
    last_journal     TEXT,
    last_seq         BIGINT,
    changed_log_no   BIGINT NOT NULL,
    kind             TEXT NOT NULL DEFAULT 'family',
    staff_no         TEXT,
    hot_reason       TEXT,
    hot_at           MOMENT,
    PRIMARY KEY (home_id, card_no)
);
CREATE UNIQUE INDEX card_by_uid ON card (home_id, uid) WHERE state <> 'wiped';
CREATE INDEX card_by_change ON card (home_id, changed_log_no);

-- Which record wrote which counter of a card: a second writer of the same counter is a fork.
CREATE TABLE card_write (
    home_id          TEXT NOT NULL,
    card_no          TEXT NOT NULL,
    counter          BIGINT NOT NULL,
    journal_id       TEXT NOT NULL,
    seq              BIGINT NOT NULL,
    PRIMARY KEY (home_id, card_no, counter),
    FOREIGN KEY (home_id, card_no) REFERENCES card (home_id, card_no)
);

-- A record that a card names and that has not come: opened when the card's counter jumps, resolved when it arrives.
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

-- A price list: body is JSON of core.prices.PriceBook. Append-only; made_by brought it, second published it at made_at.
CREATE TABLE price_book (
    home_id          TEXT NOT NULL REFERENCES home (home_id),
    version          TEXT NOT NULL,
    valid_from       TEXT NOT NULL,
    body             TEXT NOT NULL,
    made_by          TEXT,
    second           TEXT,
    made_at          MOMENT,
    PRIMARY KEY (home_id, version)
);

-- A price list that one person brought and nobody has published. state is a core.price_rules.DraftState:
-- draft -> published | withdrawn. Of a version there is one open draft.
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

-- A line of a bill, and the tap that caused it. Append-only; (reverses, reverses_line) names the line that it takes back.
CREATE TABLE bill_line (
    home_id          TEXT NOT NULL,
    case_no          TEXT NOT NULL,
    log_no           BIGINT NOT NULL,
    line_no          BIGINT NOT NULL,
    cause            TEXT NOT NULL,
    item             TEXT NOT NULL,
    quantity         BIGINT NOT NULL,
    price_fen        BIGINT NOT NULL,
    waiver_fen       BIGINT NOT NULL,
    due_fen          BIGINT NOT NULL,
    payer            TEXT NOT NULL,
    waiver_payer     TEXT,
    legal_basis      TEXT NOT NULL,
    price_version    TEXT NOT NULL,
    at               MOMENT NOT NULL,
    reverses         BIGINT,
    reverses_line    BIGINT,
    waiver_source    TEXT,
    PRIMARY KEY (home_id, case_no, log_no, line_no),
    FOREIGN KEY (home_id, case_no) REFERENCES funeral_case (home_id, case_no),
    CONSTRAINT line_adds_up CHECK (price_fen = waiver_fen + due_fen)
);
CREATE UNIQUE INDEX bill_line_reversed_once ON bill_line (home_id, case_no, reverses, reverses_line)
    WHERE reverses_line IS NOT NULL;
CREATE INDEX bill_line_by_log ON bill_line (home_id, log_no, line_no);

-- Money moved from one account to another, so that entries sum to zero by their shape. Append-only.
CREATE TABLE transfer (
    home_id          TEXT NOT NULL,
    case_no          TEXT NOT NULL,
    log_no           BIGINT NOT NULL,
    entry_no         BIGINT NOT NULL,
    debit            TEXT NOT NULL,
    credit           TEXT NOT NULL,
    amount_fen       BIGINT NOT NULL,
    memo             TEXT NOT NULL,
    cause            TEXT NOT NULL,
    PRIMARY KEY (home_id, case_no, log_no, entry_no),
    FOREIGN KEY (home_id, case_no) REFERENCES funeral_case (home_id, case_no),
    CONSTRAINT amount_is_positive CHECK (amount_fen > 0),
    CONSTRAINT accounts_differ CHECK (debit <> credit)
);
CREATE INDEX transfer_by_case ON transfer (home_id, case_no);
CREATE INDEX transfer_debit_of_home ON transfer (home_id, debit, log_no)
    WHERE substr(debit, 1, 5) IN ('till/', 'reven', 'carri');
CREATE INDEX transfer_credit_of_home ON transfer (home_id, credit, log_no)
    WHERE substr(credit, 1, 5) IN ('till/', 'reven', 'carri');

-- What an account holds: kept by the database itself from every transfer, and from nothing else. Nobody owes less than
-- nothing, and no money is held that is not there: below its floor a transfer is refused (floor_fen: 0; less where an account
-- was below before floors were kept). receivable/CASE/PAYER, deposit/CASE and suspense/CASE are of one case, the others of the home.
-- carried_short: what desks gave out by the word of a service that was restored since, and no money held covers;
-- carried_off: what of that was written off.
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

-- A slot, vehicle, hall, furnace or shelf. kind: names of core.facts.PlaceKind; traits: JSON of core.snapshot.Traits.
CREATE TABLE resource (
    home_id          TEXT NOT NULL REFERENCES home (home_id),
    kind             TEXT NOT NULL,
    code             TEXT NOT NULL,
    title_zh         TEXT NOT NULL,
    title_en         TEXT NOT NULL,
    traits           TEXT NOT NULL DEFAULT '{}',
    PRIMARY KEY (home_id, kind, code)
);

-- Who is where now: one case in a place of which there is one (slot, furnace, shelf).
CREATE TABLE occupancy (
    home_id          TEXT NOT NULL,
    kind             TEXT NOT NULL,
    code             TEXT NOT NULL,
    case_no          TEXT NOT NULL,
    PRIMARY KEY (home_id, kind, code),
    FOREIGN KEY (home_id, kind, code) REFERENCES resource (home_id, kind, code)
);

-- A hall's period that is held for a case.
CREATE TABLE hall_booking (
    home_id          TEXT NOT NULL,
    hall             TEXT NOT NULL,
    starts           MOMENT NOT NULL,
    case_no          TEXT NOT NULL,
    PRIMARY KEY (home_id, hall, starts)
);

-- A body tag, disc or ash label: bound to one case, once. kind: tag | disc | label.
CREATE TABLE mark (
    home_id          TEXT NOT NULL,
    kind             TEXT NOT NULL,
    code             TEXT NOT NULL,
    case_no          TEXT NOT NULL,
    PRIMARY KEY (home_id, kind, code)
);

-- Leave to load. state: live | used | dead; until: the service's clock, TTL and margin. One live a case, furnace and disc.
CREATE TABLE permit (
    home_id          TEXT NOT NULL,
    permit           TEXT NOT NULL,
    case_no          TEXT NOT NULL,
    furnace          TEXT NOT NULL,
    disc             TEXT NOT NULL,
    journal_id       TEXT NOT NULL,
    state            TEXT NOT NULL,
    until            MOMENT NOT NULL,
    PRIMARY KEY (home_id, permit)
);
CREATE UNIQUE INDEX permit_live_case ON permit (home_id, case_no) WHERE state = 'live';
CREATE UNIQUE INDEX permit_live_furnace ON permit (home_id, furnace) WHERE state = 'live';
CREATE UNIQUE INDEX permit_live_disc ON permit (home_id, disc) WHERE state = 'live';

-- The audit chain: one link for each record and each act of the office. Append-only.
-- hash = SHA-256 (prev, log_no, what, subject, digest).
CREATE TABLE audit_link (
    home_id          TEXT NOT NULL,
    log_no           BIGINT NOT NULL,
    at               MOMENT NOT NULL,
    what             TEXT NOT NULL,
    subject          TEXT NOT NULL,
    staff_no         TEXT,
    digest           TEXT NOT NULL,
    prev             TEXT NOT NULL,
    hash             TEXT NOT NULL,
    PRIMARY KEY (home_id, log_no)
);
CREATE INDEX audit_link_of_certificates ON audit_link (home_id, log_no) WHERE substr(what, 1, 13) = 'certificates ';
CREATE INDEX audit_link_of_cards ON audit_link (home_id, subject) WHERE substr(what, 1, 5) = 'card ';
CREATE INDEX audit_link_of_prints ON audit_link (home_id, subject) WHERE substr(what, 1, 8) = 'printed ';

-- A family's link; only the SHA-256 of its token, and of the cookie that it was exchanged for, is kept.
CREATE TABLE family_link (
    home_id          TEXT NOT NULL,
    token_hash       TEXT NOT NULL,
    case_no          TEXT NOT NULL,
    made_at          MOMENT NOT NULL,
    expires_at       MOMENT NOT NULL,
    revoked_at       MOMENT,
    PRIMARY KEY (home_id, token_hash),
    FOREIGN KEY (home_id, case_no) REFERENCES funeral_case (home_id, case_no)
);

-- A browser that opened a family's link. confirmed_at: the second factor was given.
CREATE TABLE family_view (
    home_id          TEXT NOT NULL,
    cookie_hash      TEXT NOT NULL,
    token_hash       TEXT NOT NULL,
    opened_at        MOMENT NOT NULL,
    confirmed_at     MOMENT,
    PRIMARY KEY (home_id, cookie_hash),
    FOREIGN KEY (home_id, token_hash) REFERENCES family_link (home_id, token_hash)
);

-- Who is on shift: clocked in, and not out yet (off_at NULL).
CREATE TABLE duty (
    home_id          TEXT NOT NULL,
    staff_no         TEXT NOT NULL,
    on_at            MOMENT NOT NULL,
    off_at           MOMENT,
    PRIMARY KEY (home_id, staff_no, on_at),
    FOREIGN KEY (home_id, staff_no) REFERENCES staff (home_id, staff_no)
);
CREATE UNIQUE INDEX duty_open ON duty (home_id, staff_no) WHERE off_at IS NULL;

-- Rules and limits of the city, each with its legal basis: body is JSON of core.policy.Policy. The version in force is
-- the newest whose valid_from has come; older ones stay.
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

-- The record that all preconditions of a gate held at that moment, each with its evidence: body is JSON of
-- core.gate.Clearance, sig the service's Ed25519 signature over it. Append-only.
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

-- The numbered stock of cremation certificates. state: stock | drawn | void; only a closed furnace record draws one.
-- held_by: who keeps the form while it is stock. void_why: names of core.terms.Reason; void_by, void_second: who
-- said so where no case draws it (a form that was spoiled, misprinted or lost).
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
    held_by          TEXT,
    void_by          TEXT,
    void_second      TEXT,
    PRIMARY KEY (home_id, number)
);
CREATE UNIQUE INDEX certificate_of_case ON certificate (home_id, case_no) WHERE state = 'drawn';
CREATE INDEX certificate_by_state ON certificate (home_id, state, number);

-- The stock of certificates counted by hand, and how it differed from the ledger: body is JSON of
-- core.stock.Count. Append-only.
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

-- A trip of a vehicle and its crew of two; both are free again when it has ended.
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

-- Numbers of the furnace queue, from 1 every day (local date).
CREATE TABLE queue_place (
    home_id          TEXT NOT NULL,
    day              TEXT NOT NULL,
    number           BIGINT NOT NULL,
    case_no          TEXT NOT NULL,
    PRIMARY KEY (home_id, day, number)
);

-- Temperatures of cold storage. tenths: tenths of a degree Celsius. source: sensor | typed.
CREATE TABLE temperature (
    home_id          TEXT NOT NULL,
    slot             TEXT NOT NULL,
    at               MOMENT NOT NULL,
    tenths           BIGINT NOT NULL,
    source           TEXT NOT NULL,
    staff_no         TEXT,
    PRIMARY KEY (home_id, slot, at)
);

-- A count of bodies by hand against the records: body is JSON of the differences.
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

-- A one-time code that the collector of ashes was sent; only its SHA-256 is kept.
CREATE TABLE collection_code (
    home_id          TEXT NOT NULL,
    case_no          TEXT NOT NULL,
    code_hash        TEXT NOT NULL,
    made_at          MOMENT NOT NULL,
    expires_at       MOMENT NOT NULL,
    used_at          MOMENT,
    PRIMARY KEY (home_id, case_no, code_hash)
);

-- What is to be told outside, written by the transaction that caused it. channel: core.outgoing.Channel. to_sealed: phone,
-- body_sealed: text or JSON. state: waiting | sent | failed. Sent again until the receiver has confirmed; the id tells repeats.
-- error: names of core.outgoing.SendError, the class of the last one.
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

-- A night's reconciliation: body is JSON of core.reconciliation.Findings. Append-only.
CREATE TABLE reconciliation (
    home_id          TEXT NOT NULL,
    day              TEXT NOT NULL,
    log_no           BIGINT NOT NULL,
    made_at          MOMENT NOT NULL,
    body             TEXT NOT NULL,
    PRIMARY KEY (home_id, day, log_no)
);

-- A drill: a wrong-body attempt that was replayed on a copy, with what was refused. body: JSON of the evidence. Append-only.
CREATE TABLE drill (
    home_id          TEXT NOT NULL,
    log_no           BIGINT NOT NULL,
    at               MOMENT NOT NULL,
    staff_no         TEXT NOT NULL,
    body             TEXT NOT NULL,
    PRIMARY KEY (home_id, log_no)
);

-- A screen on a wall: a device that knows an address and nothing else; only the SHA-256 of its token is kept.
-- kind: queue | hall (of the hall named in hall). seen_at: when it last asked, to the minute.
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

-- The name that a family approved for the screen of its hall; without a row it is masked. name_sealed: its own words,
-- sealed at hall_name/{case_no}/name; NULL: the name as booked.
CREATE TABLE hall_name (
    home_id          TEXT NOT NULL,
    case_no          TEXT NOT NULL,
    name_sealed      BYTES,
    log_no           BIGINT NOT NULL,
    PRIMARY KEY (home_id, case_no),
    FOREIGN KEY (home_id, case_no) REFERENCES funeral_case (home_id, case_no)
);

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

-- A day held against the provider's list: body is JSON of core.paying.DayFound. Append-only.
CREATE TABLE payment_day (
    home_id          TEXT NOT NULL,
    day              TEXT NOT NULL,
    log_no           BIGINT NOT NULL,
    made_at          MOMENT NOT NULL,
    body             TEXT NOT NULL,
    PRIMARY KEY (home_id, day, log_no)
);

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
CREATE INDEX review_flag_by_amount ON review_flag
    (home_id, state, amount_fen, log_no, line_no, rule, month, item, payer, station);
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

-- A cashier's shift at a drawer: one open a cashier, one open a drawer. shift_no: the log link that opened it.
-- *_counts: JSON, pieces by denomination in fen. expected_fen: float and ledger when it was closed; why: a name of
-- core.till.DifferenceWhy, where counted and expected differ. closed_by, second: who counted. A closed shift never changes.
-- slip_*: what the card terminal's slip of the shift printed, less what it paid back, and the books then; NULL: no slip.
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
    slip_fen         BIGINT,
    slip_expected_fen BIGINT,
    slip_why         TEXT CONSTRAINT slip_is_told CHECK ((slip_fen IS NULL) = (slip_expected_fen IS NULL) AND (slip_fen IS NULL OR closed_at IS NOT NULL) AND (slip_fen IS NULL OR slip_fen = slip_expected_fen OR slip_why IS NOT NULL)),
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

-- In which shift the cash or card money of a fact is; how much it is stands in transfer alone. shift_no NULL: its cashier had none.
-- Append-only, but that cash of no shift is put into one, once.
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
CREATE INDEX till_taking_since ON till_taking (home_id, log_no);
CREATE INDEX till_taking_nowhere ON till_taking (home_id, log_no) WHERE shift_no IS NULL;

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

-- Nobody rewrites history: the database itself refuses UPDATE and DELETE on what is append-only.
-- @postgresql
CREATE FUNCTION refuse_change() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN RAISE EXCEPTION USING MESSAGE = TG_TABLE_NAME || ' is append-only'; END $$;
CREATE TRIGGER record_append_only BEFORE UPDATE OR DELETE ON record FOR EACH ROW EXECUTE FUNCTION refuse_change();
CREATE TRIGGER fact_append_only BEFORE UPDATE OR DELETE ON fact FOR EACH ROW EXECUTE FUNCTION refuse_change();
CREATE TRIGGER bill_line_append_only BEFORE UPDATE OR DELETE ON bill_line FOR EACH ROW EXECUTE FUNCTION refuse_change();
CREATE TRIGGER transfer_append_only BEFORE UPDATE OR DELETE ON transfer FOR EACH ROW EXECUTE FUNCTION refuse_change();
CREATE TRIGGER audit_append_only BEFORE UPDATE OR DELETE ON audit_link FOR EACH ROW EXECUTE FUNCTION refuse_change();
CREATE TRIGGER clearance_append_only BEFORE UPDATE OR DELETE ON clearance FOR EACH ROW EXECUTE FUNCTION refuse_change();
CREATE TRIGGER reconciliation_append_only BEFORE UPDATE OR DELETE ON reconciliation FOR EACH ROW EXECUTE FUNCTION refuse_change();
CREATE TRIGGER drill_append_only BEFORE UPDATE OR DELETE ON drill FOR EACH ROW EXECUTE FUNCTION refuse_change();
CREATE TRIGGER body_count_append_only BEFORE UPDATE OR DELETE ON body_count FOR EACH ROW EXECUTE FUNCTION refuse_change();
CREATE TRIGGER earlier_value_append_only BEFORE UPDATE OR DELETE ON earlier_value FOR EACH ROW EXECUTE FUNCTION refuse_change();
CREATE TRIGGER price_book_append_only BEFORE UPDATE OR DELETE ON price_book FOR EACH ROW EXECUTE FUNCTION refuse_change();
CREATE FUNCTION account_is_of(account TEXT, case_no TEXT) RETURNS boolean LANGUAGE sql IMMUTABLE AS $$
SELECT CASE split_part(account, '/', 1)
    WHEN 'receivable' THEN split_part(account, '/', 2) = case_no AND split_part(account, '/', 3) <> ''
    WHEN 'deposit' THEN account = 'deposit/' || case_no
    WHEN 'suspense' THEN account = 'suspense/' || case_no
    ELSE account IN ('carried_over', 'carried_short', 'carried_off') OR split_part(account, '/', 1) IN ('revenue', 'till')
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
CREATE TRIGGER waiver_table_append_only BEFORE UPDATE OR DELETE ON waiver_table FOR EACH ROW EXECUTE FUNCTION refuse_change();
CREATE TRIGGER payment_day_append_only BEFORE UPDATE OR DELETE ON payment_day FOR EACH ROW EXECUTE FUNCTION refuse_change();
CREATE TRIGGER day_close_append_only BEFORE UPDATE OR DELETE ON day_close FOR EACH ROW EXECUTE FUNCTION refuse_change();
-- @end
-- @sqlite
CREATE TRIGGER record_no_update BEFORE UPDATE ON record BEGIN SELECT RAISE(ABORT, 'record is append-only'); END;
CREATE TRIGGER record_no_delete BEFORE DELETE ON record BEGIN SELECT RAISE(ABORT, 'record is append-only'); END;
CREATE TRIGGER fact_no_update BEFORE UPDATE ON fact BEGIN SELECT RAISE(ABORT, 'fact is append-only'); END;
CREATE TRIGGER fact_no_delete BEFORE DELETE ON fact BEGIN SELECT RAISE(ABORT, 'fact is append-only'); END;
CREATE TRIGGER bill_line_no_update BEFORE UPDATE ON bill_line BEGIN SELECT RAISE(ABORT, 'bill_line is append-only'); END;
CREATE TRIGGER bill_line_no_delete BEFORE DELETE ON bill_line BEGIN SELECT RAISE(ABORT, 'bill_line is append-only'); END;
CREATE TRIGGER transfer_no_update BEFORE UPDATE ON transfer BEGIN SELECT RAISE(ABORT, 'transfer is append-only'); END;
CREATE TRIGGER transfer_no_delete BEFORE DELETE ON transfer BEGIN SELECT RAISE(ABORT, 'transfer is append-only'); END;
CREATE TRIGGER audit_no_update BEFORE UPDATE ON audit_link BEGIN SELECT RAISE(ABORT, 'audit_link is append-only'); END;
CREATE TRIGGER audit_no_delete BEFORE DELETE ON audit_link BEGIN SELECT RAISE(ABORT, 'audit_link is append-only'); END;
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
CREATE TRIGGER price_book_no_update BEFORE UPDATE ON price_book BEGIN SELECT RAISE(ABORT, 'price_book is append-only'); END;
CREATE TRIGGER price_book_no_delete BEFORE DELETE ON price_book BEGIN SELECT RAISE(ABORT, 'price_book is append-only'); END;
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

-- What belongs to one case belongs to no other, ever: a certificate goes from stock to drawn to void, a mark stays with
-- its case (a death document moves with a merge, and when the case has it no more; the slip or bank's number of a payment
-- that was taken back is free), and nobody of a crew is on two trips.
-- @postgresql
CREATE TRIGGER certificate_count_append_only BEFORE UPDATE OR DELETE ON certificate_count FOR EACH ROW EXECUTE FUNCTION refuse_change();
CREATE FUNCTION refuse_second_use() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN RAISE EXCEPTION USING ERRCODE = 'integrity_constraint_violation', MESSAGE = TG_TABLE_NAME || ' is used once'; END $$;
CREATE TRIGGER certificate_path BEFORE UPDATE ON certificate FOR EACH ROW WHEN (OLD.home_id <> NEW.home_id OR OLD.number <> NEW.number OR (OLD.state = 'void' AND NEW.state <> 'void') OR (OLD.state = 'drawn' AND NEW.state = 'stock') OR (OLD.case_no IS NOT NULL AND NEW.case_no IS DISTINCT FROM OLD.case_no)) EXECUTE FUNCTION refuse_second_use();
CREATE TRIGGER certificate_no_delete BEFORE DELETE ON certificate FOR EACH ROW EXECUTE FUNCTION refuse_second_use();
CREATE TRIGGER mark_stays BEFORE UPDATE ON mark FOR EACH ROW WHEN (OLD.kind NOT IN ('death_paper', 'reference', 'bank_open', 'paid_out')) EXECUTE FUNCTION refuse_second_use();
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
CREATE TRIGGER mark_stays BEFORE UPDATE ON mark WHEN OLD.kind NOT IN ('death_paper', 'reference', 'bank_open', 'paid_out') BEGIN SELECT RAISE(ABORT, 'mark is used once'); END;
CREATE TRIGGER mark_no_delete BEFORE DELETE ON mark BEGIN SELECT RAISE(ABORT, 'mark is used once'); END;
CREATE TRIGGER trip_crew_free BEFORE INSERT ON trip WHEN NEW.ended_at IS NULL AND EXISTS (SELECT 1 FROM trip AS other WHERE other.home_id = NEW.home_id AND other.ended_at IS NULL AND (other.driver = NEW.mate OR other.mate = NEW.driver)) BEGIN SELECT RAISE(ABORT, 'somebody of the crew is on another trip'); END;
CREATE TRIGGER waiver_table_no_update BEFORE UPDATE ON waiver_table BEGIN SELECT RAISE(ABORT, 'waiver_table is append-only'); END;
CREATE TRIGGER waiver_table_no_delete BEFORE DELETE ON waiver_table BEGIN SELECT RAISE(ABORT, 'waiver_table is append-only'); END;
CREATE TRIGGER payment_day_no_update BEFORE UPDATE ON payment_day BEGIN SELECT RAISE(ABORT, 'payment_day is append-only'); END;
CREATE TRIGGER payment_day_no_delete BEFORE DELETE ON payment_day BEGIN SELECT RAISE(ABORT, 'payment_day is append-only'); END;
CREATE TRIGGER day_close_no_update BEFORE UPDATE ON day_close BEGIN SELECT RAISE(ABORT, 'day_close is append-only'); END;
CREATE TRIGGER day_close_no_delete BEFORE DELETE ON day_close BEGIN SELECT RAISE(ABORT, 'day_close is append-only'); END;
-- @end

-- A flag stays as it was raised, but for what was decided about it.
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

-- A shift is closed once, and its cash stays where it was.
-- @postgresql
CREATE FUNCTION refuse_after_close() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP = 'DELETE' OR OLD.closed_at IS NOT NULL THEN RAISE EXCEPTION USING ERRCODE = 'integrity_constraint_violation', MESSAGE = 'a closed shift never changes'; END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER till_shift_stays BEFORE UPDATE OR DELETE ON till_shift FOR EACH ROW EXECUTE FUNCTION refuse_after_close();
CREATE TRIGGER till_taking_placed BEFORE UPDATE ON till_taking FOR EACH ROW WHEN (OLD.shift_no IS NOT NULL OR (NEW.home_id, NEW.case_no, NEW.log_no, NEW.staff_no, NEW.at) IS DISTINCT FROM (OLD.home_id, OLD.case_no, OLD.log_no, OLD.staff_no, OLD.at)) EXECUTE FUNCTION refuse_change();
CREATE TRIGGER till_taking_no_delete BEFORE DELETE ON till_taking FOR EACH ROW EXECUTE FUNCTION refuse_change();
-- @end
-- @sqlite
CREATE TRIGGER till_shift_stays BEFORE UPDATE ON till_shift WHEN OLD.closed_at IS NOT NULL BEGIN SELECT RAISE(ABORT, 'a closed shift never changes'); END;
CREATE TRIGGER till_shift_no_delete BEFORE DELETE ON till_shift BEGIN SELECT RAISE(ABORT, 'a shift is never deleted'); END;
CREATE TRIGGER till_taking_placed BEFORE UPDATE ON till_taking WHEN OLD.shift_no IS NOT NULL OR (NEW.home_id, NEW.case_no, NEW.log_no, NEW.staff_no, NEW.at) <> (OLD.home_id, OLD.case_no, OLD.log_no, OLD.staff_no, OLD.at) BEGIN SELECT RAISE(ABORT, 'till_taking is append-only'); END;
CREATE TRIGGER till_taking_no_delete BEFORE DELETE ON till_taking BEGIN SELECT RAISE(ABORT, 'till_taking is append-only'); END;
-- @end

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
-- told_in: the statement (its draft_no) that told the payer that the line was taken back after it had been asked for; once.
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
    told_in          BIGINT,
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
    ELSIF TG_OP = 'DELETE' OR OLD.gone IS NOT NULL OR OLD.told_in <> NEW.told_in OR (OLD.told_in IS NOT NULL AND NEW.told_in IS NULL)
        OR to_jsonb(OLD) - '{gone,gone_at,gone_by,why,told_in}'::text[] <> to_jsonb(NEW) - '{gone,gone_at,gone_by,why,told_in}'::text[] THEN
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
CREATE TRIGGER statement_line_stays BEFORE UPDATE ON statement_line WHEN OLD.gone IS NOT NULL OR OLD.told_in IS NOT NULL AND OLD.told_in IS NOT NEW.told_in OR OLD.home_id <> NEW.home_id OR OLD.draft_no <> NEW.draft_no OR OLD.case_no <> NEW.case_no OR OLD.log_no <> NEW.log_no OR OLD.line_no <> NEW.line_no OR OLD.payer <> NEW.payer OR OLD.amount_fen <> NEW.amount_fen BEGIN SELECT RAISE(ABORT, 'a line of a statement stays, and goes once'); END;
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
    account          WORDS NOT NULL,
    since            WORDS NOT NULL,
    kind             WORDS NOT NULL,
    until            WORDS NOT NULL,
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
CREATE TRIGGER business_day_carries AFTER INSERT ON business_day FOR EACH ROW EXECUTE FUNCTION carry_standing();
CREATE TRIGGER standing_month_by_days BEFORE INSERT OR UPDATE OR DELETE ON standing_month FOR EACH ROW EXECUTE FUNCTION refuse_sum_by_hand();
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
CREATE TRIGGER standing_month_no_update BEFORE UPDATE ON standing_month BEGIN SELECT RAISE(ABORT, 'standing_month is kept by what is posted alone'); END;
CREATE TRIGGER standing_month_no_delete BEFORE DELETE ON standing_month BEGIN SELECT RAISE(ABORT, 'standing_month is kept by what is posted alone'); END;
CREATE TRIGGER account_spell_stays BEFORE UPDATE ON account_spell
WHEN NEW.home_id <> OLD.home_id OR NEW.account <> OLD.account OR NEW.since <> OLD.since OR NEW.kind <> OLD.kind
    OR (NEW.until = '9999-12-31') = (SELECT debit_fen = credit_fen FROM account WHERE home_id = NEW.home_id AND account = NEW.account)
BEGIN SELECT RAISE(ABORT, 'account_spell is kept by what is posted alone'); END;
CREATE TRIGGER account_spell_no_delete BEFORE DELETE ON account_spell BEGIN SELECT RAISE(ABORT, 'account_spell is kept by what is posted alone'); END;
-- @end

-- The bureau's other work (MODULES.md): who works in which module, what changed in its rows, links for people outside,
-- files that were handed in, and what is said of a figure. The rows' own tables are in cardsvc/modules/*/schema.sql.
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
-- day: the local day since when it holds, that of a move where it says one, else the one on which it was written.
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
    second_no        TEXT,
    move             TEXT NOT NULL,
    log_no           BIGINT NOT NULL,
    day              TEXT NOT NULL DEFAULT '',
    PRIMARY KEY (home_id, module, record, row_id, version, field)
);
CREATE INDEX module_history_since ON module_history (home_id, field, module, record, day, row_id);
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
-- and goes when it is done. takes: how often it was taken up for what is being done with it now. digest: keyed, of its bytes.
-- back_*: its rows were taken back, by whom, with whom, why; restored_*: they are or were restored since.
-- known_on: the local day of which the file tells; NULL: that on which its rows are kept.
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
    takes            BIGINT NOT NULL DEFAULT 0,
    digest           TEXT NOT NULL DEFAULT '',
    back_why         TEXT,
    back_by          TEXT,
    back_second      TEXT,
    back_at          MOMENT,
    restored_why     TEXT,
    restored_by      TEXT,
    restored_second  TEXT,
    restored_at      MOMENT,
    known_on         TEXT,
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
    note_en          TEXT NOT NULL DEFAULT '',
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
    reference        TEXT,
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
CREATE TRIGGER stray_money_path BEFORE UPDATE ON stray_money FOR EACH ROW WHEN (OLD.settled IS NOT NULL OR (NEW.home_id, NEW.log_no, NEW.cause, NEW.means, NEW.amount_fen, NEW.at, NEW.staff_no) IS DISTINCT FROM (OLD.home_id, OLD.log_no, OLD.cause, OLD.means, OLD.amount_fen, OLD.at, OLD.staff_no) OR (OLD.shift_no IS NOT NULL AND NEW.shift_no IS DISTINCT FROM OLD.shift_no)) EXECUTE FUNCTION refuse_other_stray();
CREATE TRIGGER stray_money_no_delete BEFORE DELETE ON stray_money FOR EACH ROW EXECUTE FUNCTION refuse_other_stray();
-- @end
-- @sqlite
CREATE TRIGGER stray_money_path BEFORE UPDATE ON stray_money WHEN OLD.settled IS NOT NULL OR (NEW.home_id, NEW.log_no, NEW.cause, NEW.means, NEW.amount_fen, NEW.at, NEW.staff_no) <> (OLD.home_id, OLD.log_no, OLD.cause, OLD.means, OLD.amount_fen, OLD.at, OLD.staff_no) OR (OLD.shift_no IS NOT NULL AND NEW.shift_no IS NOT OLD.shift_no) BEGIN SELECT RAISE(ABORT, 'stray money is decided about once'); END;
CREATE TRIGGER stray_money_no_delete BEFORE DELETE ON stray_money BEGIN SELECT RAISE(ABORT, 'stray money is decided about once'); END;
-- @end
