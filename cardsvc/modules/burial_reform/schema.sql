-- 殡葬改革 · Burial reform

-- 私坟普查 · Private grave
CREATE TABLE burial_reform_grave (
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
    town WORDS,
    place WORDS NOT NULL,
    point WORDS,
    visible BOOLEAN NOT NULL,
    zone WORDS,
    form WORDS,
    state WORDS NOT NULL,
    surveyed_on TEXT NOT NULL,
    built_year BIGINT,
    pits BIGINT,
    area BIGINT,
    family WORDS,
    phone_sealed TEXT,
    phone_blind TEXT,
    note WORDS,
    PRIMARY KEY (home_id, id),
    CONSTRAINT burial_reform_grave_one_number UNIQUE (home_id, number)
);
CREATE INDEX burial_reform_grave_by_family ON burial_reform_grave (home_id, family, id);
CREATE INDEX burial_reform_grave_by_form ON burial_reform_grave (home_id, form, id);
CREATE INDEX burial_reform_grave_by_number ON burial_reform_grave (home_id, number, id);
CREATE INDEX burial_reform_grave_by_phone ON burial_reform_grave (home_id, phone_blind, id);
CREATE INDEX burial_reform_grave_by_place ON burial_reform_grave (home_id, place, id);
CREATE INDEX burial_reform_grave_by_state ON burial_reform_grave (home_id, state, id);
CREATE INDEX burial_reform_grave_by_surveyed_on ON burial_reform_grave (home_id, surveyed_on, id);
CREATE INDEX burial_reform_grave_by_town ON burial_reform_grave (home_id, town, id);
CREATE INDEX burial_reform_grave_by_visible ON burial_reform_grave (home_id, visible, id);
CREATE INDEX burial_reform_grave_by_zone ON burial_reform_grave (home_id, zone, id);
CREATE INDEX burial_reform_grave_here ON burial_reform_grave (home_id, county, id);
CREATE INDEX burial_reform_grave_of_family ON burial_reform_grave (home_id, county, family, id);
CREATE INDEX burial_reform_grave_of_form ON burial_reform_grave (home_id, county, form, id);
CREATE INDEX burial_reform_grave_of_number ON burial_reform_grave (home_id, county, number, id);
CREATE INDEX burial_reform_grave_of_phone ON burial_reform_grave (home_id, county, phone_blind, id);
CREATE INDEX burial_reform_grave_of_place ON burial_reform_grave (home_id, county, place, id);
CREATE INDEX burial_reform_grave_of_state ON burial_reform_grave (home_id, county, state, id);
CREATE INDEX burial_reform_grave_of_surveyed_on ON burial_reform_grave (home_id, county, surveyed_on, id);
CREATE INDEX burial_reform_grave_of_town ON burial_reform_grave (home_id, county, town, id);
CREATE INDEX burial_reform_grave_of_visible ON burial_reform_grave (home_id, county, visible, id);
CREATE INDEX burial_reform_grave_of_zone ON burial_reform_grave (home_id, county, zone, id);

