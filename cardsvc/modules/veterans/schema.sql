-- 双拥优抚安置 · Veterans and placement

-- 优抚对象 · Beneficiary
CREATE TABLE veterans_beneficiary (
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
    category WORDS NOT NULL,
    cause WORDS,
    grade BIGINT,
    town WORDS,
    phone_sealed TEXT,
    phone_blind TEXT,
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
    CONSTRAINT veterans_beneficiary_one_number UNIQUE (home_id, number)
);
CREATE INDEX veterans_beneficiary_by_account ON veterans_beneficiary (home_id, account_blind, id);
CREATE INDEX veterans_beneficiary_by_category ON veterans_beneficiary (home_id, category, id);
CREATE INDEX veterans_beneficiary_by_id_no ON veterans_beneficiary (home_id, id_no_blind, id);
CREATE INDEX veterans_beneficiary_by_monthly ON veterans_beneficiary (home_id, monthly, id);
CREATE INDEX veterans_beneficiary_by_name ON veterans_beneficiary (home_id, name, id);
CREATE INDEX veterans_beneficiary_by_number ON veterans_beneficiary (home_id, number, id);
CREATE INDEX veterans_beneficiary_by_phone ON veterans_beneficiary (home_id, phone_blind, id);
CREATE INDEX veterans_beneficiary_by_since ON veterans_beneficiary (home_id, since, id);
CREATE INDEX veterans_beneficiary_by_standard ON veterans_beneficiary (home_id, standard, id);
CREATE INDEX veterans_beneficiary_by_state ON veterans_beneficiary (home_id, state, id);
CREATE INDEX veterans_beneficiary_by_town ON veterans_beneficiary (home_id, town, id);
CREATE INDEX veterans_beneficiary_by_until ON veterans_beneficiary (home_id, until, id);
CREATE INDEX veterans_beneficiary_here ON veterans_beneficiary (home_id, county, id);
CREATE INDEX veterans_beneficiary_of_category ON veterans_beneficiary (home_id, county, category, id);
CREATE INDEX veterans_beneficiary_of_id_no ON veterans_beneficiary (home_id, county, id_no_blind, id);
CREATE INDEX veterans_beneficiary_of_monthly ON veterans_beneficiary (home_id, county, monthly, id);
CREATE INDEX veterans_beneficiary_of_name ON veterans_beneficiary (home_id, county, name, id);
CREATE INDEX veterans_beneficiary_of_number ON veterans_beneficiary (home_id, county, number, id);
CREATE INDEX veterans_beneficiary_of_phone ON veterans_beneficiary (home_id, county, phone_blind, id);
CREATE INDEX veterans_beneficiary_of_since ON veterans_beneficiary (home_id, county, since, id);
CREATE INDEX veterans_beneficiary_of_state ON veterans_beneficiary (home_id, county, state, id);
CREATE INDEX veterans_beneficiary_of_town ON veterans_beneficiary (home_id, county, town, id);
CREATE INDEX veterans_beneficiary_of_until ON veterans_beneficiary (home_id, county, until, id);

-- 抚恤补助发放 · Pension payment
CREATE TABLE veterans_payment (
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
    beneficiary WORDS NOT NULL,
    paid_on TEXT NOT NULL,
    amount BIGINT NOT NULL,
    PRIMARY KEY (home_id, id),
    CONSTRAINT veterans_payment_one_beneficiary_paid_on UNIQUE (home_id, beneficiary, paid_on)
);
CREATE INDEX veterans_payment_by_amount ON veterans_payment (home_id, amount, id);
CREATE INDEX veterans_payment_by_beneficiary ON veterans_payment (home_id, beneficiary, id);
CREATE INDEX veterans_payment_by_paid_on ON veterans_payment (home_id, paid_on, id);
CREATE INDEX veterans_payment_here ON veterans_payment (home_id, county, id);
CREATE INDEX veterans_payment_of_amount ON veterans_payment (home_id, county, amount, id);
CREATE INDEX veterans_payment_of_paid_on ON veterans_payment (home_id, county, paid_on, id);

