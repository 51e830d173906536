-- 社会救助与儿童福利 · Social relief and child welfare

-- 救助家庭 · Household
CREATE TABLE social_relief_household (
    home_id TEXT NOT NULL,
    id TEXT NOT NULL,
    county TEXT NOT NULL,
    version BIGINT NOT NULL,
    made_at MOMENT NOT NULL,
    made_by TEXT NOT NULL,
    changed_at MOMENT NOT NULL,
    changed_by TEXT NOT NULL,
    batch TEXT,
    known_on TEXT,
    number WORDS NOT NULL,
    head WORDS NOT NULL,
    kind WORDS NOT NULL,
    residence WORDS NOT NULL,
    town WORDS,
    address WORDS,
    phone_sealed TEXT,
    phone_blind TEXT,
    account_sealed TEXT,
    account_blind TEXT,
    persons BIGINT NOT NULL,
    standard BIGINT NOT NULL,
    income BIGINT NOT NULL,
    allowance BIGINT,
    state WORDS NOT NULL,
    since TEXT NOT NULL,
    until TEXT,
    suspended_on TEXT,
    resumed_on TEXT,
    ended_on TEXT,
    reason WORDS,
    PRIMARY KEY (home_id, id),
    CONSTRAINT social_relief_household_one_number UNIQUE (home_id, number)
);
CREATE INDEX social_relief_household_by_account ON social_relief_household (home_id, account_blind, id);
CREATE INDEX social_relief_household_by_allowance ON social_relief_household (home_id, allowance, id);
CREATE INDEX social_relief_household_by_head ON social_relief_household (home_id, head, id);
CREATE INDEX social_relief_household_by_kind ON social_relief_household (home_id, kind, id);
CREATE INDEX social_relief_household_by_number ON social_relief_household (home_id, number, id);
CREATE INDEX social_relief_household_by_persons ON social_relief_household (home_id, persons, id);
CREATE INDEX social_relief_household_by_phone ON social_relief_household (home_id, phone_blind, id);
CREATE INDEX social_relief_household_by_residence ON social_relief_household (home_id, residence, id);
CREATE INDEX social_relief_household_by_since ON social_relief_household (home_id, since, id);
CREATE INDEX social_relief_household_by_state ON social_relief_household (home_id, state, id);
CREATE INDEX social_relief_household_by_town ON social_relief_household (home_id, town, id);
CREATE INDEX social_relief_household_by_until ON social_relief_household (home_id, until, id);
CREATE INDEX social_relief_household_here ON social_relief_household (home_id, county, id);
CREATE INDEX social_relief_household_of_allowance ON social_relief_household (home_id, county, allowance, id);
CREATE INDEX social_relief_household_of_head ON social_relief_household (home_id, county, head, id);
CREATE INDEX social_relief_household_of_kind ON social_relief_household (home_id, county, kind, id);
CREATE INDEX social_relief_household_of_number ON social_relief_household (home_id, county, number, id);
CREATE INDEX social_relief_household_of_persons ON social_relief_household (home_id, county, persons, id);
CREATE INDEX social_relief_household_of_residence ON social_relief_household (home_id, county, residence, id);
CREATE INDEX social_relief_household_of_since ON social_relief_household (home_id, county, since, id);
CREATE INDEX social_relief_household_of_state ON social_relief_household (home_id, county, state, id);
CREATE INDEX social_relief_household_of_town ON social_relief_household (home_id, county, town, id);
CREATE INDEX social_relief_household_of_until ON social_relief_household (home_id, county, until, id);

-- 家庭成员 · Member
CREATE TABLE social_relief_member (
    home_id TEXT NOT NULL,
    id TEXT NOT NULL,
    county TEXT NOT NULL,
    version BIGINT NOT NULL,
    made_at MOMENT NOT NULL,
    made_by TEXT NOT NULL,
    changed_at MOMENT NOT NULL,
    changed_by TEXT NOT NULL,
    batch TEXT,
    known_on TEXT,
    name WORDS NOT NULL,
    id_no_sealed TEXT NOT NULL,
    id_no_blind TEXT,
    relation WORDS NOT NULL,
    household WORDS NOT NULL,
    share BIGINT,
    state WORDS NOT NULL,
    since TEXT NOT NULL,
    until TEXT,
    suspended_on TEXT,
    resumed_on TEXT,
    death_on TEXT,
    ended_on TEXT,
    reason WORDS,
    PRIMARY KEY (home_id, id)
);
CREATE INDEX social_relief_member_by_household ON social_relief_member (home_id, household, id);
CREATE INDEX social_relief_member_by_id_no ON social_relief_member (home_id, id_no_blind, id);
CREATE INDEX social_relief_member_by_name ON social_relief_member (home_id, name, id);
CREATE INDEX social_relief_member_by_relation ON social_relief_member (home_id, relation, id);
CREATE INDEX social_relief_member_by_since ON social_relief_member (home_id, since, id);
CREATE INDEX social_relief_member_by_state ON social_relief_member (home_id, state, id);
CREATE INDEX social_relief_member_by_until ON social_relief_member (home_id, until, id);
CREATE INDEX social_relief_member_here ON social_relief_member (home_id, county, id);
CREATE INDEX social_relief_member_of_id_no ON social_relief_member (home_id, county, id_no_blind, id);
CREATE INDEX social_relief_member_of_name ON social_relief_member (home_id, county, name, id);
CREATE INDEX social_relief_member_of_relation ON social_relief_member (home_id, county, relation, id);
CREATE INDEX social_relief_member_of_since ON social_relief_member (home_id, county, since, id);
CREATE INDEX social_relief_member_of_state ON social_relief_member (home_id, county, state, id);
CREATE INDEX social_relief_member_of_until ON social_relief_member (home_id, county, until, id);

