-- 防灾减灾救灾 · Disaster relief

-- 避灾安置场所 · Shelter
CREATE TABLE disaster_relief_shelter (
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
    address WORDS NOT NULL,
    point WORDS,
    capacity BIGINT NOT NULL,
    large_enough BOOLEAN,
    form WORDS,
    equipment WORDS,
    office_phone WORDS,
    manager WORDS,
    manager_phone_sealed TEXT,
    manager_phone_blind TEXT,
    state WORDS NOT NULL,
    published BOOLEAN NOT NULL,
    published_on TEXT,
    PRIMARY KEY (home_id, id)
);
CREATE INDEX disaster_relief_shelter_by_capacity ON disaster_relief_shelter (home_id, capacity, id);
CREATE INDEX disaster_relief_shelter_by_form ON disaster_relief_shelter (home_id, form, id);
CREATE INDEX disaster_relief_shelter_by_large_enough ON disaster_relief_shelter (home_id, large_enough, id);
CREATE INDEX disaster_relief_shelter_by_level ON disaster_relief_shelter (home_id, level, id);
CREATE INDEX disaster_relief_shelter_by_manager ON disaster_relief_shelter (home_id, manager, id);
CREATE INDEX disaster_relief_shelter_by_manager_phone ON disaster_relief_shelter (home_id, manager_phone_blind, id);
CREATE INDEX disaster_relief_shelter_by_name ON disaster_relief_shelter (home_id, name, id);
CREATE INDEX disaster_relief_shelter_by_published ON disaster_relief_shelter (home_id, published, id);
CREATE INDEX disaster_relief_shelter_by_published_on ON disaster_relief_shelter (home_id, published_on, id);
CREATE INDEX disaster_relief_shelter_by_state ON disaster_relief_shelter (home_id, state, id);
CREATE INDEX disaster_relief_shelter_by_town ON disaster_relief_shelter (home_id, town, id);
CREATE INDEX disaster_relief_shelter_here ON disaster_relief_shelter (home_id, county, id);
CREATE INDEX disaster_relief_shelter_of_capacity ON disaster_relief_shelter (home_id, county, capacity, id);
CREATE INDEX disaster_relief_shelter_of_form ON disaster_relief_shelter (home_id, county, form, id);
CREATE INDEX disaster_relief_shelter_of_large_enough ON disaster_relief_shelter (home_id, county, large_enough, id);
CREATE INDEX disaster_relief_shelter_of_level ON disaster_relief_shelter (home_id, county, level, id);
CREATE INDEX disaster_relief_shelter_of_manager ON disaster_relief_shelter (home_id, county, manager, id);
CREATE INDEX disaster_relief_shelter_of_name ON disaster_relief_shelter (home_id, county, name, id);
CREATE INDEX disaster_relief_shelter_of_published ON disaster_relief_shelter (home_id, county, published, id);
CREATE INDEX disaster_relief_shelter_of_published_on ON disaster_relief_shelter (home_id, county, published_on, id);
CREATE INDEX disaster_relief_shelter_of_state ON disaster_relief_shelter (home_id, county, state, id);
CREATE INDEX disaster_relief_shelter_of_town ON disaster_relief_shelter (home_id, county, town, id);

-- 灾害信息员 · Disaster-information officer
CREATE TABLE disaster_relief_officer (
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
    phone_sealed TEXT NOT NULL,
    phone_blind TEXT,
    level WORDS NOT NULL,
    town WORDS,
    village WORDS,
    appointed_on TEXT NOT NULL,
    left_on TEXT,
    certificate WORDS,
    serving BOOLEAN,
    PRIMARY KEY (home_id, id),
    CONSTRAINT disaster_relief_officer_one_id_no UNIQUE (home_id, id_no_blind)
);
CREATE INDEX disaster_relief_officer_by_appointed_on ON disaster_relief_officer (home_id, appointed_on, id);
CREATE INDEX disaster_relief_officer_by_certificate ON disaster_relief_officer (home_id, certificate, id);
CREATE INDEX disaster_relief_officer_by_id_no ON disaster_relief_officer (home_id, id_no_blind, id);
CREATE INDEX disaster_relief_officer_by_level ON disaster_relief_officer (home_id, level, id);
CREATE INDEX disaster_relief_officer_by_name ON disaster_relief_officer (home_id, name, id);
CREATE INDEX disaster_relief_officer_by_phone ON disaster_relief_officer (home_id, phone_blind, id);
CREATE INDEX disaster_relief_officer_by_serving ON disaster_relief_officer (home_id, serving, id);
CREATE INDEX disaster_relief_officer_by_town ON disaster_relief_officer (home_id, town, id);
CREATE INDEX disaster_relief_officer_by_village ON disaster_relief_officer (home_id, village, id);
CREATE INDEX disaster_relief_officer_here ON disaster_relief_officer (home_id, county, id);
CREATE INDEX disaster_relief_officer_of_appointed_on ON disaster_relief_officer (home_id, county, appointed_on, id);
CREATE INDEX disaster_relief_officer_of_certificate ON disaster_relief_officer (home_id, county, certificate, id);
CREATE INDEX disaster_relief_officer_of_id_no ON disaster_relief_officer (home_id, county, id_no_blind, id);
CREATE INDEX disaster_relief_officer_of_level ON disaster_relief_officer (home_id, county, level, id);
CREATE INDEX disaster_relief_officer_of_name ON disaster_relief_officer (home_id, county, name, id);
CREATE INDEX disaster_relief_officer_of_phone ON disaster_relief_officer (home_id, county, phone_blind, id);
CREATE INDEX disaster_relief_officer_of_serving ON disaster_relief_officer (home_id, county, serving, id);
CREATE INDEX disaster_relief_officer_of_town ON disaster_relief_officer (home_id, county, town, id);
CREATE INDEX disaster_relief_officer_of_village ON disaster_relief_officer (home_id, county, village, id);

