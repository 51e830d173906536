-- 养老服务 · Elder care

-- 养老服务设施 · Care site
CREATE TABLE elder_care_care_site (
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
    town WORDS,
    state WORDS NOT NULL,
    run_by WORDS,
    credit_code WORDS,
    beds BIGINT,
    opened_on TEXT,
    address WORDS,
    point WORDS,
    office_phone WORDS,
    PRIMARY KEY (home_id, id)
);
CREATE INDEX elder_care_care_site_by_beds ON elder_care_care_site (home_id, beds, id);
CREATE INDEX elder_care_care_site_by_credit_code ON elder_care_care_site (home_id, credit_code, id);
CREATE INDEX elder_care_care_site_by_kind ON elder_care_care_site (home_id, kind, id);
CREATE INDEX elder_care_care_site_by_name ON elder_care_care_site (home_id, name, id);
CREATE INDEX elder_care_care_site_by_opened_on ON elder_care_care_site (home_id, opened_on, id);
CREATE INDEX elder_care_care_site_by_run_by ON elder_care_care_site (home_id, run_by, id);
CREATE INDEX elder_care_care_site_by_state ON elder_care_care_site (home_id, state, id);
CREATE INDEX elder_care_care_site_by_town ON elder_care_care_site (home_id, town, id);
CREATE INDEX elder_care_care_site_here ON elder_care_care_site (home_id, county, id);
CREATE INDEX elder_care_care_site_of_beds ON elder_care_care_site (home_id, county, beds, id);
CREATE INDEX elder_care_care_site_of_credit_code ON elder_care_care_site (home_id, county, credit_code, id);
CREATE INDEX elder_care_care_site_of_kind ON elder_care_care_site (home_id, county, kind, id);
CREATE INDEX elder_care_care_site_of_name ON elder_care_care_site (home_id, county, name, id);
CREATE INDEX elder_care_care_site_of_opened_on ON elder_care_care_site (home_id, county, opened_on, id);
CREATE INDEX elder_care_care_site_of_run_by ON elder_care_care_site (home_id, county, run_by, id);
CREATE INDEX elder_care_care_site_of_state ON elder_care_care_site (home_id, county, state, id);
CREATE INDEX elder_care_care_site_of_town ON elder_care_care_site (home_id, county, town, id);

-- 示范点 · Demonstration point
CREATE TABLE elder_care_demonstration (
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
    care_site WORDS,
    named_on TEXT NOT NULL,
    note WORDS,
    PRIMARY KEY (home_id, id)
);
CREATE INDEX elder_care_demonstration_by_care_site ON elder_care_demonstration (home_id, care_site, id);
CREATE INDEX elder_care_demonstration_by_name ON elder_care_demonstration (home_id, name, id);
CREATE INDEX elder_care_demonstration_by_named_on ON elder_care_demonstration (home_id, named_on, id);
CREATE INDEX elder_care_demonstration_here ON elder_care_demonstration (home_id, county, id);
CREATE INDEX elder_care_demonstration_of_name ON elder_care_demonstration (home_id, county, name, id);
CREATE INDEX elder_care_demonstration_of_named_on ON elder_care_demonstration (home_id, county, named_on, id);