-- 重度残疾人单人保 · Severely disabled, covered singly
CREATE TABLE social_relief_single (
    home_id TEXT NOT NULL,
    id TEXT NOT NULL,
    county TEXT NOT NULL,
    version BIGINT NOT NULL,
    made_at MOMENT NOT NULL,
    made_by TEXT NOT NULL,
    changed_at MOMENT NOT NULL,
    changed_by TEXT NOT NULL,
    batch TEXT,
    known_on TEXT,
    number WORDS NOT NULL,
    name WORDS NOT NULL,
    id_no_sealed TEXT NOT NULL,
    id_no_blind TEXT,
    household WORDS,
    town WORDS,
    kind WORDS NOT NULL,
    grade BIGINT NOT NULL,
    account_sealed TEXT,
    account_blind TEXT,
    monthly BIGINT NOT NULL,
    state WORDS NOT NULL,
    since TEXT NOT NULL,
    until TEXT,
    suspended_on TEXT,
    resumed_on TEXT,
    death_on TEXT,
    ended_on TEXT,
    reason WORDS,
    PRIMARY KEY (home_id, id),
    CONSTRAINT social_relief_single_one_number UNIQUE (home_id, number)
);
CREATE INDEX social_relief_single_by_account ON social_relief_single (home_id, account_blind, id);
CREATE INDEX social_relief_single_by_grade ON social_relief_single (home_id, grade, id);
CREATE INDEX social_relief_single_by_household ON social_relief_single (home_id, household, id);
CREATE INDEX social_relief_single_by_id_no ON social_relief_single (home_id, id_no_blind, id);
CREATE INDEX social_relief_single_by_kind ON social_relief_single (home_id, kind, id);
CREATE INDEX social_relief_single_by_monthly ON social_relief_single (home_id, monthly, id);
CREATE INDEX social_relief_single_by_name ON social_relief_single (home_id, name, id);
CREATE INDEX social_relief_single_by_number ON social_relief_single (home_id, number, id);
CREATE INDEX social_relief_single_by_since ON social_relief_single (home_id, since, id);
CREATE INDEX social_relief_single_by_state ON social_relief_single (home_id, state, id);
CREATE INDEX social_relief_single_by_town ON social_relief_single (home_id, town, id);
CREATE INDEX social_relief_single_by_until ON social_relief_single (home_id, until, id);
CREATE INDEX social_relief_single_here ON social_relief_single (home_id, county, id);
CREATE INDEX social_relief_single_of_grade ON social_relief_single (home_id, county, grade, id);
CREATE INDEX social_relief_single_of_id_no ON social_relief_single (home_id, county, id_no_blind, id);
CREATE INDEX social_relief_single_of_kind ON social_relief_single (home_id, county, kind, id);
CREATE INDEX social_relief_single_of_monthly ON social_relief_single (home_id, county, monthly, id);
CREATE INDEX social_relief_single_of_name ON social_relief_single (home_id, county, name, id);
CREATE INDEX social_relief_single_of_number ON social_relief_single (home_id, county, number, id);
CREATE INDEX social_relief_single_of_since ON social_relief_single (home_id, county, since, id);
CREATE INDEX social_relief_single_of_state ON social_relief_single (home_id, county, state, id);
CREATE INDEX social_relief_single_of_town ON social_relief_single (home_id, county, town, id);
CREATE INDEX social_relief_single_of_until ON social_relief_single (home_id, county, until, id);