-- 培训班 · Training
CREATE TABLE disaster_relief_training (
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
    held_on TEXT NOT NULL,
    days BIGINT,
    place WORDS,
    subject WORDS,
    PRIMARY KEY (home_id, id)
);
CREATE INDEX disaster_relief_training_by_held_on ON disaster_relief_training (home_id, held_on, id);
CREATE INDEX disaster_relief_training_by_level ON disaster_relief_training (home_id, level, id);
CREATE INDEX disaster_relief_training_by_name ON disaster_relief_training (home_id, name, id);
CREATE INDEX disaster_relief_training_by_place ON disaster_relief_training (home_id, place, id);
CREATE INDEX disaster_relief_training_here ON disaster_relief_training (home_id, county, id);
CREATE INDEX disaster_relief_training_of_held_on ON disaster_relief_training (home_id, county, held_on, id);
CREATE INDEX disaster_relief_training_of_level ON disaster_relief_training (home_id, county, level, id);
CREATE INDEX disaster_relief_training_of_name ON disaster_relief_training (home_id, county, name, id);
CREATE INDEX disaster_relief_training_of_place ON disaster_relief_training (home_id, county, place, id);

-- 参训记录 · Attendance
CREATE TABLE disaster_relief_attendance (
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
    officer WORDS NOT NULL,
    training WORDS NOT NULL,
    attended_on TEXT NOT NULL,
    passed BOOLEAN NOT NULL,
    PRIMARY KEY (home_id, id)
);
CREATE INDEX disaster_relief_attendance_by_attended_on ON disaster_relief_attendance (home_id, attended_on, id);
CREATE INDEX disaster_relief_attendance_by_officer ON disaster_relief_attendance (home_id, officer, id);
CREATE INDEX disaster_relief_attendance_by_passed ON disaster_relief_attendance (home_id, passed, id);
CREATE INDEX disaster_relief_attendance_by_training ON disaster_relief_attendance (home_id, training, id);
CREATE INDEX disaster_relief_attendance_here ON disaster_relief_attendance (home_id, county, id);
CREATE INDEX disaster_relief_attendance_of_attended_on ON disaster_relief_attendance (home_id, county, attended_on, id);
CREATE INDEX disaster_relief_attendance_of_passed ON disaster_relief_attendance (home_id, county, passed, id);

-- 应急预案 · Emergency plan
CREATE TABLE disaster_relief_plan (
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
    kind WORDS NOT NULL,
    unit WORDS,
    issued_on TEXT,
    document WORDS,
    PRIMARY KEY (home_id, id)
);
CREATE INDEX disaster_relief_plan_by_document ON disaster_relief_plan (home_id, document, id);
CREATE INDEX disaster_relief_plan_by_issued_on ON disaster_relief_plan (home_id, issued_on, id);
CREATE INDEX disaster_relief_plan_by_kind ON disaster_relief_plan (home_id, kind, id);
CREATE INDEX disaster_relief_plan_by_level ON disaster_relief_plan (home_id, level, id);
CREATE INDEX disaster_relief_plan_by_name ON disaster_relief_plan (home_id, name, id);
CREATE INDEX disaster_relief_plan_by_unit ON disaster_relief_plan (home_id, unit, id);
CREATE INDEX disaster_relief_plan_here ON disaster_relief_plan (home_id, county, id);
CREATE INDEX disaster_relief_plan_of_document ON disaster_relief_plan (home_id, county, document, id);
CREATE INDEX disaster_relief_plan_of_issued_on ON disaster_relief_plan (home_id, county, issued_on, id);
CREATE INDEX disaster_relief_plan_of_kind ON disaster_relief_plan (home_id, county, kind, id);
CREATE INDEX disaster_relief_plan_of_level ON disaster_relief_plan (home_id, county, level, id);
CREATE INDEX disaster_relief_plan_of_name ON disaster_relief_plan (home_id, county, name, id);
CREATE INDEX disaster_relief_plan_of_unit ON disaster_relief_plan (home_id, county, unit, id);