-- 生态化改造 · Ecological conversion
CREATE TABLE burial_reform_conversion (
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
    grave WORDS NOT NULL,
    converted_on TEXT NOT NULL,
    contractor WORDS,
    cost BIGINT,
    ring_removed BOOLEAN NOT NULL,
    back_covered BOOLEAN NOT NULL,
    planted BOOLEAN NOT NULL,
    headstone_kept BOOLEAN NOT NULL,
    terrace_kept BOOLEAN NOT NULL,
    natural_look BOOLEAN NOT NULL,
    criteria_met BIGINT,
    state WORDS NOT NULL,
    accepted_on TEXT,
    finding WORDS,
    PRIMARY KEY (home_id, id)
);
CREATE INDEX burial_reform_conversion_by_back_covered ON burial_reform_conversion (home_id, back_covered, id);
CREATE INDEX burial_reform_conversion_by_contractor ON burial_reform_conversion (home_id, contractor, id);
CREATE INDEX burial_reform_conversion_by_converted_on ON burial_reform_conversion (home_id, converted_on, id);
CREATE INDEX burial_reform_conversion_by_cost ON burial_reform_conversion (home_id, cost, id);
CREATE INDEX burial_reform_conversion_by_criteria_met ON burial_reform_conversion (home_id, criteria_met, id);
CREATE INDEX burial_reform_conversion_by_grave ON burial_reform_conversion (home_id, grave, id);
CREATE INDEX burial_reform_conversion_by_headstone_kept ON burial_reform_conversion (home_id, headstone_kept, id);
CREATE INDEX burial_reform_conversion_by_natural_look ON burial_reform_conversion (home_id, natural_look, id);
CREATE INDEX burial_reform_conversion_by_planted ON burial_reform_conversion (home_id, planted, id);
CREATE INDEX burial_reform_conversion_by_ring_removed ON burial_reform_conversion (home_id, ring_removed, id);
CREATE INDEX burial_reform_conversion_by_state ON burial_reform_conversion (home_id, state, id);
CREATE INDEX burial_reform_conversion_by_terrace_kept ON burial_reform_conversion (home_id, terrace_kept, id);
CREATE INDEX burial_reform_conversion_here ON burial_reform_conversion (home_id, county, id);
CREATE INDEX burial_reform_conversion_of_back_covered ON burial_reform_conversion (home_id, county, back_covered, id);
CREATE INDEX burial_reform_conversion_of_contractor ON burial_reform_conversion (home_id, county, contractor, id);
CREATE INDEX burial_reform_conversion_of_converted_on ON burial_reform_conversion (home_id, county, converted_on, id);
CREATE INDEX burial_reform_conversion_of_cost ON burial_reform_conversion (home_id, county, cost, id);
CREATE INDEX burial_reform_conversion_of_criteria_met ON burial_reform_conversion (home_id, county, criteria_met, id);
CREATE INDEX burial_reform_conversion_of_headstone_kept ON burial_reform_conversion (home_id, county, headstone_kept, id);
CREATE INDEX burial_reform_conversion_of_natural_look ON burial_reform_conversion (home_id, county, natural_look, id);
CREATE INDEX burial_reform_conversion_of_planted ON burial_reform_conversion (home_id, county, planted, id);
CREATE INDEX burial_reform_conversion_of_ring_removed ON burial_reform_conversion (home_id, county, ring_removed, id);
CREATE INDEX burial_reform_conversion_of_state ON burial_reform_conversion (home_id, county, state, id);
CREATE INDEX burial_reform_conversion_of_terrace_kept ON burial_reform_conversion (home_id, county, terrace_kept, id);

-- 公墓 · Cemetery
CREATE TABLE burial_reform_cemetery (
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
    point WORDS,
    credit_code WORDS,
    approval WORDS,
    approved_on TEXT,
    siting WORDS,
    siting_lawful BOOLEAN,
    plot_area BIGINT,
    headstone BIGINT,
    within_standard BOOLEAN,
    price_basis WORDS,
    price_low BIGINT,
    price_high BIGINT,
    price_document WORDS,
    plots BIGINT NOT NULL,
    plots_used BIGINT NOT NULL,
    plots_left BIGINT,
    PRIMARY KEY (home_id, id)
);
CREATE INDEX burial_reform_cemetery_by_approval ON burial_reform_cemetery (home_id, approval, id);
CREATE INDEX burial_reform_cemetery_by_approved_on ON burial_reform_cemetery (home_id, approved_on, id);
CREATE INDEX burial_reform_cemetery_by_credit_code ON burial_reform_cemetery (home_id, credit_code, id);
CREATE INDEX burial_reform_cemetery_by_kind ON burial_reform_cemetery (home_id, kind, id);
CREATE INDEX burial_reform_cemetery_by_name ON burial_reform_cemetery (home_id, name, id);
CREATE INDEX burial_reform_cemetery_by_plots ON burial_reform_cemetery (home_id, plots, id);
CREATE INDEX burial_reform_cemetery_by_plots_left ON burial_reform_cemetery (home_id, plots_left, id);
CREATE INDEX burial_reform_cemetery_by_price_basis ON burial_reform_cemetery (home_id, price_basis, id);
CREATE INDEX burial_reform_cemetery_by_siting ON burial_reform_cemetery (home_id, siting, id);
CREATE INDEX burial_reform_cemetery_by_siting_lawful ON burial_reform_cemetery (home_id, siting_lawful, id);
CREATE INDEX burial_reform_cemetery_by_town ON burial_reform_cemetery (home_id, town, id);
CREATE INDEX burial_reform_cemetery_by_within_standard ON burial_reform_cemetery (home_id, within_standard, id);
CREATE INDEX burial_reform_cemetery_here ON burial_reform_cemetery (home_id, county, id);
CREATE INDEX burial_reform_cemetery_of_approval ON burial_reform_cemetery (home_id, county, approval, id);
CREATE INDEX burial_reform_cemetery_of_approved_on ON burial_reform_cemetery (home_id, county, approved_on, id);
CREATE INDEX burial_reform_cemetery_of_credit_code ON burial_reform_cemetery (home_id, county, credit_code, id);
CREATE INDEX burial_reform_cemetery_of_kind ON burial_reform_cemetery (home_id, county, kind, id);
CREATE INDEX burial_reform_cemetery_of_name ON burial_reform_cemetery (home_id, county, name, id);
CREATE INDEX burial_reform_cemetery_of_plots ON burial_reform_cemetery (home_id, county, plots, id);
CREATE INDEX burial_reform_cemetery_of_plots_left ON burial_reform_cemetery (home_id, county, plots_left, id);
CREATE INDEX burial_reform_cemetery_of_price_basis ON burial_reform_cemetery (home_id, county, price_basis, id);
CREATE INDEX burial_reform_cemetery_of_siting ON burial_reform_cemetery (home_id, county, siting, id);
CREATE INDEX burial_reform_cemetery_of_siting_lawful ON burial_reform_cemetery (home_id, county, siting_lawful, id);
CREATE INDEX burial_reform_cemetery_of_town ON burial_reform_cemetery (home_id, county, town, id);
CREATE INDEX burial_reform_cemetery_of_within_standard ON burial_reform_cemetery (home_id, county, within_standard, id);