-- 家庭经济状况核对 · Income check
CREATE TABLE social_relief_income_check (
    home_id TEXT NOT NULL,
    id TEXT NOT NULL,
    county TEXT NOT NULL,
    version BIGINT NOT NULL,
    made_at MOMENT NOT NULL,
    made_by TEXT NOT NULL,
    changed_at MOMENT NOT NULL,
    changed_by TEXT NOT NULL,
    batch TEXT,
    known_on TEXT,
    household WORDS,
    head WORDS NOT NULL,
    id_no_sealed TEXT,
    id_no_blind TEXT,
    asked_on TEXT NOT NULL,
    persons BIGINT NOT NULL,
    income BIGINT NOT NULL,
    property BIGINT NOT NULL,
    property_most BIGINT NOT NULL,
    standard BIGINT NOT NULL,
    borderline BIGINT NOT NULL,
    per_head BIGINT,
    finding WORDS,
    state WORDS NOT NULL,
    reported_on TEXT,
    PRIMARY KEY (home_id, id)
);
CREATE INDEX social_relief_income_check_by_asked_on ON social_relief_income_check (home_id, asked_on, id);
CREATE INDEX social_relief_income_check_by_finding ON social_relief_income_check (home_id, finding, id);
CREATE INDEX social_relief_income_check_by_head ON social_relief_income_check (home_id, head, id);
CREATE INDEX social_relief_income_check_by_household ON social_relief_income_check (home_id, household, id);
CREATE INDEX social_relief_income_check_by_id_no ON social_relief_income_check (home_id, id_no_blind, id);
CREATE INDEX social_relief_income_check_by_per_head ON social_relief_income_check (home_id, per_head, id);
CREATE INDEX social_relief_income_check_by_reported_on ON social_relief_income_check (home_id, reported_on, id);
CREATE INDEX social_relief_income_check_by_state ON social_relief_income_check (home_id, state, id);
CREATE INDEX social_relief_income_check_here ON social_relief_income_check (home_id, county, id);
CREATE INDEX social_relief_income_check_of_asked_on ON social_relief_income_check (home_id, county, asked_on, id);
CREATE INDEX social_relief_income_check_of_finding ON social_relief_income_check (home_id, county, finding, id);
CREATE INDEX social_relief_income_check_of_head ON social_relief_income_check (home_id, county, head, id);
CREATE INDEX social_relief_income_check_of_id_no ON social_relief_income_check (home_id, county, id_no_blind, id);
CREATE INDEX social_relief_income_check_of_per_head ON social_relief_income_check (home_id, county, per_head, id);
CREATE INDEX social_relief_income_check_of_reported_on ON social_relief_income_check (home_id, county, reported_on, id);
CREATE INDEX social_relief_income_check_of_state ON social_relief_income_check (home_id, county, state, id);

-- 救助金发放批次 · Benefit batch
CREATE TABLE social_relief_payment_batch (
    home_id TEXT NOT NULL,
    id TEXT NOT NULL,
    county TEXT NOT NULL,
    version BIGINT NOT NULL,
    made_at MOMENT NOT NULL,
    made_by TEXT NOT NULL,
    changed_at MOMENT NOT NULL,
    changed_by TEXT NOT NULL,
    batch TEXT,
    known_on TEXT,
    number WORDS NOT NULL,
    scheme WORDS NOT NULL,
    for_day TEXT NOT NULL,
    month WORDS,
    persons BIGINT NOT NULL,
    amount BIGINT NOT NULL,
    bank WORDS,
    state WORDS NOT NULL,
    submitted_on TEXT,
    approved_on TEXT,
    paid_on TEXT,
    remark WORDS,
    PRIMARY KEY (home_id, id),
    CONSTRAINT social_relief_payment_batch_one_number UNIQUE (home_id, number)
);
CREATE INDEX social_relief_payment_batch_by_amount ON social_relief_payment_batch (home_id, amount, id);
CREATE INDEX social_relief_payment_batch_by_month ON social_relief_payment_batch (home_id, month, id);
CREATE INDEX social_relief_payment_batch_by_number ON social_relief_payment_batch (home_id, number, id);
CREATE INDEX social_relief_payment_batch_by_paid_on ON social_relief_payment_batch (home_id, paid_on, id);
CREATE INDEX social_relief_payment_batch_by_persons ON social_relief_payment_batch (home_id, persons, id);
CREATE INDEX social_relief_payment_batch_by_scheme ON social_relief_payment_batch (home_id, scheme, id);
CREATE INDEX social_relief_payment_batch_by_state ON social_relief_payment_batch (home_id, state, id);
CREATE INDEX social_relief_payment_batch_here ON social_relief_payment_batch (home_id, county, id);
CREATE INDEX social_relief_payment_batch_of_amount ON social_relief_payment_batch (home_id, county, amount, id);
CREATE INDEX social_relief_payment_batch_of_month ON social_relief_payment_batch (home_id, county, month, id);
CREATE INDEX social_relief_payment_batch_of_number ON social_relief_payment_batch (home_id, county, number, id);
CREATE INDEX social_relief_payment_batch_of_paid_on ON social_relief_payment_batch (home_id, county, paid_on, id);
CREATE INDEX social_relief_payment_batch_of_persons ON social_relief_payment_batch (home_id, county, persons, id);
CREATE INDEX social_relief_payment_batch_of_scheme ON social_relief_payment_batch (home_id, county, scheme, id);
CREATE INDEX social_relief_payment_batch_of_state ON social_relief_payment_batch (home_id, county, state, id);