-- 预案修订 · Revision of a plan
CREATE TABLE disaster_relief_revision (
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
    plan WORDS NOT NULL,
    revised_on TEXT NOT NULL,
    changes WORDS NOT NULL,
    drill BOOLEAN,
    state WORDS NOT NULL,
    document WORDS,
    issued_on TEXT,
    PRIMARY KEY (home_id, id)
);
CREATE INDEX disaster_relief_revision_by_document ON disaster_relief_revision (home_id, document, id);
CREATE INDEX disaster_relief_revision_by_drill ON disaster_relief_revision (home_id, drill, id);
CREATE INDEX disaster_relief_revision_by_issued_on ON disaster_relief_revision (home_id, issued_on, id);
CREATE INDEX disaster_relief_revision_by_plan ON disaster_relief_revision (home_id, plan, id);
CREATE INDEX disaster_relief_revision_by_revised_on ON disaster_relief_revision (home_id, revised_on, id);
CREATE INDEX disaster_relief_revision_by_state ON disaster_relief_revision (home_id, state, id);
CREATE INDEX disaster_relief_revision_here ON disaster_relief_revision (home_id, county, id);
CREATE INDEX disaster_relief_revision_of_document ON disaster_relief_revision (home_id, county, document, id);
CREATE INDEX disaster_relief_revision_of_drill ON disaster_relief_revision (home_id, county, drill, id);
CREATE INDEX disaster_relief_revision_of_issued_on ON disaster_relief_revision (home_id, county, issued_on, id);
CREATE INDEX disaster_relief_revision_of_revised_on ON disaster_relief_revision (home_id, county, revised_on, id);
CREATE INDEX disaster_relief_revision_of_state ON disaster_relief_revision (home_id, county, state, id);

-- 救助批次 · Relief batch
CREATE TABLE disaster_relief_relief_batch (
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
    kind WORDS NOT NULL,
    relieved_on TEXT NOT NULL,
    town WORDS,
    households BIGINT NOT NULL,
    people BIGINT NOT NULL,
    money BIGINT,
    goods WORDS,
    goods_value BIGINT,
    per_head BIGINT,
    state WORDS NOT NULL,
    approved_on TEXT,
    handed_out_on TEXT,
    note WORDS,
    PRIMARY KEY (home_id, id),
    CONSTRAINT disaster_relief_relief_batch_one_number UNIQUE (home_id, number)
);
CREATE INDEX disaster_relief_relief_batch_by_kind ON disaster_relief_relief_batch (home_id, kind, id);
CREATE INDEX disaster_relief_relief_batch_by_money ON disaster_relief_relief_batch (home_id, money, id);
CREATE INDEX disaster_relief_relief_batch_by_number ON disaster_relief_relief_batch (home_id, number, id);
CREATE INDEX disaster_relief_relief_batch_by_people ON disaster_relief_relief_batch (home_id, people, id);
CREATE INDEX disaster_relief_relief_batch_by_relieved_on ON disaster_relief_relief_batch (home_id, relieved_on, id);
CREATE INDEX disaster_relief_relief_batch_by_state ON disaster_relief_relief_batch (home_id, state, id);
CREATE INDEX disaster_relief_relief_batch_by_town ON disaster_relief_relief_batch (home_id, town, id);
CREATE INDEX disaster_relief_relief_batch_here ON disaster_relief_relief_batch (home_id, county, id);
CREATE INDEX disaster_relief_relief_batch_of_kind ON disaster_relief_relief_batch (home_id, county, kind, id);
CREATE INDEX disaster_relief_relief_batch_of_money ON disaster_relief_relief_batch (home_id, county, money, id);
CREATE INDEX disaster_relief_relief_batch_of_number ON disaster_relief_relief_batch (home_id, county, number, id);
CREATE INDEX disaster_relief_relief_batch_of_people ON disaster_relief_relief_batch (home_id, county, people, id);
CREATE INDEX disaster_relief_relief_batch_of_relieved_on ON disaster_relief_relief_batch (home_id, county, relieved_on, id);
CREATE INDEX disaster_relief_relief_batch_of_state ON disaster_relief_relief_batch (home_id, county, state, id);
CREATE INDEX disaster_relief_relief_batch_of_town ON disaster_relief_relief_batch (home_id, county, town, id);
