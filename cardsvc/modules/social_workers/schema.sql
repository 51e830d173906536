-- 社会工作人才 · Social workers

-- 考试报名 · Exam registration
CREATE TABLE social_workers_exam_registration (
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
    exam WORDS NOT NULL,
    level WORDS NOT NULL,
    registered_on TEXT NOT NULL,
    education WORDS,
    in_field BOOLEAN,
    years BIGINT,
    years_since_assistant BIGINT,
    employer WORDS,
    qualified BOOLEAN,
    review WORDS NOT NULL,
    reason WORDS,
    reviewed_on TEXT,
    PRIMARY KEY (home_id, id)
);
CREATE INDEX social_workers_exam_registration_by_employer ON social_workers_exam_registration (home_id, employer, id);
CREATE INDEX social_workers_exam_registration_by_exam ON social_workers_exam_registration (home_id, exam, id);
CREATE INDEX social_workers_exam_registration_by_id_no ON social_workers_exam_registration (home_id, id_no_blind, id);
CREATE INDEX social_workers_exam_registration_by_level ON social_workers_exam_registration (home_id, level, id);
CREATE INDEX social_workers_exam_registration_by_name ON social_workers_exam_registration (home_id, name, id);
CREATE INDEX social_workers_exam_registration_by_phone ON social_workers_exam_registration (home_id, phone_blind, id);
CREATE INDEX social_workers_exam_registration_by_qualified ON social_workers_exam_registration (home_id, qualified, id);
CREATE INDEX social_workers_exam_registration_by_registered_on ON social_workers_exam_registration (home_id, registered_on, id);
CREATE INDEX social_workers_exam_registration_by_review ON social_workers_exam_registration (home_id, review, id);
CREATE INDEX social_workers_exam_registration_here ON social_workers_exam_registration (home_id, county, id);
CREATE INDEX social_workers_exam_registration_of_employer ON social_workers_exam_registration (home_id, county, employer, id);
CREATE INDEX social_workers_exam_registration_of_exam ON social_workers_exam_registration (home_id, county, exam, id);
CREATE INDEX social_workers_exam_registration_of_id_no ON social_workers_exam_registration (home_id, county, id_no_blind, id);
CREATE INDEX social_workers_exam_registration_of_level ON social_workers_exam_registration (home_id, county, level, id);
CREATE INDEX social_workers_exam_registration_of_name ON social_workers_exam_registration (home_id, county, name, id);
CREATE INDEX social_workers_exam_registration_of_qualified ON social_workers_exam_registration (home_id, county, qualified, id);
CREATE INDEX social_workers_exam_registration_of_registered_on ON social_workers_exam_registration (home_id, county, registered_on, id);
CREATE INDEX social_workers_exam_registration_of_review ON social_workers_exam_registration (home_id, county, review, id);

-- 培训班 · Training class
CREATE TABLE social_workers_training_class (
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
    subject WORDS,
    audience WORDS,
    organiser WORDS,
    hours BIGINT,
    began_on TEXT NOT NULL,
    PRIMARY KEY (home_id, id)
);
CREATE INDEX social_workers_training_class_by_audience ON social_workers_training_class (home_id, audience, id);
CREATE INDEX social_workers_training_class_by_began_on ON social_workers_training_class (home_id, began_on, id);
CREATE INDEX social_workers_training_class_by_hours ON social_workers_training_class (home_id, hours, id);
CREATE INDEX social_workers_training_class_by_name ON social_workers_training_class (home_id, name, id);
CREATE INDEX social_workers_training_class_by_organiser ON social_workers_training_class (home_id, organiser, id);
CREATE INDEX social_workers_training_class_here ON social_workers_training_class (home_id, county, id);
CREATE INDEX social_workers_training_class_of_audience ON social_workers_training_class (home_id, county, audience, id);
CREATE INDEX social_workers_training_class_of_began_on ON social_workers_training_class (home_id, county, began_on, id);
CREATE INDEX social_workers_training_class_of_hours ON social_workers_training_class (home_id, county, hours, id);
CREATE INDEX social_workers_training_class_of_name ON social_workers_training_class (home_id, county, name, id);
CREATE INDEX social_workers_training_class_of_organiser ON social_workers_training_class (home_id, county, organiser, id);

