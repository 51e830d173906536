-- The fourth version: what is shown.
ALTER TABLE funeral_case ADD COLUMN live TEXT NOT NULL DEFAULT '{}';
ALTER TABLE funeral_case ADD COLUMN owed_fen BIGINT NOT NULL DEFAULT 0;
