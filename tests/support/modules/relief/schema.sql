-- Records of relief, for tests: whose (blind index), for what, and from when to when. state says how it stands now.
CREATE TABLE relief_record (
    person    TEXT NOT NULL,
    number    TEXT NOT NULL PRIMARY KEY,
    category  TEXT NOT NULL,
    since     TEXT NOT NULL,
    until     TEXT,
    state     TEXT NOT NULL
);