-- 抚恤补助标准 · Pension standard
CREATE TABLE veterans_standard (
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
    category WORDS NOT NULL,
    cause WORDS,
    grade BIGINT,
    monthly BIGINT NOT NULL,
    since TEXT NOT NULL,
    until TEXT,
    PRIMARY KEY (home_id, id)
);
CREATE INDEX veterans_standard_by_category ON veterans_standard (home_id, category, id);
CREATE INDEX veterans_standard_by_document ON veterans_standard (home_id, document, id);
CREATE INDEX veterans_standard_by_monthly ON veterans_standard (home_id, monthly, id);
CREATE INDEX veterans_standard_by_since ON veterans_standard (home_id, since, id);
CREATE INDEX veterans_standard_here ON veterans_standard (home_id, county, id);
CREATE INDEX veterans_standard_of_category ON veterans_standard (home_id, county, category, id);
CREATE INDEX veterans_standard_of_document ON veterans_standard (home_id, county, document, id);
CREATE INDEX veterans_standard_of_monthly ON veterans_standard (home_id, county, monthly, id);
CREATE INDEX veterans_standard_of_since ON veterans_standard (home_id, county, since, id);

-- 走访慰问 · Visit
CREATE TABLE veterans_visit (
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
    unit WORDS,
    occasion WORDS,
    persons BIGINT,
    money BIGINT NOT NULL,
    goods BIGINT NOT NULL,
    PRIMARY KEY (home_id, id)
);
CREATE INDEX veterans_visit_by_goods ON veterans_visit (home_id, goods, id);
CREATE INDEX veterans_visit_by_money ON veterans_visit (home_id, money, id);
CREATE INDEX veterans_visit_by_occasion ON veterans_visit (home_id, occasion, id);
CREATE INDEX veterans_visit_by_persons ON veterans_visit (home_id, persons, id);
CREATE INDEX veterans_visit_by_unit ON veterans_visit (home_id, unit, id);
CREATE INDEX veterans_visit_by_visited_on ON veterans_visit (home_id, visited_on, id);
CREATE INDEX veterans_visit_by_whom ON veterans_visit (home_id, whom, id);
CREATE INDEX veterans_visit_here ON veterans_visit (home_id, county, id);
CREATE INDEX veterans_visit_of_goods ON veterans_visit (home_id, county, goods, id);
CREATE INDEX veterans_visit_of_money ON veterans_visit (home_id, county, money, id);
CREATE INDEX veterans_visit_of_occasion ON veterans_visit (home_id, county, occasion, id);
CREATE INDEX veterans_visit_of_persons ON veterans_visit (home_id, county, persons, id);
CREATE INDEX veterans_visit_of_unit ON veterans_visit (home_id, county, unit, id);
CREATE INDEX veterans_visit_of_visited_on ON veterans_visit (home_id, county, visited_on, id);
CREATE INDEX veterans_visit_of_whom ON veterans_visit (home_id, county, whom, id);

-- 一站式医疗结算 · One-stop medical settlement
CREATE TABLE veterans_settlement (
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
    beneficiary WORDS NOT NULL,
    hospital WORDS NOT NULL,
    settled_on TEXT NOT NULL,
    cost BIGINT NOT NULL,
    insured BIGINT NOT NULL,
    relieved BIGINT NOT NULL,
    subsidy BIGINT NOT NULL,
    self_paid BIGINT,
    state WORDS NOT NULL,
    refunded_on TEXT,
    PRIMARY KEY (home_id, id)
);
CREATE INDEX veterans_settlement_by_beneficiary ON veterans_settlement (home_id, beneficiary, id);
CREATE INDEX veterans_settlement_by_cost ON veterans_settlement (home_id, cost, id);
CREATE INDEX veterans_settlement_by_hospital ON veterans_settlement (home_id, hospital, id);
CREATE INDEX veterans_settlement_by_settled_on ON veterans_settlement (home_id, settled_on, id);
CREATE INDEX veterans_settlement_by_state ON veterans_settlement (home_id, state, id);
CREATE INDEX veterans_settlement_by_subsidy ON veterans_settlement (home_id, subsidy, id);
CREATE INDEX veterans_settlement_here ON veterans_settlement (home_id, county, id);
CREATE INDEX veterans_settlement_of_cost ON veterans_settlement (home_id, county, cost, id);
CREATE INDEX veterans_settlement_of_hospital ON veterans_settlement (home_id, county, hospital, id);
CREATE INDEX veterans_settlement_of_settled_on ON veterans_settlement (home_id, county, settled_on, id);
CREATE INDEX veterans_settlement_of_state ON veterans_settlement (home_id, county, state, id);
CREATE INDEX veterans_settlement_of_subsidy ON veterans_settlement (home_id, county, subsidy, id);

