-- 城乡社区 · Communities

-- 社区 · Community
CREATE TABLE communities_community (
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
    population BIGINT,
    households BIGINT,
    has_convenience BOOLEAN NOT NULL,
    has_administration BOOLEAN NOT NULL,
    has_culture_sports BOOLEAN NOT NULL,
    has_health_family_planning BOOLEAN NOT NULL,
    has_elderly BOOLEAN NOT NULL,
    mass_organisations BIGINT,
    volunteer_organisations BIGINT,
    since TEXT,
    PRIMARY KEY (home_id, id)
);
CREATE INDEX communities_community_by_has_administration ON communities_community (home_id, has_administration, id);
CREATE INDEX communities_community_by_has_convenience ON communities_community (home_id, has_convenience, id);
CREATE INDEX communities_community_by_has_culture_sports ON communities_community (home_id, has_culture_sports, id);
CREATE INDEX communities_community_by_has_elderly ON communities_community (home_id, has_elderly, id);
CREATE INDEX communities_community_by_has_health_family_planning ON communities_community (home_id, has_health_family_planning, id);
CREATE INDEX communities_community_by_kind ON communities_community (home_id, kind, id);
CREATE INDEX communities_community_by_name ON communities_community (home_id, name, id);
CREATE INDEX communities_community_by_population ON communities_community (home_id, population, id);
CREATE INDEX communities_community_by_since ON communities_community (home_id, since, id);
CREATE INDEX communities_community_by_town ON communities_community (home_id, town, id);
CREATE INDEX communities_community_here ON communities_community (home_id, county, id);
CREATE INDEX communities_community_of_has_administration ON communities_community (home_id, county, has_administration, id);
CREATE INDEX communities_community_of_has_convenience ON communities_community (home_id, county, has_convenience, id);
CREATE INDEX communities_community_of_has_culture_sports ON communities_community (home_id, county, has_culture_sports, id);
CREATE INDEX communities_community_of_has_elderly ON communities_community (home_id, county, has_elderly, id);
CREATE INDEX communities_community_of_has_health_family_planning ON communities_community (home_id, county, has_health_family_planning, id);
CREATE INDEX communities_community_of_kind ON communities_community (home_id, county, kind, id);
CREATE INDEX communities_community_of_name ON communities_community (home_id, county, name, id);
CREATE INDEX communities_community_of_population ON communities_community (home_id, county, population, id);
CREATE INDEX communities_community_of_since ON communities_community (home_id, county, since, id);
CREATE INDEX communities_community_of_town ON communities_community (home_id, county, town, id);

-- 示范点 · Demonstration site
CREATE TABLE communities_demonstration (
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
    community WORDS,
    level WORDS NOT NULL,
    named_on TEXT NOT NULL,
    fund BIGINT,
    PRIMARY KEY (home_id, id)
);
CREATE INDEX communities_demonstration_by_community ON communities_demonstration (home_id, community, id);
CREATE INDEX communities_demonstration_by_fund ON communities_demonstration (home_id, fund, id);
CREATE INDEX communities_demonstration_by_level ON communities_demonstration (home_id, level, id);
CREATE INDEX communities_demonstration_by_name ON communities_demonstration (home_id, name, id);
CREATE INDEX communities_demonstration_by_named_on ON communities_demonstration (home_id, named_on, id);
CREATE INDEX communities_demonstration_here ON communities_demonstration (home_id, county, id);
CREATE INDEX communities_demonstration_of_fund ON communities_demonstration (home_id, county, fund, id);
CREATE INDEX communities_demonstration_of_level ON communities_demonstration (home_id, county, level, id);
CREATE INDEX communities_demonstration_of_name ON communities_demonstration (home_id, county, name, id);
CREATE INDEX communities_demonstration_of_named_on ON communities_demonstration (home_id, county, named_on, id);