-- 发放明细 · Payment
CREATE TABLE social_relief_payment (
    home_id TEXT NOT NULL,
    id TEXT NOT NULL,
    county TEXT NOT NULL,
    version BIGINT NOT NULL,
    made_at MOMENT NOT NULL,
    made_by TEXT NOT NULL,
    changed_at MOMENT NOT NULL,
    changed_by TEXT NOT NULL,
    batch TEXT,
    known_on TEXT,
    paid_on TEXT NOT NULL,
    amount BIGINT NOT NULL,
    member WORDS,
    single WORDS,
    orphan WORDS,
    of_batch WORDS,
    PRIMARY KEY (home_id, id),
    CONSTRAINT social_relief_payment_one_member_paid_on UNIQUE (home_id, member, paid_on),
    CONSTRAINT social_relief_payment_one_single_paid_on UNIQUE (home_id, single, paid_on),
    CONSTRAINT social_relief_payment_one_orphan_paid_on UNIQUE (home_id, orphan, paid_on)
);
CREATE INDEX social_relief_payment_by_amount ON social_relief_payment (home_id, amount, id);
CREATE INDEX social_relief_payment_by_member ON social_relief_payment (home_id, member, id);
CREATE INDEX social_relief_payment_by_of_batch ON social_relief_payment (home_id, of_batch, id);
CREATE INDEX social_relief_payment_by_orphan ON social_relief_payment (home_id, orphan, id);
CREATE INDEX social_relief_payment_by_paid_on ON social_relief_payment (home_id, paid_on, id);
CREATE INDEX social_relief_payment_by_single ON social_relief_payment (home_id, single, id);
CREATE INDEX social_relief_payment_here ON social_relief_payment (home_id, county, id);
CREATE INDEX social_relief_payment_of_amount ON social_relief_payment (home_id, county, amount, id);
CREATE INDEX social_relief_payment_of_paid_on ON social_relief_payment (home_id, county, paid_on, id);

-- 医疗救助 · Medical assistance claim
CREATE TABLE social_relief_claim (
    home_id TEXT NOT NULL,
    id TEXT NOT NULL,
    county TEXT NOT NULL,
    version BIGINT NOT NULL,
    made_at MOMENT NOT NULL,
    made_by TEXT NOT NULL,
    changed_at MOMENT NOT NULL,
    changed_by TEXT NOT NULL,
    batch TEXT,
    known_on TEXT,
    settled_on TEXT NOT NULL,
    name WORDS,
    id_no_sealed TEXT,
    id_no_blind TEXT,
    category WORDS NOT NULL,
    how WORDS NOT NULL,
    site WORDS,
    treatment WORDS NOT NULL,
    cost BIGINT NOT NULL,
    insured BIGINT NOT NULL,
    assisted BIGINT NOT NULL,
    self_paid BIGINT,
    total_of BIGINT,
    person_times BIGINT,
    state WORDS NOT NULL,
    refunded_on TEXT,
    PRIMARY KEY (home_id, id)
);
CREATE INDEX social_relief_claim_by_assisted ON social_relief_claim (home_id, assisted, id);
CREATE INDEX social_relief_claim_by_category ON social_relief_claim (home_id, category, id);
CREATE INDEX social_relief_claim_by_how ON social_relief_claim (home_id, how, id);
CREATE INDEX social_relief_claim_by_id_no ON social_relief_claim (home_id, id_no_blind, id);
CREATE INDEX social_relief_claim_by_name ON social_relief_claim (home_id, name, id);
CREATE INDEX social_relief_claim_by_person_times ON social_relief_claim (home_id, person_times, id);
CREATE INDEX social_relief_claim_by_settled_on ON social_relief_claim (home_id, settled_on, id);
CREATE INDEX social_relief_claim_by_site ON social_relief_claim (home_id, site, id);
CREATE INDEX social_relief_claim_by_state ON social_relief_claim (home_id, state, id);
CREATE INDEX social_relief_claim_by_treatment ON social_relief_claim (home_id, treatment, id);
CREATE INDEX social_relief_claim_here ON social_relief_claim (home_id, county, id);
CREATE INDEX social_relief_claim_of_assisted ON social_relief_claim (home_id, county, assisted, id);
CREATE INDEX social_relief_claim_of_category ON social_relief_claim (home_id, county, category, id);
CREATE INDEX social_relief_claim_of_how ON social_relief_claim (home_id, county, how, id);
CREATE INDEX social_relief_claim_of_id_no ON social_relief_claim (home_id, county, id_no_blind, id);
CREATE INDEX social_relief_claim_of_name ON social_relief_claim (home_id, county, name, id);
CREATE INDEX social_relief_claim_of_person_times ON social_relief_claim (home_id, county, person_times, id);
CREATE INDEX social_relief_claim_of_settled_on ON social_relief_claim (home_id, county, settled_on, id);
CREATE INDEX social_relief_claim_of_state ON social_relief_claim (home_id, county, state, id);
CREATE INDEX social_relief_claim_of_treatment ON social_relief_claim (home_id, county, treatment, id);

