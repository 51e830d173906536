-- The seventh version: what the bureau's other work still lacked.

-- Files whose work kills the process are given up after some times.
ALTER TABLE module_upload ADD COLUMN takes BIGINT NOT NULL DEFAULT 0;

-- A figure's note in English, beside the one in Chinese.
ALTER TABLE module_figure ADD COLUMN note_en TEXT NOT NULL DEFAULT '';