-- 生态葬活动 · Eco-burial event
CREATE TABLE burial_reform_event (
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
    way WORDS NOT NULL,
    held_on TEXT NOT NULL,
    place WORDS NOT NULL,
    cemetery WORDS,
    places BIGINT NOT NULL,
    buried BIGINT,
    office_phone WORDS,
    published BOOLEAN NOT NULL,
    state WORDS NOT NULL,
    note WORDS,
    PRIMARY KEY (home_id, id)
);
CREATE INDEX burial_reform_event_by_buried ON burial_reform_event (home_id, buried, id);
CREATE INDEX burial_reform_event_by_cemetery ON burial_reform_event (home_id, cemetery, id);
CREATE INDEX burial_reform_event_by_held_on ON burial_reform_event (home_id, held_on, id);
CREATE INDEX burial_reform_event_by_name ON burial_reform_event (home_id, name, id);
CREATE INDEX burial_reform_event_by_place ON burial_reform_event (home_id, place, id);
CREATE INDEX burial_reform_event_by_places ON burial_reform_event (home_id, places, id);
CREATE INDEX burial_reform_event_by_published ON burial_reform_event (home_id, published, id);
CREATE INDEX burial_reform_event_by_state ON burial_reform_event (home_id, state, id);
CREATE INDEX burial_reform_event_by_way ON burial_reform_event (home_id, way, id);
CREATE INDEX burial_reform_event_here ON burial_reform_event (home_id, county, id);
CREATE INDEX burial_reform_event_of_buried ON burial_reform_event (home_id, county, buried, id);
CREATE INDEX burial_reform_event_of_held_on ON burial_reform_event (home_id, county, held_on, id);
CREATE INDEX burial_reform_event_of_name ON burial_reform_event (home_id, county, name, id);
CREATE INDEX burial_reform_event_of_place ON burial_reform_event (home_id, county, place, id);
CREATE INDEX burial_reform_event_of_places ON burial_reform_event (home_id, county, places, id);
CREATE INDEX burial_reform_event_of_published ON burial_reform_event (home_id, county, published, id);
CREATE INDEX burial_reform_event_of_state ON burial_reform_event (home_id, county, state, id);
CREATE INDEX burial_reform_event_of_way ON burial_reform_event (home_id, county, way, id);