-- 医疗救助即时结算点 · Instant-settlement site
CREATE TABLE social_relief_site (
    home_id TEXT NOT NULL,
    id TEXT NOT NULL,
    county TEXT NOT NULL,
    version BIGINT NOT NULL,
    made_at MOMENT NOT NULL,
    made_by TEXT NOT NULL,
    changed_at MOMENT NOT NULL,
    changed_by TEXT NOT NULL,
    batch TEXT,
    known_on TEXT,
    name WORDS NOT NULL,
    level WORDS NOT NULL,
    opened_on TEXT NOT NULL,
    closed_on TEXT,
    state WORDS NOT NULL,
    PRIMARY KEY (home_id, id),
    CONSTRAINT social_relief_site_one_name UNIQUE (home_id, name)
);
CREATE INDEX social_relief_site_by_level ON social_relief_site (home_id, level, id);
CREATE INDEX social_relief_site_by_name ON social_relief_site (home_id, name, id);
CREATE INDEX social_relief_site_by_opened_on ON social_relief_site (home_id, opened_on, id);
CREATE INDEX social_relief_site_by_state ON social_relief_site (home_id, state, id);
CREATE INDEX social_relief_site_here ON social_relief_site (home_id, county, id);
CREATE INDEX social_relief_site_of_level ON social_relief_site (home_id, county, level, id);
CREATE INDEX social_relief_site_of_name ON social_relief_site (home_id, county, name, id);
CREATE INDEX social_relief_site_of_opened_on ON social_relief_site (home_id, county, opened_on, id);
CREATE INDEX social_relief_site_of_state ON social_relief_site (home_id, county, state, id);

-- 临时救助 · Temporary relief
CREATE TABLE social_relief_temporary_relief (
    home_id TEXT NOT NULL,
    id TEXT NOT NULL,
    county TEXT NOT NULL,
    version BIGINT NOT NULL,
    made_at MOMENT NOT NULL,
    made_by TEXT NOT NULL,
    changed_at MOMENT NOT NULL,
    changed_by TEXT NOT NULL,
    batch TEXT,
    known_on TEXT,
    applied_on TEXT NOT NULL,
    name WORDS,
    id_no_sealed TEXT,
    id_no_blind TEXT,
    town WORDS,
    cause WORDS NOT NULL,
    kind WORDS NOT NULL,
    amount BIGINT,
    total_of BIGINT,
    person_times BIGINT,
    state WORDS NOT NULL,
    decided_on TEXT,
    paid_on TEXT,
    PRIMARY KEY (home_id, id)
);
CREATE INDEX social_relief_temporary_relief_by_amount ON social_relief_temporary_relief (home_id, amount, id);
CREATE INDEX social_relief_temporary_relief_by_applied_on ON social_relief_temporary_relief (home_id, applied_on, id);
CREATE INDEX social_relief_temporary_relief_by_cause ON social_relief_temporary_relief (home_id, cause, id);
CREATE INDEX social_relief_temporary_relief_by_id_no ON social_relief_temporary_relief (home_id, id_no_blind, id);
CREATE INDEX social_relief_temporary_relief_by_kind ON social_relief_temporary_relief (home_id, kind, id);
CREATE INDEX social_relief_temporary_relief_by_name ON social_relief_temporary_relief (home_id, name, id);
CREATE INDEX social_relief_temporary_relief_by_paid_on ON social_relief_temporary_relief (home_id, paid_on, id);
CREATE INDEX social_relief_temporary_relief_by_person_times ON social_relief_temporary_relief (home_id, person_times, id);
CREATE INDEX social_relief_temporary_relief_by_state ON social_relief_temporary_relief (home_id, state, id);
CREATE INDEX social_relief_temporary_relief_by_town ON social_relief_temporary_relief (home_id, town, id);
CREATE INDEX social_relief_temporary_relief_here ON social_relief_temporary_relief (home_id, county, id);
CREATE INDEX social_relief_temporary_relief_of_amount ON social_relief_temporary_relief (home_id, county, amount, id);
CREATE INDEX social_relief_temporary_relief_of_applied_on ON social_relief_temporary_relief (home_id, county, applied_on, id);
CREATE INDEX social_relief_temporary_relief_of_cause ON social_relief_temporary_relief (home_id, county, cause, id);
CREATE INDEX social_relief_temporary_relief_of_id_no ON social_relief_temporary_relief (home_id, county, id_no_blind, id);
CREATE INDEX social_relief_temporary_relief_of_kind ON social_relief_temporary_relief (home_id, county, kind, id);
CREATE INDEX social_relief_temporary_relief_of_name ON social_relief_temporary_relief (home_id, county, name, id);
CREATE INDEX social_relief_temporary_relief_of_paid_on ON social_relief_temporary_relief (home_id, county, paid_on, id);
CREATE INDEX social_relief_temporary_relief_of_person_times ON social_relief_temporary_relief (home_id, county, person_times, id);
CREATE INDEX social_relief_temporary_relief_of_state ON social_relief_temporary_relief (home_id, county, state, id);
CREATE INDEX social_relief_temporary_relief_of_town ON social_relief_temporary_relief (home_id, county, town, id);

