-- I: which version of an entry counts: exactly one does, the newest unless a rule or a person says otherwise
ALTER TABLE entry_version ADD COLUMN stands BOOLEAN NOT NULL DEFAULT TRUE;
UPDATE entry_version SET stands = FALSE
    WHERE n < (SELECT max(newest.n) FROM entry_version AS newest WHERE newest.entry_id = entry_version.entry_id);
CREATE UNIQUE INDEX entry_version_stands ON entry_version (entry_id) WHERE stands;
CREATE INDEX entry_version_submission ON entry_version (submission_id);
-- I: whether the server of the mailbox vouched for the sender's address; null: sorted before this was asked
ALTER TABLE message ADD COLUMN proof TEXT;
