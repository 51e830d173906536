-- 社会组织 · Social organisations

-- 社会组织 · Organisation
CREATE TABLE social_orgs_organisation (
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
    credit_code WORDS,
    kind WORDS NOT NULL,
    standing WORDS NOT NULL,
    level WORDS NOT NULL,
    competent_unit WORDS,
    status WORDS NOT NULL,
    registered_on TEXT NOT NULL,
    representative WORDS,
    phone_sealed TEXT,
    phone_blind TEXT,
    address WORDS,
    party WORDS NOT NULL,
    party_members BIGINT,
    domain_name WORDS,
    pilot BOOLEAN NOT NULL,
    incubated_at WORDS,
    PRIMARY KEY (home_id, id),
    CONSTRAINT social_orgs_organisation_one_credit_code UNIQUE (home_id, credit_code)
);
CREATE INDEX social_orgs_organisation_by_competent_unit ON social_orgs_organisation (home_id, competent_unit, id);
CREATE INDEX social_orgs_organisation_by_credit_code ON social_orgs_organisation (home_id, credit_code, id);
CREATE INDEX social_orgs_organisation_by_domain_name ON social_orgs_organisation (home_id, domain_name, id);
CREATE INDEX social_orgs_organisation_by_incubated_at ON social_orgs_organisation (home_id, incubated_at, id);
CREATE INDEX social_orgs_organisation_by_kind ON social_orgs_organisation (home_id, kind, id);
CREATE INDEX social_orgs_organisation_by_level ON social_orgs_organisation (home_id, level, id);
CREATE INDEX social_orgs_organisation_by_name ON social_orgs_organisation (home_id, name, id);
CREATE INDEX social_orgs_organisation_by_party ON social_orgs_organisation (home_id, party, id);
CREATE INDEX social_orgs_organisation_by_phone ON social_orgs_organisation (home_id, phone_blind, id);
CREATE INDEX social_orgs_organisation_by_pilot ON social_orgs_organisation (home_id, pilot, id);
CREATE INDEX social_orgs_organisation_by_registered_on ON social_orgs_organisation (home_id, registered_on, id);
CREATE INDEX social_orgs_organisation_by_standing ON social_orgs_organisation (home_id, standing, id);
CREATE INDEX social_orgs_organisation_by_status ON social_orgs_organisation (home_id, status, id);
CREATE INDEX social_orgs_organisation_here ON social_orgs_organisation (home_id, county, id);
CREATE INDEX social_orgs_organisation_of_competent_unit ON social_orgs_organisation (home_id, county, competent_unit, id);
CREATE INDEX social_orgs_organisation_of_credit_code ON social_orgs_organisation (home_id, county, credit_code, id);
CREATE INDEX social_orgs_organisation_of_domain_name ON social_orgs_organisation (home_id, county, domain_name, id);
CREATE INDEX social_orgs_organisation_of_incubated_at ON social_orgs_organisation (home_id, county, incubated_at, id);
CREATE INDEX social_orgs_organisation_of_kind ON social_orgs_organisation (home_id, county, kind, id);
CREATE INDEX social_orgs_organisation_of_level ON social_orgs_organisation (home_id, county, level, id);
CREATE INDEX social_orgs_organisation_of_name ON social_orgs_organisation (home_id, county, name, id);
CREATE INDEX social_orgs_organisation_of_party ON social_orgs_organisation (home_id, county, party, id);
CREATE INDEX social_orgs_organisation_of_pilot ON social_orgs_organisation (home_id, county, pilot, id);
CREATE INDEX social_orgs_organisation_of_registered_on ON social_orgs_organisation (home_id, county, registered_on, id);
CREATE INDEX social_orgs_organisation_of_standing ON social_orgs_organisation (home_id, county, standing, id);
CREATE INDEX social_orgs_organisation_of_status ON social_orgs_organisation (home_id, county, status, id);