-- 老年人 · Elder
CREATE TABLE elder_care_elder (
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
    born_on TEXT,
    town WORDS,
    living WORDS,
    subsidy WORDS NOT NULL,
    grade WORDS,
    assessed_on TEXT,
    monthly BIGINT,
    granted_on TEXT,
    suspended_on TEXT,
    resumed_on TEXT,
    death_on TEXT,
    ended_on TEXT,
    reason WORDS,
    bank_account_sealed TEXT,
    bank_account_blind TEXT,
    phone_sealed TEXT,
    phone_blind TEXT,
    address WORDS,
    contact WORDS,
    contact_phone_sealed TEXT,
    contact_phone_blind TEXT,
    PRIMARY KEY (home_id, id),
    CONSTRAINT elder_care_elder_one_id_no UNIQUE (home_id, id_no_blind)
);
CREATE INDEX elder_care_elder_by_bank_account ON elder_care_elder (home_id, bank_account_blind, id);
CREATE INDEX elder_care_elder_by_born_on ON elder_care_elder (home_id, born_on, id);
CREATE INDEX elder_care_elder_by_contact_phone ON elder_care_elder (home_id, contact_phone_blind, id);
CREATE INDEX elder_care_elder_by_grade ON elder_care_elder (home_id, grade, id);
CREATE INDEX elder_care_elder_by_granted_on ON elder_care_elder (home_id, granted_on, id);
CREATE INDEX elder_care_elder_by_id_no ON elder_care_elder (home_id, id_no_blind, id);
CREATE INDEX elder_care_elder_by_living ON elder_care_elder (home_id, living, id);
CREATE INDEX elder_care_elder_by_monthly ON elder_care_elder (home_id, monthly, id);
CREATE INDEX elder_care_elder_by_name ON elder_care_elder (home_id, name, id);
CREATE INDEX elder_care_elder_by_phone ON elder_care_elder (home_id, phone_blind, id);
CREATE INDEX elder_care_elder_by_subsidy ON elder_care_elder (home_id, subsidy, id);
CREATE INDEX elder_care_elder_by_town ON elder_care_elder (home_id, town, id);
CREATE INDEX elder_care_elder_here ON elder_care_elder (home_id, county, id);
CREATE INDEX elder_care_elder_of_born_on ON elder_care_elder (home_id, county, born_on, id);
CREATE INDEX elder_care_elder_of_grade ON elder_care_elder (home_id, county, grade, id);
CREATE INDEX elder_care_elder_of_granted_on ON elder_care_elder (home_id, county, granted_on, id);
CREATE INDEX elder_care_elder_of_id_no ON elder_care_elder (home_id, county, id_no_blind, id);
CREATE INDEX elder_care_elder_of_living ON elder_care_elder (home_id, county, living, id);
CREATE INDEX elder_care_elder_of_monthly ON elder_care_elder (home_id, county, monthly, id);
CREATE INDEX elder_care_elder_of_name ON elder_care_elder (home_id, county, name, id);
CREATE INDEX elder_care_elder_of_phone ON elder_care_elder (home_id, county, phone_blind, id);
CREATE INDEX elder_care_elder_of_subsidy ON elder_care_elder (home_id, county, subsidy, id);
CREATE INDEX elder_care_elder_of_town ON elder_care_elder (home_id, county, town, id);

-- 需求评估 · Needs assessment
CREATE TABLE elder_care_assessment (
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
    elder WORDS NOT NULL,
    assessed_on TEXT NOT NULL,
    assessor WORDS NOT NULL,
    kind WORDS NOT NULL,
    finances WORDS NOT NULL,
    living WORDS NOT NULL,
    ability_score BIGINT NOT NULL,
    needs_meals BOOLEAN NOT NULL,
    needs_bathing BOOLEAN NOT NULL,
    needs_cleaning BOOLEAN NOT NULL,
    needs_medical BOOLEAN NOT NULL,
    needs_emergency BOOLEAN NOT NULL,
    ability WORDS,
    points BIGINT,
    grade WORDS,
    monthly BIGINT,
    state WORDS NOT NULL,
    decided_on TEXT,
    reopened_on TEXT,
    reason WORDS,
    PRIMARY KEY (home_id, id)
);
CREATE INDEX elder_care_assessment_by_ability ON elder_care_assessment (home_id, ability, id);
CREATE INDEX elder_care_assessment_by_assessed_on ON elder_care_assessment (home_id, assessed_on, id);
CREATE INDEX elder_care_assessment_by_assessor ON elder_care_assessment (home_id, assessor, id);
CREATE INDEX elder_care_assessment_by_elder ON elder_care_assessment (home_id, elder, id);
CREATE INDEX elder_care_assessment_by_finances ON elder_care_assessment (home_id, finances, id);
CREATE INDEX elder_care_assessment_by_grade ON elder_care_assessment (home_id, grade, id);
CREATE INDEX elder_care_assessment_by_kind ON elder_care_assessment (home_id, kind, id);
CREATE INDEX elder_care_assessment_by_points ON elder_care_assessment (home_id, points, id);
CREATE INDEX elder_care_assessment_by_state ON elder_care_assessment (home_id, state, id);
CREATE INDEX elder_care_assessment_here ON elder_care_assessment (home_id, county, id);
CREATE INDEX elder_care_assessment_of_ability ON elder_care_assessment (home_id, county, ability, id);
CREATE INDEX elder_care_assessment_of_assessed_on ON elder_care_assessment (home_id, county, assessed_on, id);
CREATE INDEX elder_care_assessment_of_assessor ON elder_care_assessment (home_id, county, assessor, id);
CREATE INDEX elder_care_assessment_of_finances ON elder_care_assessment (home_id, county, finances, id);
CREATE INDEX elder_care_assessment_of_grade ON elder_care_assessment (home_id, county, grade, id);
CREATE INDEX elder_care_assessment_of_kind ON elder_care_assessment (home_id, county, kind, id);
CREATE INDEX elder_care_assessment_of_points ON elder_care_assessment (home_id, county, points, id);
CREATE INDEX elder_care_assessment_of_state ON elder_care_assessment (home_id, county, state, id);

