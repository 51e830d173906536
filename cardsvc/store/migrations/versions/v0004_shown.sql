-- The fourth version: what is shown.
CREATE INDEX audit_link_of_prints ON audit_link (home_id, subject) WHERE substr(what, 1, 8) = 'printed ';