-- 培训期次 · Training session
CREATE TABLE social_workers_training_session (
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
    training_class WORDS NOT NULL,
    number BIGINT NOT NULL,
    held_on TEXT NOT NULL,
    until TEXT,
    place WORDS,
    teacher WORDS,
    enrolled BIGINT,
    trained BIGINT NOT NULL,
    PRIMARY KEY (home_id, id)
);
CREATE INDEX social_workers_training_session_by_held_on ON social_workers_training_session (home_id, held_on, id);
CREATE INDEX social_workers_training_session_by_place ON social_workers_training_session (home_id, place, id);
CREATE INDEX social_workers_training_session_by_trained ON social_workers_training_session (home_id, trained, id);
CREATE INDEX social_workers_training_session_by_training_class ON social_workers_training_session (home_id, training_class, id);
CREATE INDEX social_workers_training_session_here ON social_workers_training_session (home_id, county, id);
CREATE INDEX social_workers_training_session_of_held_on ON social_workers_training_session (home_id, county, held_on, id);
CREATE INDEX social_workers_training_session_of_place ON social_workers_training_session (home_id, county, place, id);
CREATE INDEX social_workers_training_session_of_trained ON social_workers_training_session (home_id, county, trained, id);
CREATE INDEX social_workers_training_session_of_training_class ON social_workers_training_session (home_id, county, training_class, id);

-- 专职社区工作者 · Full-time community worker
CREATE TABLE social_workers_community_worker (
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
    community WORDS NOT NULL,
    town WORDS,
    post WORDS NOT NULL,
    source WORDS NOT NULL,
    body WORDS,
    certificate WORDS,
    since TEXT NOT NULL,
    until TEXT,
    state WORDS NOT NULL,
    PRIMARY KEY (home_id, id),
    CONSTRAINT social_workers_community_worker_one_id_no UNIQUE (home_id, id_no_blind)
);
CREATE INDEX social_workers_community_worker_by_body ON social_workers_community_worker (home_id, body, id);
CREATE INDEX social_workers_community_worker_by_certificate ON social_workers_community_worker (home_id, certificate, id);
CREATE INDEX social_workers_community_worker_by_community ON social_workers_community_worker (home_id, community, id);
CREATE INDEX social_workers_community_worker_by_id_no ON social_workers_community_worker (home_id, id_no_blind, id);
CREATE INDEX social_workers_community_worker_by_name ON social_workers_community_worker (home_id, name, id);
CREATE INDEX social_workers_community_worker_by_phone ON social_workers_community_worker (home_id, phone_blind, id);
CREATE INDEX social_workers_community_worker_by_post ON social_workers_community_worker (home_id, post, id);
CREATE INDEX social_workers_community_worker_by_since ON social_workers_community_worker (home_id, since, id);
CREATE INDEX social_workers_community_worker_by_source ON social_workers_community_worker (home_id, source, id);
CREATE INDEX social_workers_community_worker_by_state ON social_workers_community_worker (home_id, state, id);
CREATE INDEX social_workers_community_worker_by_town ON social_workers_community_worker (home_id, town, id);
CREATE INDEX social_workers_community_worker_here ON social_workers_community_worker (home_id, county, id);
CREATE INDEX social_workers_community_worker_of_body ON social_workers_community_worker (home_id, county, body, id);
CREATE INDEX social_workers_community_worker_of_certificate ON social_workers_community_worker (home_id, county, certificate, id);
CREATE INDEX social_workers_community_worker_of_community ON social_workers_community_worker (home_id, county, community, id);
CREATE INDEX social_workers_community_worker_of_id_no ON social_workers_community_worker (home_id, county, id_no_blind, id);
CREATE INDEX social_workers_community_worker_of_name ON social_workers_community_worker (home_id, county, name, id);
CREATE INDEX social_workers_community_worker_of_post ON social_workers_community_worker (home_id, county, post, id);
CREATE INDEX social_workers_community_worker_of_since ON social_workers_community_worker (home_id, county, since, id);
CREATE INDEX social_workers_community_worker_of_source ON social_workers_community_worker (home_id, county, source, id);
CREATE INDEX social_workers_community_worker_of_state ON social_workers_community_worker (home_id, county, state, id);
CREATE INDEX social_workers_community_worker_of_town ON social_workers_community_worker (home_id, county, town, id);

-- 政策文件 · Policy document
CREATE TABLE social_workers_policy_document (
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
    number WORDS,
    issuer WORDS NOT NULL,
    issued_on TEXT NOT NULL,
    summary WORDS,
    PRIMARY KEY (home_id, id)
);
CREATE INDEX social_workers_policy_document_by_issued_on ON social_workers_policy_document (home_id, issued_on, id);
CREATE INDEX social_workers_policy_document_by_issuer ON social_workers_policy_document (home_id, issuer, id);
CREATE INDEX social_workers_policy_document_by_number ON social_workers_policy_document (home_id, number, id);
CREATE INDEX social_workers_policy_document_by_title ON social_workers_policy_document (home_id, title, id);
CREATE INDEX social_workers_policy_document_here ON social_workers_policy_document (home_id, county, id);
CREATE INDEX social_workers_policy_document_of_issued_on ON social_workers_policy_document (home_id, county, issued_on, id);
CREATE INDEX social_workers_policy_document_of_issuer ON social_workers_policy_document (home_id, county, issuer, id);
CREATE INDEX social_workers_policy_document_of_number ON social_workers_policy_document (home_id, county, number, id);
CREATE INDEX social_workers_policy_document_of_title ON social_workers_policy_document (home_id, county, title, id);