-- 身份认定 · Status recognition
CREATE TABLE veterans_recognition (
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
    phone_sealed TEXT,
    phone_blind TEXT,
    claim WORDS NOT NULL,
    unit WORDS,
    enlisted_on TEXT,
    discharged_on TEXT,
    applied_on TEXT NOT NULL,
    state WORDS NOT NULL,
    finding WORDS,
    announced_on TEXT,
    decided_on TEXT,
    reopened_on TEXT,
    number WORDS,
    monthly BIGINT,
    since TEXT,
    beneficiary WORDS,
    PRIMARY KEY (home_id, id)
);
CREATE INDEX veterans_recognition_by_applied_on ON veterans_recognition (home_id, applied_on, id);
CREATE INDEX veterans_recognition_by_beneficiary ON veterans_recognition (home_id, beneficiary, id);
CREATE INDEX veterans_recognition_by_claim ON veterans_recognition (home_id, claim, id);
CREATE INDEX veterans_recognition_by_decided_on ON veterans_recognition (home_id, decided_on, id);
CREATE INDEX veterans_recognition_by_id_no ON veterans_recognition (home_id, id_no_blind, id);
CREATE INDEX veterans_recognition_by_name ON veterans_recognition (home_id, name, id);
CREATE INDEX veterans_recognition_by_phone ON veterans_recognition (home_id, phone_blind, id);
CREATE INDEX veterans_recognition_by_state ON veterans_recognition (home_id, state, id);
CREATE INDEX veterans_recognition_here ON veterans_recognition (home_id, county, id);
CREATE INDEX veterans_recognition_of_applied_on ON veterans_recognition (home_id, county, applied_on, id);
CREATE INDEX veterans_recognition_of_claim ON veterans_recognition (home_id, county, claim, id);
CREATE INDEX veterans_recognition_of_decided_on ON veterans_recognition (home_id, county, decided_on, id);
CREATE INDEX veterans_recognition_of_id_no ON veterans_recognition (home_id, county, id_no_blind, id);
CREATE INDEX veterans_recognition_of_name ON veterans_recognition (home_id, county, name, id);
CREATE INDEX veterans_recognition_of_state ON veterans_recognition (home_id, county, state, id);

-- 烈士纪念设施 · Martyrs' memorial site
CREATE TABLE veterans_memorial (
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
    kind WORDS NOT NULL,
    level WORDS NOT NULL,
    town WORDS,
    address WORDS,
    point WORDS,
    keeper WORDS,
    graves BIGINT,
    opened_on TEXT,
    condition WORDS NOT NULL,
    shown BOOLEAN NOT NULL,
    PRIMARY KEY (home_id, id)
);
CREATE INDEX veterans_memorial_by_condition ON veterans_memorial (home_id, condition, id);
CREATE INDEX veterans_memorial_by_graves ON veterans_memorial (home_id, graves, id);
CREATE INDEX veterans_memorial_by_kind ON veterans_memorial (home_id, kind, id);
CREATE INDEX veterans_memorial_by_level ON veterans_memorial (home_id, level, id);
CREATE INDEX veterans_memorial_by_name ON veterans_memorial (home_id, name, id);
CREATE INDEX veterans_memorial_by_opened_on ON veterans_memorial (home_id, opened_on, id);
CREATE INDEX veterans_memorial_by_shown ON veterans_memorial (home_id, shown, id);
CREATE INDEX veterans_memorial_by_town ON veterans_memorial (home_id, town, id);
CREATE INDEX veterans_memorial_here ON veterans_memorial (home_id, county, id);
CREATE INDEX veterans_memorial_of_condition ON veterans_memorial (home_id, county, condition, id);
CREATE INDEX veterans_memorial_of_graves ON veterans_memorial (home_id, county, graves, id);
CREATE INDEX veterans_memorial_of_kind ON veterans_memorial (home_id, county, kind, id);
CREATE INDEX veterans_memorial_of_level ON veterans_memorial (home_id, county, level, id);
CREATE INDEX veterans_memorial_of_name ON veterans_memorial (home_id, county, name, id);
CREATE INDEX veterans_memorial_of_opened_on ON veterans_memorial (home_id, county, opened_on, id);
CREATE INDEX veterans_memorial_of_shown ON veterans_memorial (home_id, county, shown, id);
CREATE INDEX veterans_memorial_of_town ON veterans_memorial (home_id, county, town, id);