-- 补贴发放 · Subsidy payment
CREATE TABLE elder_care_subsidy_payment (
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
    elder WORDS NOT NULL,
    paid_on TEXT NOT NULL,
    month WORDS,
    amount BIGINT NOT NULL,
    voucher WORDS,
    PRIMARY KEY (home_id, id),
    CONSTRAINT elder_care_subsidy_payment_one_elder_month UNIQUE (home_id, elder, month)
);
CREATE INDEX elder_care_subsidy_payment_by_amount ON elder_care_subsidy_payment (home_id, amount, id);
CREATE INDEX elder_care_subsidy_payment_by_elder ON elder_care_subsidy_payment (home_id, elder, id);
CREATE INDEX elder_care_subsidy_payment_by_paid_on ON elder_care_subsidy_payment (home_id, paid_on, id);
CREATE INDEX elder_care_subsidy_payment_by_voucher ON elder_care_subsidy_payment (home_id, voucher, id);
CREATE INDEX elder_care_subsidy_payment_here ON elder_care_subsidy_payment (home_id, county, id);
CREATE INDEX elder_care_subsidy_payment_of_amount ON elder_care_subsidy_payment (home_id, county, amount, id);
CREATE INDEX elder_care_subsidy_payment_of_paid_on ON elder_care_subsidy_payment (home_id, county, paid_on, id);
CREATE INDEX elder_care_subsidy_payment_of_voucher ON elder_care_subsidy_payment (home_id, county, voucher, id);

-- 购买服务 · Purchased service
CREATE TABLE elder_care_service_order (
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
    elder WORDS NOT NULL,
    provider WORDS NOT NULL,
    credit_code WORDS,
    service WORDS NOT NULL,
    hours BIGINT NOT NULL,
    price BIGINT NOT NULL,
    since TEXT NOT NULL,
    until TEXT,
    state WORDS NOT NULL,
    reason WORDS,
    PRIMARY KEY (home_id, id)
);
CREATE INDEX elder_care_service_order_by_credit_code ON elder_care_service_order (home_id, credit_code, id);
CREATE INDEX elder_care_service_order_by_elder ON elder_care_service_order (home_id, elder, id);
CREATE INDEX elder_care_service_order_by_provider ON elder_care_service_order (home_id, provider, id);
CREATE INDEX elder_care_service_order_by_service ON elder_care_service_order (home_id, service, id);
CREATE INDEX elder_care_service_order_by_since ON elder_care_service_order (home_id, since, id);
CREATE INDEX elder_care_service_order_by_state ON elder_care_service_order (home_id, state, id);
CREATE INDEX elder_care_service_order_here ON elder_care_service_order (home_id, county, id);
CREATE INDEX elder_care_service_order_of_credit_code ON elder_care_service_order (home_id, county, credit_code, id);
CREATE INDEX elder_care_service_order_of_provider ON elder_care_service_order (home_id, county, provider, id);
CREATE INDEX elder_care_service_order_of_service ON elder_care_service_order (home_id, county, service, id);
CREATE INDEX elder_care_service_order_of_since ON elder_care_service_order (home_id, county, since, id);
CREATE INDEX elder_care_service_order_of_state ON elder_care_service_order (home_id, county, state, id);

-- 上门服务 · Service visit
CREATE TABLE elder_care_visit (
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
    service_order WORDS NOT NULL,
    visited_on TEXT NOT NULL,
    worker WORDS NOT NULL,
    minutes BIGINT NOT NULL,
    satisfied WORDS,
    note WORDS,
    PRIMARY KEY (home_id, id)
);
CREATE INDEX elder_care_visit_by_satisfied ON elder_care_visit (home_id, satisfied, id);
CREATE INDEX elder_care_visit_by_service_order ON elder_care_visit (home_id, service_order, id);
CREATE INDEX elder_care_visit_by_visited_on ON elder_care_visit (home_id, visited_on, id);
CREATE INDEX elder_care_visit_by_worker ON elder_care_visit (home_id, worker, id);
CREATE INDEX elder_care_visit_here ON elder_care_visit (home_id, county, id);
CREATE INDEX elder_care_visit_of_satisfied ON elder_care_visit (home_id, county, satisfied, id);
CREATE INDEX elder_care_visit_of_visited_on ON elder_care_visit (home_id, county, visited_on, id);
CREATE INDEX elder_care_visit_of_worker ON elder_care_visit (home_id, county, worker, id);