-- 生态葬报名 · Eco-burial sign-up
CREATE TABLE burial_reform_sign_up (
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
    applicant WORDS NOT NULL,
    way WORDS NOT NULL,
    phone_sealed TEXT,
    phone_blind TEXT,
    deceased WORDS NOT NULL,
    deceased_id_no_sealed TEXT,
    deceased_id_no_blind TEXT,
    case_no WORDS,
    signed_on TEXT NOT NULL,
    event WORDS,
    family BIGINT,
    state WORDS NOT NULL,
    spot WORDS,
    certificate WORDS,
    buried_on TEXT,
    reason WORDS,
    PRIMARY KEY (home_id, id)
);
CREATE INDEX burial_reform_sign_up_by_applicant ON burial_reform_sign_up (home_id, applicant, id);
CREATE INDEX burial_reform_sign_up_by_buried_on ON burial_reform_sign_up (home_id, buried_on, id);
CREATE INDEX burial_reform_sign_up_by_case_no ON burial_reform_sign_up (home_id, case_no, id);
CREATE INDEX burial_reform_sign_up_by_certificate ON burial_reform_sign_up (home_id, certificate, id);
CREATE INDEX burial_reform_sign_up_by_deceased ON burial_reform_sign_up (home_id, deceased, id);
CREATE INDEX burial_reform_sign_up_by_deceased_id_no ON burial_reform_sign_up (home_id, deceased_id_no_blind, id);
CREATE INDEX burial_reform_sign_up_by_event ON burial_reform_sign_up (home_id, event, id);
CREATE INDEX burial_reform_sign_up_by_phone ON burial_reform_sign_up (home_id, phone_blind, id);
CREATE INDEX burial_reform_sign_up_by_signed_on ON burial_reform_sign_up (home_id, signed_on, id);
CREATE INDEX burial_reform_sign_up_by_state ON burial_reform_sign_up (home_id, state, id);
CREATE INDEX burial_reform_sign_up_by_way ON burial_reform_sign_up (home_id, way, id);
CREATE INDEX burial_reform_sign_up_here ON burial_reform_sign_up (home_id, county, id);
CREATE INDEX burial_reform_sign_up_of_applicant ON burial_reform_sign_up (home_id, county, applicant, id);
CREATE INDEX burial_reform_sign_up_of_buried_on ON burial_reform_sign_up (home_id, county, buried_on, id);
CREATE INDEX burial_reform_sign_up_of_case_no ON burial_reform_sign_up (home_id, county, case_no, id);
CREATE INDEX burial_reform_sign_up_of_certificate ON burial_reform_sign_up (home_id, county, certificate, id);
CREATE INDEX burial_reform_sign_up_of_deceased ON burial_reform_sign_up (home_id, county, deceased, id);
CREATE INDEX burial_reform_sign_up_of_deceased_id_no ON burial_reform_sign_up (home_id, county, deceased_id_no_blind, id);
CREATE INDEX burial_reform_sign_up_of_phone ON burial_reform_sign_up (home_id, county, phone_blind, id);
CREATE INDEX burial_reform_sign_up_of_signed_on ON burial_reform_sign_up (home_id, county, signed_on, id);
CREATE INDEX burial_reform_sign_up_of_state ON burial_reform_sign_up (home_id, county, state, id);
CREATE INDEX burial_reform_sign_up_of_way ON burial_reform_sign_up (home_id, county, way, id);

-- 追思活动 · Memorial ceremony
CREATE TABLE burial_reform_memorial (
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
    held_on TEXT NOT NULL,
    place WORDS NOT NULL,
    kind WORDS NOT NULL,
    participants BIGINT NOT NULL,
    note WORDS,
    PRIMARY KEY (home_id, id)
);
CREATE INDEX burial_reform_memorial_by_held_on ON burial_reform_memorial (home_id, held_on, id);
CREATE INDEX burial_reform_memorial_by_kind ON burial_reform_memorial (home_id, kind, id);
CREATE INDEX burial_reform_memorial_by_name ON burial_reform_memorial (home_id, name, id);
CREATE INDEX burial_reform_memorial_by_participants ON burial_reform_memorial (home_id, participants, id);
CREATE INDEX burial_reform_memorial_by_place ON burial_reform_memorial (home_id, place, id);
CREATE INDEX burial_reform_memorial_here ON burial_reform_memorial (home_id, county, id);
CREATE INDEX burial_reform_memorial_of_held_on ON burial_reform_memorial (home_id, county, held_on, id);
CREATE INDEX burial_reform_memorial_of_kind ON burial_reform_memorial (home_id, county, kind, id);
CREATE INDEX burial_reform_memorial_of_name ON burial_reform_memorial (home_id, county, name, id);
CREATE INDEX burial_reform_memorial_of_participants ON burial_reform_memorial (home_id, county, participants, id);
CREATE INDEX burial_reform_memorial_of_place ON burial_reform_memorial (home_id, county, place, id);

-- 标准研讨会 · Meeting on the standard
CREATE TABLE burial_reform_standard_meeting (
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
    standard WORDS NOT NULL,
    held_on TEXT NOT NULL,
    place WORDS,
    participants BIGINT,
    outcome WORDS,
    PRIMARY KEY (home_id, id)
);
CREATE INDEX burial_reform_standard_meeting_by_held_on ON burial_reform_standard_meeting (home_id, held_on, id);
CREATE INDEX burial_reform_standard_meeting_by_standard ON burial_reform_standard_meeting (home_id, standard, id);
CREATE INDEX burial_reform_standard_meeting_by_title ON burial_reform_standard_meeting (home_id, title, id);
CREATE INDEX burial_reform_standard_meeting_here ON burial_reform_standard_meeting (home_id, county, id);
CREATE INDEX burial_reform_standard_meeting_of_held_on ON burial_reform_standard_meeting (home_id, county, held_on, id);
CREATE INDEX burial_reform_standard_meeting_of_standard ON burial_reform_standard_meeting (home_id, county, standard, id);
CREATE INDEX burial_reform_standard_meeting_of_title ON burial_reform_standard_meeting (home_id, county, title, id);