-- 年度检查 · Annual inspection
CREATE TABLE social_orgs_annual_inspection (
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
    organisation WORDS NOT NULL,
    year BIGINT NOT NULL,
    due_on TEXT NOT NULL,
    state WORDS NOT NULL,
    staff BIGINT,
    members BIGINT,
    income BIGINT,
    expense BIGINT,
    net_assets BIGINT,
    report WORDS,
    filler WORDS,
    filler_phone_sealed TEXT,
    filler_phone_blind TEXT,
    opinion WORDS,
    submitted_on TEXT,
    reviewed_on TEXT,
    PRIMARY KEY (home_id, id),
    CONSTRAINT social_orgs_annual_inspection_one_organisation_year UNIQUE (home_id, organisation, year)
);
CREATE INDEX social_orgs_annual_inspection_by_due_on ON social_orgs_annual_inspection (home_id, due_on, id);
CREATE INDEX social_orgs_annual_inspection_by_filler_phone ON social_orgs_annual_inspection (home_id, filler_phone_blind, id);
CREATE INDEX social_orgs_annual_inspection_by_organisation ON social_orgs_annual_inspection (home_id, organisation, id);
CREATE INDEX social_orgs_annual_inspection_by_state ON social_orgs_annual_inspection (home_id, state, id);
CREATE INDEX social_orgs_annual_inspection_by_submitted_on ON social_orgs_annual_inspection (home_id, submitted_on, id);
CREATE INDEX social_orgs_annual_inspection_by_year ON social_orgs_annual_inspection (home_id, year, id);
CREATE INDEX social_orgs_annual_inspection_here ON social_orgs_annual_inspection (home_id, county, id);
CREATE INDEX social_orgs_annual_inspection_of_due_on ON social_orgs_annual_inspection (home_id, county, due_on, id);
CREATE INDEX social_orgs_annual_inspection_of_organisation ON social_orgs_annual_inspection (home_id, county, organisation, id);
CREATE INDEX social_orgs_annual_inspection_of_state ON social_orgs_annual_inspection (home_id, county, state, id);
CREATE INDEX social_orgs_annual_inspection_of_submitted_on ON social_orgs_annual_inspection (home_id, county, submitted_on, id);
CREATE INDEX social_orgs_annual_inspection_of_year ON social_orgs_annual_inspection (home_id, county, year, id);

-- 业务主管单位变更 · Change of competent unit
CREATE TABLE social_orgs_unit_change (
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
    organisation WORDS NOT NULL,
    level WORDS NOT NULL,
    before_unit WORDS NOT NULL,
    after_unit WORDS NOT NULL,
    changed_on TEXT NOT NULL,
    document WORDS,
    state WORDS,
    PRIMARY KEY (home_id, id)
);
CREATE INDEX social_orgs_unit_change_by_after_unit ON social_orgs_unit_change (home_id, after_unit, id);
CREATE INDEX social_orgs_unit_change_by_before_unit ON social_orgs_unit_change (home_id, before_unit, id);
CREATE INDEX social_orgs_unit_change_by_changed_on ON social_orgs_unit_change (home_id, changed_on, id);
CREATE INDEX social_orgs_unit_change_by_document ON social_orgs_unit_change (home_id, document, id);
CREATE INDEX social_orgs_unit_change_by_level ON social_orgs_unit_change (home_id, level, id);
CREATE INDEX social_orgs_unit_change_by_organisation ON social_orgs_unit_change (home_id, organisation, id);
CREATE INDEX social_orgs_unit_change_by_state ON social_orgs_unit_change (home_id, state, id);
CREATE INDEX social_orgs_unit_change_here ON social_orgs_unit_change (home_id, county, id);
CREATE INDEX social_orgs_unit_change_of_after_unit ON social_orgs_unit_change (home_id, county, after_unit, id);
CREATE INDEX social_orgs_unit_change_of_before_unit ON social_orgs_unit_change (home_id, county, before_unit, id);
CREATE INDEX social_orgs_unit_change_of_changed_on ON social_orgs_unit_change (home_id, county, changed_on, id);
CREATE INDEX social_orgs_unit_change_of_document ON social_orgs_unit_change (home_id, county, document, id);
CREATE INDEX social_orgs_unit_change_of_level ON social_orgs_unit_change (home_id, county, level, id);
CREATE INDEX social_orgs_unit_change_of_organisation ON social_orgs_unit_change (home_id, county, organisation, id);
CREATE INDEX social_orgs_unit_change_of_state ON social_orgs_unit_change (home_id, county, state, id);