-- 抢救保护项目 · Rescue project
CREATE TABLE veterans_rescue (
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
    memorial WORDS NOT NULL,
    way WORDS NOT NULL,
    approved_on TEXT NOT NULL,
    budget BIGINT NOT NULL,
    spent BIGINT,
    state WORDS NOT NULL,
    started_on TEXT,
    finished_on TEXT,
    PRIMARY KEY (home_id, id)
);
CREATE INDEX veterans_rescue_by_approved_on ON veterans_rescue (home_id, approved_on, id);
CREATE INDEX veterans_rescue_by_budget ON veterans_rescue (home_id, budget, id);
CREATE INDEX veterans_rescue_by_finished_on ON veterans_rescue (home_id, finished_on, id);
CREATE INDEX veterans_rescue_by_memorial ON veterans_rescue (home_id, memorial, id);
CREATE INDEX veterans_rescue_by_name ON veterans_rescue (home_id, name, id);
CREATE INDEX veterans_rescue_by_state ON veterans_rescue (home_id, state, id);
CREATE INDEX veterans_rescue_by_way ON veterans_rescue (home_id, way, id);
CREATE INDEX veterans_rescue_here ON veterans_rescue (home_id, county, id);
CREATE INDEX veterans_rescue_of_approved_on ON veterans_rescue (home_id, county, approved_on, id);
CREATE INDEX veterans_rescue_of_budget ON veterans_rescue (home_id, county, budget, id);
CREATE INDEX veterans_rescue_of_finished_on ON veterans_rescue (home_id, county, finished_on, id);
CREATE INDEX veterans_rescue_of_name ON veterans_rescue (home_id, county, name, id);
CREATE INDEX veterans_rescue_of_state ON veterans_rescue (home_id, county, state, id);
CREATE INDEX veterans_rescue_of_way ON veterans_rescue (home_id, county, way, id);

-- 信访 · Petition
CREATE TABLE veterans_petition (
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
    level WORDS NOT NULL,
    kind WORDS NOT NULL,
    received_on TEXT NOT NULL,
    name WORDS,
    phone_sealed TEXT,
    phone_blind TEXT,
    people BIGINT NOT NULL,
    matter WORDS NOT NULL,
    wish WORDS,
    due_on TEXT,
    state WORDS NOT NULL,
    unit WORDS,
    passed_on TEXT,
    answer WORDS,
    answered_on TEXT,
    closed_on TEXT,
    days BIGINT,
    late BOOLEAN,
    PRIMARY KEY (home_id, id),
    CONSTRAINT veterans_petition_one_number UNIQUE (home_id, number)
);
CREATE INDEX veterans_petition_by_due_on ON veterans_petition (home_id, due_on, id);
CREATE INDEX veterans_petition_by_kind ON veterans_petition (home_id, kind, id);
CREATE INDEX veterans_petition_by_late ON veterans_petition (home_id, late, id);
CREATE INDEX veterans_petition_by_level ON veterans_petition (home_id, level, id);
CREATE INDEX veterans_petition_by_matter ON veterans_petition (home_id, matter, id);
CREATE INDEX veterans_petition_by_name ON veterans_petition (home_id, name, id);
CREATE INDEX veterans_petition_by_number ON veterans_petition (home_id, number, id);
CREATE INDEX veterans_petition_by_people ON veterans_petition (home_id, people, id);
CREATE INDEX veterans_petition_by_phone ON veterans_petition (home_id, phone_blind, id);
CREATE INDEX veterans_petition_by_received_on ON veterans_petition (home_id, received_on, id);
CREATE INDEX veterans_petition_by_state ON veterans_petition (home_id, state, id);
CREATE INDEX veterans_petition_by_unit ON veterans_petition (home_id, unit, id);
CREATE INDEX veterans_petition_here ON veterans_petition (home_id, county, id);
CREATE INDEX veterans_petition_of_due_on ON veterans_petition (home_id, county, due_on, id);
CREATE INDEX veterans_petition_of_kind ON veterans_petition (home_id, county, kind, id);
CREATE INDEX veterans_petition_of_late ON veterans_petition (home_id, county, late, id);
CREATE INDEX veterans_petition_of_level ON veterans_petition (home_id, county, level, id);
CREATE INDEX veterans_petition_of_matter ON veterans_petition (home_id, county, matter, id);
CREATE INDEX veterans_petition_of_name ON veterans_petition (home_id, county, name, id);
CREATE INDEX veterans_petition_of_number ON veterans_petition (home_id, county, number, id);
CREATE INDEX veterans_petition_of_people ON veterans_petition (home_id, county, people, id);
CREATE INDEX veterans_petition_of_received_on ON veterans_petition (home_id, county, received_on, id);
CREATE INDEX veterans_petition_of_state ON veterans_petition (home_id, county, state, id);
CREATE INDEX veterans_petition_of_unit ON veterans_petition (home_id, county, unit, id);

