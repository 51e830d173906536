-- The seventh version: what the bureau's other work still lacked.

-- Files whose work kills the process are given up after some times.
ALTER TABLE module_upload ADD COLUMN takes BIGINT NOT NULL DEFAULT 0;