-- 等级评估 · Evaluation
CREATE TABLE social_orgs_evaluation (
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
    organisation WORDS NOT NULL,
    evaluated_on TEXT NOT NULL,
    general_score BIGINT NOT NULL,
    category_score BIGINT NOT NULL,
    score BIGINT,
    grade WORDS,
    valid_until TEXT,
    PRIMARY KEY (home_id, id)
);
CREATE INDEX social_orgs_evaluation_by_evaluated_on ON social_orgs_evaluation (home_id, evaluated_on, id);
CREATE INDEX social_orgs_evaluation_by_grade ON social_orgs_evaluation (home_id, grade, id);
CREATE INDEX social_orgs_evaluation_by_organisation ON social_orgs_evaluation (home_id, organisation, id);
CREATE INDEX social_orgs_evaluation_by_score ON social_orgs_evaluation (home_id, score, id);
CREATE INDEX social_orgs_evaluation_by_valid_until ON social_orgs_evaluation (home_id, valid_until, id);
CREATE INDEX social_orgs_evaluation_here ON social_orgs_evaluation (home_id, county, id);
CREATE INDEX social_orgs_evaluation_of_evaluated_on ON social_orgs_evaluation (home_id, county, evaluated_on, id);
CREATE INDEX social_orgs_evaluation_of_grade ON social_orgs_evaluation (home_id, county, grade, id);
CREATE INDEX social_orgs_evaluation_of_organisation ON social_orgs_evaluation (home_id, county, organisation, id);
CREATE INDEX social_orgs_evaluation_of_score ON social_orgs_evaluation (home_id, county, score, id);
CREATE INDEX social_orgs_evaluation_of_valid_until ON social_orgs_evaluation (home_id, county, valid_until, id);

-- 两个目录 · Catalogue item
CREATE TABLE social_orgs_catalogue_item (
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
    catalogue WORDS NOT NULL,
    unit WORDS NOT NULL,
    listed_on TEXT NOT NULL,
    budget BIGINT,
    state WORDS NOT NULL,
    taken_by WORDS,
    price BIGINT,
    taken_on TEXT,
    PRIMARY KEY (home_id, id)
);
CREATE INDEX social_orgs_catalogue_item_by_catalogue ON social_orgs_catalogue_item (home_id, catalogue, id);
CREATE INDEX social_orgs_catalogue_item_by_listed_on ON social_orgs_catalogue_item (home_id, listed_on, id);
CREATE INDEX social_orgs_catalogue_item_by_name ON social_orgs_catalogue_item (home_id, name, id);
CREATE INDEX social_orgs_catalogue_item_by_state ON social_orgs_catalogue_item (home_id, state, id);
CREATE INDEX social_orgs_catalogue_item_by_taken_by ON social_orgs_catalogue_item (home_id, taken_by, id);
CREATE INDEX social_orgs_catalogue_item_by_unit ON social_orgs_catalogue_item (home_id, unit, id);
CREATE INDEX social_orgs_catalogue_item_here ON social_orgs_catalogue_item (home_id, county, id);
CREATE INDEX social_orgs_catalogue_item_of_catalogue ON social_orgs_catalogue_item (home_id, county, catalogue, id);
CREATE INDEX social_orgs_catalogue_item_of_listed_on ON social_orgs_catalogue_item (home_id, county, listed_on, id);
CREATE INDEX social_orgs_catalogue_item_of_name ON social_orgs_catalogue_item (home_id, county, name, id);
CREATE INDEX social_orgs_catalogue_item_of_state ON social_orgs_catalogue_item (home_id, county, state, id);
CREATE INDEX social_orgs_catalogue_item_of_taken_by ON social_orgs_catalogue_item (home_id, county, taken_by, id);
CREATE INDEX social_orgs_catalogue_item_of_unit ON social_orgs_catalogue_item (home_id, county, unit, id);