-- 走访慰问 · Visit with allowance
CREATE TABLE social_relief_visit (
    home_id TEXT NOT NULL,
    id TEXT NOT NULL,
    county TEXT NOT NULL,
    version BIGINT NOT NULL,
    made_at MOMENT NOT NULL,
    made_by TEXT NOT NULL,
    changed_at MOMENT NOT NULL,
    changed_by TEXT NOT NULL,
    batch TEXT,
    known_on TEXT,
    visited_on TEXT NOT NULL,
    whom WORDS NOT NULL,
    occasion WORDS,
    place WORDS,
    persons BIGINT NOT NULL,
    money BIGINT NOT NULL,
    goods BIGINT,
    PRIMARY KEY (home_id, id)
);
CREATE INDEX social_relief_visit_by_money ON social_relief_visit (home_id, money, id);
CREATE INDEX social_relief_visit_by_occasion ON social_relief_visit (home_id, occasion, id);
CREATE INDEX social_relief_visit_by_persons ON social_relief_visit (home_id, persons, id);
CREATE INDEX social_relief_visit_by_place ON social_relief_visit (home_id, place, id);
CREATE INDEX social_relief_visit_by_visited_on ON social_relief_visit (home_id, visited_on, id);
CREATE INDEX social_relief_visit_by_whom ON social_relief_visit (home_id, whom, id);
CREATE INDEX social_relief_visit_here ON social_relief_visit (home_id, county, id);
CREATE INDEX social_relief_visit_of_money ON social_relief_visit (home_id, county, money, id);
CREATE INDEX social_relief_visit_of_occasion ON social_relief_visit (home_id, county, occasion, id);
CREATE INDEX social_relief_visit_of_persons ON social_relief_visit (home_id, county, persons, id);
CREATE INDEX social_relief_visit_of_place ON social_relief_visit (home_id, county, place, id);
CREATE INDEX social_relief_visit_of_visited_on ON social_relief_visit (home_id, county, visited_on, id);
CREATE INDEX social_relief_visit_of_whom ON social_relief_visit (home_id, county, whom, id);