-- 退役士兵安置 · Placement of a soldier
CREATE TABLE veterans_soldier (
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
    phone_sealed TEXT,
    phone_blind TEXT,
    discharged_on TEXT NOT NULL,
    years BIGINT NOT NULL,
    way WORDS NOT NULL,
    "grant" BIGINT,
    state WORDS NOT NULL,
    unit WORDS,
    placed_on TEXT,
    PRIMARY KEY (home_id, id)
);
CREATE INDEX veterans_soldier_by_discharged_on ON veterans_soldier (home_id, discharged_on, id);
CREATE INDEX veterans_soldier_by_grant ON veterans_soldier (home_id, "grant", id);
CREATE INDEX veterans_soldier_by_id_no ON veterans_soldier (home_id, id_no_blind, id);
CREATE INDEX veterans_soldier_by_name ON veterans_soldier (home_id, name, id);
CREATE INDEX veterans_soldier_by_phone ON veterans_soldier (home_id, phone_blind, id);
CREATE INDEX veterans_soldier_by_placed_on ON veterans_soldier (home_id, placed_on, id);
CREATE INDEX veterans_soldier_by_state ON veterans_soldier (home_id, state, id);
CREATE INDEX veterans_soldier_by_unit ON veterans_soldier (home_id, unit, id);
CREATE INDEX veterans_soldier_by_way ON veterans_soldier (home_id, way, id);
CREATE INDEX veterans_soldier_here ON veterans_soldier (home_id, county, id);
CREATE INDEX veterans_soldier_of_discharged_on ON veterans_soldier (home_id, county, discharged_on, id);
CREATE INDEX veterans_soldier_of_grant ON veterans_soldier (home_id, county, "grant", id);
CREATE INDEX veterans_soldier_of_id_no ON veterans_soldier (home_id, county, id_no_blind, id);
CREATE INDEX veterans_soldier_of_name ON veterans_soldier (home_id, county, name, id);
CREATE INDEX veterans_soldier_of_placed_on ON veterans_soldier (home_id, county, placed_on, id);
CREATE INDEX veterans_soldier_of_state ON veterans_soldier (home_id, county, state, id);
CREATE INDEX veterans_soldier_of_unit ON veterans_soldier (home_id, county, unit, id);
CREATE INDEX veterans_soldier_of_way ON veterans_soldier (home_id, county, way, id);

-- 技能培训 · Retraining
CREATE TABLE veterans_retraining (
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
    soldier WORDS NOT NULL,
    course WORDS NOT NULL,
    school WORDS NOT NULL,
    started_on TEXT NOT NULL,
    cost BIGINT,
    certificate BOOLEAN,
    state WORDS NOT NULL,
    ended_on TEXT,
    PRIMARY KEY (home_id, id)
);
CREATE INDEX veterans_retraining_by_certificate ON veterans_retraining (home_id, certificate, id);
CREATE INDEX veterans_retraining_by_cost ON veterans_retraining (home_id, cost, id);
CREATE INDEX veterans_retraining_by_course ON veterans_retraining (home_id, course, id);
CREATE INDEX veterans_retraining_by_ended_on ON veterans_retraining (home_id, ended_on, id);
CREATE INDEX veterans_retraining_by_school ON veterans_retraining (home_id, school, id);
CREATE INDEX veterans_retraining_by_soldier ON veterans_retraining (home_id, soldier, id);
CREATE INDEX veterans_retraining_by_started_on ON veterans_retraining (home_id, started_on, id);
CREATE INDEX veterans_retraining_by_state ON veterans_retraining (home_id, state, id);
CREATE INDEX veterans_retraining_here ON veterans_retraining (home_id, county, id);
CREATE INDEX veterans_retraining_of_certificate ON veterans_retraining (home_id, county, certificate, id);
CREATE INDEX veterans_retraining_of_cost ON veterans_retraining (home_id, county, cost, id);
CREATE INDEX veterans_retraining_of_course ON veterans_retraining (home_id, county, course, id);
CREATE INDEX veterans_retraining_of_ended_on ON veterans_retraining (home_id, county, ended_on, id);
CREATE INDEX veterans_retraining_of_school ON veterans_retraining (home_id, county, school, id);
CREATE INDEX veterans_retraining_of_started_on ON veterans_retraining (home_id, county, started_on, id);
CREATE INDEX veterans_retraining_of_state ON veterans_retraining (home_id, county, state, id);