-- 公开事项 · Published item
CREATE TABLE social_orgs_publication (
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
    title WORDS NOT NULL,
    kind WORDS NOT NULL,
    organisation WORDS,
    published_on TEXT NOT NULL,
    body WORDS,
    on_page BOOLEAN NOT NULL,
    PRIMARY KEY (home_id, id)
);
CREATE INDEX social_orgs_publication_by_kind ON social_orgs_publication (home_id, kind, id);
CREATE INDEX social_orgs_publication_by_on_page ON social_orgs_publication (home_id, on_page, id);
CREATE INDEX social_orgs_publication_by_organisation ON social_orgs_publication (home_id, organisation, id);
CREATE INDEX social_orgs_publication_by_published_on ON social_orgs_publication (home_id, published_on, id);
CREATE INDEX social_orgs_publication_by_title ON social_orgs_publication (home_id, title, id);
CREATE INDEX social_orgs_publication_here ON social_orgs_publication (home_id, county, id);
CREATE INDEX social_orgs_publication_of_kind ON social_orgs_publication (home_id, county, kind, id);
CREATE INDEX social_orgs_publication_of_on_page ON social_orgs_publication (home_id, county, on_page, id);
CREATE INDEX social_orgs_publication_of_organisation ON social_orgs_publication (home_id, county, organisation, id);
CREATE INDEX social_orgs_publication_of_published_on ON social_orgs_publication (home_id, county, published_on, id);
CREATE INDEX social_orgs_publication_of_title ON social_orgs_publication (home_id, county, title, id);

-- 孵化基地 · Incubation site
CREATE TABLE social_orgs_incubation_site (
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
    town WORDS NOT NULL,
    pilot BOOLEAN NOT NULL,
    operator WORDS,
    area BIGINT,
    opened_on TEXT NOT NULL,
    place WORDS,
    PRIMARY KEY (home_id, id)
);
CREATE INDEX social_orgs_incubation_site_by_area ON social_orgs_incubation_site (home_id, area, id);
CREATE INDEX social_orgs_incubation_site_by_name ON social_orgs_incubation_site (home_id, name, id);
CREATE INDEX social_orgs_incubation_site_by_opened_on ON social_orgs_incubation_site (home_id, opened_on, id);
CREATE INDEX social_orgs_incubation_site_by_pilot ON social_orgs_incubation_site (home_id, pilot, id);
CREATE INDEX social_orgs_incubation_site_by_town ON social_orgs_incubation_site (home_id, town, id);
CREATE INDEX social_orgs_incubation_site_here ON social_orgs_incubation_site (home_id, county, id);
CREATE INDEX social_orgs_incubation_site_of_area ON social_orgs_incubation_site (home_id, county, area, id);
CREATE INDEX social_orgs_incubation_site_of_name ON social_orgs_incubation_site (home_id, county, name, id);
CREATE INDEX social_orgs_incubation_site_of_opened_on ON social_orgs_incubation_site (home_id, county, opened_on, id);
CREATE INDEX social_orgs_incubation_site_of_pilot ON social_orgs_incubation_site (home_id, county, pilot, id);
CREATE INDEX social_orgs_incubation_site_of_town ON social_orgs_incubation_site (home_id, county, town, id);