-- 孤儿 · Orphan
CREATE TABLE social_relief_orphan (
    home_id TEXT NOT NULL,
    id TEXT NOT NULL,
    county TEXT NOT NULL,
    version BIGINT NOT NULL,
    made_at MOMENT NOT NULL,
    made_by TEXT NOT NULL,
    changed_at MOMENT NOT NULL,
    changed_by TEXT NOT NULL,
    batch TEXT,
    known_on TEXT,
    number WORDS NOT NULL,
    name WORDS NOT NULL,
    id_no_sealed TEXT NOT NULL,
    id_no_blind TEXT,
    kind WORDS NOT NULL,
    placement WORDS NOT NULL,
    disabled BOOLEAN NOT NULL,
    guardian WORDS NOT NULL,
    guardian_phone_sealed TEXT,
    guardian_phone_blind TEXT,
    account_sealed TEXT,
    account_blind TEXT,
    standard WORDS,
    monthly BIGINT NOT NULL,
    state WORDS NOT NULL,
    since TEXT NOT NULL,
    until TEXT,
    suspended_on TEXT,
    resumed_on TEXT,
    death_on TEXT,
    ended_on TEXT,
    reason WORDS,
    PRIMARY KEY (home_id, id),
    CONSTRAINT social_relief_orphan_one_number UNIQUE (home_id, number)
);
CREATE INDEX social_relief_orphan_by_account ON social_relief_orphan (home_id, account_blind, id);
CREATE INDEX social_relief_orphan_by_disabled ON social_relief_orphan (home_id, disabled, id);
CREATE INDEX social_relief_orphan_by_guardian_phone ON social_relief_orphan (home_id, guardian_phone_blind, id);
CREATE INDEX social_relief_orphan_by_id_no ON social_relief_orphan (home_id, id_no_blind, id);
CREATE INDEX social_relief_orphan_by_kind ON social_relief_orphan (home_id, kind, id);
CREATE INDEX social_relief_orphan_by_monthly ON social_relief_orphan (home_id, monthly, id);
CREATE INDEX social_relief_orphan_by_name ON social_relief_orphan (home_id, name, id);
CREATE INDEX social_relief_orphan_by_number ON social_relief_orphan (home_id, number, id);
CREATE INDEX social_relief_orphan_by_placement ON social_relief_orphan (home_id, placement, id);
CREATE INDEX social_relief_orphan_by_since ON social_relief_orphan (home_id, since, id);
CREATE INDEX social_relief_orphan_by_standard ON social_relief_orphan (home_id, standard, id);
CREATE INDEX social_relief_orphan_by_state ON social_relief_orphan (home_id, state, id);
CREATE INDEX social_relief_orphan_by_until ON social_relief_orphan (home_id, until, id);
CREATE INDEX social_relief_orphan_here ON social_relief_orphan (home_id, county, id);
CREATE INDEX social_relief_orphan_of_disabled ON social_relief_orphan (home_id, county, disabled, id);
CREATE INDEX social_relief_orphan_of_id_no ON social_relief_orphan (home_id, county, id_no_blind, id);
CREATE INDEX social_relief_orphan_of_kind ON social_relief_orphan (home_id, county, kind, id);
CREATE INDEX social_relief_orphan_of_monthly ON social_relief_orphan (home_id, county, monthly, id);
CREATE INDEX social_relief_orphan_of_name ON social_relief_orphan (home_id, county, name, id);
CREATE INDEX social_relief_orphan_of_number ON social_relief_orphan (home_id, county, number, id);
CREATE INDEX social_relief_orphan_of_placement ON social_relief_orphan (home_id, county, placement, id);
CREATE INDEX social_relief_orphan_of_since ON social_relief_orphan (home_id, county, since, id);
CREATE INDEX social_relief_orphan_of_state ON social_relief_orphan (home_id, county, state, id);
CREATE INDEX social_relief_orphan_of_until ON social_relief_orphan (home_id, county, until, id);

-- 保障标准 · Standard
CREATE TABLE social_relief_standard (
    home_id TEXT NOT NULL,
    id TEXT NOT NULL,
    county TEXT NOT NULL,
    version BIGINT NOT NULL,
    made_at MOMENT NOT NULL,
    made_by TEXT NOT NULL,
    changed_at MOMENT NOT NULL,
    changed_by TEXT NOT NULL,
    batch TEXT,
    known_on TEXT,
    document WORDS NOT NULL,
    of WORDS NOT NULL,
    monthly BIGINT NOT NULL,
    since TEXT NOT NULL,
    until TEXT,
    PRIMARY KEY (home_id, id)
);
CREATE INDEX social_relief_standard_by_document ON social_relief_standard (home_id, document, id);
CREATE INDEX social_relief_standard_by_monthly ON social_relief_standard (home_id, monthly, id);
CREATE INDEX social_relief_standard_by_of ON social_relief_standard (home_id, of, id);
CREATE INDEX social_relief_standard_by_since ON social_relief_standard (home_id, since, id);
CREATE INDEX social_relief_standard_here ON social_relief_standard (home_id, county, id);
CREATE INDEX social_relief_standard_of_document ON social_relief_standard (home_id, county, document, id);
CREATE INDEX social_relief_standard_of_monthly ON social_relief_standard (home_id, county, monthly, id);
CREATE INDEX social_relief_standard_of_of ON social_relief_standard (home_id, county, of, id);
CREATE INDEX social_relief_standard_of_since ON social_relief_standard (home_id, county, since, id);