-- 990 热线开通地区 · Where the 990 line is open
CREATE TABLE elder_care_line_area (
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
    town WORDS,
    opened_on TEXT NOT NULL,
    households BIGINT,
    PRIMARY KEY (home_id, id)
);
CREATE INDEX elder_care_line_area_by_level ON elder_care_line_area (home_id, level, id);
CREATE INDEX elder_care_line_area_by_name ON elder_care_line_area (home_id, name, id);
CREATE INDEX elder_care_line_area_by_opened_on ON elder_care_line_area (home_id, opened_on, id);
CREATE INDEX elder_care_line_area_by_town ON elder_care_line_area (home_id, town, id);
CREATE INDEX elder_care_line_area_here ON elder_care_line_area (home_id, county, id);
CREATE INDEX elder_care_line_area_of_level ON elder_care_line_area (home_id, county, level, id);
CREATE INDEX elder_care_line_area_of_name ON elder_care_line_area (home_id, county, name, id);
CREATE INDEX elder_care_line_area_of_opened_on ON elder_care_line_area (home_id, county, opened_on, id);
CREATE INDEX elder_care_line_area_of_town ON elder_care_line_area (home_id, county, town, id);

-- 990 来电 · 990 call
CREATE TABLE elder_care_call (
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
    received_at MOMENT NOT NULL,
    answered_at MOMENT,
    category WORDS NOT NULL,
    caller WORDS,
    phone_sealed TEXT,
    phone_blind TEXT,
    elder WORDS,
    line_area WORDS,
    request WORDS,
    state WORDS NOT NULL,
    dispatched_to WORDS,
    dispatched_at MOMENT,
    closed_at MOMENT,
    outcome WORDS,
    minutes_to_answer BIGINT,
    minutes_to_close BIGINT,
    PRIMARY KEY (home_id, id),
    CONSTRAINT elder_care_call_one_number UNIQUE (home_id, number)
);
CREATE INDEX elder_care_call_by_caller ON elder_care_call (home_id, caller, id);
CREATE INDEX elder_care_call_by_category ON elder_care_call (home_id, category, id);
CREATE INDEX elder_care_call_by_closed_at ON elder_care_call (home_id, closed_at, id);
CREATE INDEX elder_care_call_by_dispatched_to ON elder_care_call (home_id, dispatched_to, id);
CREATE INDEX elder_care_call_by_elder ON elder_care_call (home_id, elder, id);
CREATE INDEX elder_care_call_by_line_area ON elder_care_call (home_id, line_area, id);
CREATE INDEX elder_care_call_by_minutes_to_close ON elder_care_call (home_id, minutes_to_close, id);
CREATE INDEX elder_care_call_by_number ON elder_care_call (home_id, number, id);
CREATE INDEX elder_care_call_by_phone ON elder_care_call (home_id, phone_blind, id);
CREATE INDEX elder_care_call_by_received_at ON elder_care_call (home_id, received_at, id);
CREATE INDEX elder_care_call_by_state ON elder_care_call (home_id, state, id);
CREATE INDEX elder_care_call_here ON elder_care_call (home_id, county, id);
CREATE INDEX elder_care_call_of_caller ON elder_care_call (home_id, county, caller, id);
CREATE INDEX elder_care_call_of_category ON elder_care_call (home_id, county, category, id);
CREATE INDEX elder_care_call_of_closed_at ON elder_care_call (home_id, county, closed_at, id);
CREATE INDEX elder_care_call_of_dispatched_to ON elder_care_call (home_id, county, dispatched_to, id);
CREATE INDEX elder_care_call_of_minutes_to_close ON elder_care_call (home_id, county, minutes_to_close, id);
CREATE INDEX elder_care_call_of_number ON elder_care_call (home_id, county, number, id);
CREATE INDEX elder_care_call_of_phone ON elder_care_call (home_id, county, phone_blind, id);
CREATE INDEX elder_care_call_of_received_at ON elder_care_call (home_id, county, received_at, id);
CREATE INDEX elder_care_call_of_state ON elder_care_call (home_id, county, state, id);