-- 儿童康复 · Child rehabilitation case
CREATE TABLE social_relief_rehabilitation (
    home_id TEXT NOT NULL,
    id TEXT NOT NULL,
    county TEXT NOT NULL,
    version BIGINT NOT NULL,
    made_at MOMENT NOT NULL,
    made_by TEXT NOT NULL,
    changed_at MOMENT NOT NULL,
    changed_by TEXT NOT NULL,
    batch TEXT,
    known_on TEXT,
    child WORDS NOT NULL,
    id_no_sealed TEXT NOT NULL,
    id_no_blind TEXT,
    orphan WORDS,
    guardian WORDS,
    phone_sealed TEXT,
    phone_blind TEXT,
    treatment WORDS,
    institution WORDS NOT NULL,
    applied_on TEXT NOT NULL,
    cost BIGINT,
    aid BIGINT,
    state WORDS NOT NULL,
    accepted_on TEXT,
    started_on TEXT,
    finished_on TEXT,
    PRIMARY KEY (home_id, id)
);
CREATE INDEX social_relief_rehabilitation_by_accepted_on ON social_relief_rehabilitation (home_id, accepted_on, id);
CREATE INDEX social_relief_rehabilitation_by_aid ON social_relief_rehabilitation (home_id, aid, id);
CREATE INDEX social_relief_rehabilitation_by_applied_on ON social_relief_rehabilitation (home_id, applied_on, id);
CREATE INDEX social_relief_rehabilitation_by_child ON social_relief_rehabilitation (home_id, child, id);
CREATE INDEX social_relief_rehabilitation_by_finished_on ON social_relief_rehabilitation (home_id, finished_on, id);
CREATE INDEX social_relief_rehabilitation_by_id_no ON social_relief_rehabilitation (home_id, id_no_blind, id);
CREATE INDEX social_relief_rehabilitation_by_institution ON social_relief_rehabilitation (home_id, institution, id);
CREATE INDEX social_relief_rehabilitation_by_orphan ON social_relief_rehabilitation (home_id, orphan, id);
CREATE INDEX social_relief_rehabilitation_by_phone ON social_relief_rehabilitation (home_id, phone_blind, id);
CREATE INDEX social_relief_rehabilitation_by_state ON social_relief_rehabilitation (home_id, state, id);
CREATE INDEX social_relief_rehabilitation_here ON social_relief_rehabilitation (home_id, county, id);
CREATE INDEX social_relief_rehabilitation_of_accepted_on ON social_relief_rehabilitation (home_id, county, accepted_on, id);
CREATE INDEX social_relief_rehabilitation_of_aid ON social_relief_rehabilitation (home_id, county, aid, id);
CREATE INDEX social_relief_rehabilitation_of_applied_on ON social_relief_rehabilitation (home_id, county, applied_on, id);
CREATE INDEX social_relief_rehabilitation_of_child ON social_relief_rehabilitation (home_id, county, child, id);
CREATE INDEX social_relief_rehabilitation_of_finished_on ON social_relief_rehabilitation (home_id, county, finished_on, id);
CREATE INDEX social_relief_rehabilitation_of_id_no ON social_relief_rehabilitation (home_id, county, id_no_blind, id);
CREATE INDEX social_relief_rehabilitation_of_institution ON social_relief_rehabilitation (home_id, county, institution, id);
CREATE INDEX social_relief_rehabilitation_of_state ON social_relief_rehabilitation (home_id, county, state, id);

-- 救助资金筹集 · Fund raised
CREATE TABLE social_relief_fund (
    home_id TEXT NOT NULL,
    id TEXT NOT NULL,
    county TEXT NOT NULL,
    version BIGINT NOT NULL,
    made_at MOMENT NOT NULL,
    made_by TEXT NOT NULL,
    changed_at MOMENT NOT NULL,
    changed_by TEXT NOT NULL,
    batch TEXT,
    known_on TEXT,
    purpose WORDS NOT NULL,
    raised_on TEXT NOT NULL,
    population BIGINT NOT NULL,
    amount BIGINT NOT NULL,
    document WORDS,
    PRIMARY KEY (home_id, id)
);
CREATE INDEX social_relief_fund_by_amount ON social_relief_fund (home_id, amount, id);
CREATE INDEX social_relief_fund_by_document ON social_relief_fund (home_id, document, id);
CREATE INDEX social_relief_fund_by_purpose ON social_relief_fund (home_id, purpose, id);
CREATE INDEX social_relief_fund_by_raised_on ON social_relief_fund (home_id, raised_on, id);
CREATE INDEX social_relief_fund_here ON social_relief_fund (home_id, county, id);
CREATE INDEX social_relief_fund_of_amount ON social_relief_fund (home_id, county, amount, id);
CREATE INDEX social_relief_fund_of_document ON social_relief_fund (home_id, county, document, id);
CREATE INDEX social_relief_fund_of_purpose ON social_relief_fund (home_id, county, purpose, id);
CREATE INDEX social_relief_fund_of_raised_on ON social_relief_fund (home_id, county, raised_on, id);
