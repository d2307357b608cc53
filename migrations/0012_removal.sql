-- O: personal data of a contest that is over: proposed by the program, confirmed by a person, removed in pieces
CREATE TABLE removal (
    id BIGINT PRIMARY KEY,
    contest_id BIGINT NOT NULL REFERENCES contest (id),
    state TEXT NOT NULL,             -- proposed, confirmed, running, done
    rule TEXT NOT NULL,              -- what the plan said, JSON
    due_at BIGINT NOT NULL,
    proposed_at BIGINT NOT NULL,
    asked_at BIGINT,                 -- when a person was last asked
    confirmed_at BIGINT,             -- what came later stays
    run_at BIGINT,                   -- not before; it can be called off until then
    messages BIGINT NOT NULL DEFAULT 0,   -- removed so far
    entries BIGINT NOT NULL DEFAULT 0,
    files BIGINT NOT NULL DEFAULT 0,
    ended_at BIGINT
);
CREATE UNIQUE INDEX removal_open ON removal (contest_id) WHERE state <> 'done';
-- O/I: what is left of a mail or an entry whose data was removed: its row, by which it is known when it comes again
ALTER TABLE message ADD COLUMN removal_id BIGINT REFERENCES removal (id);
ALTER TABLE message ADD COLUMN removed_at BIGINT;
ALTER TABLE entry ADD COLUMN removal_id BIGINT REFERENCES removal (id);
ALTER TABLE entry ADD COLUMN removed_at BIGINT;
-- O: files that may have lost their last row; the file goes after that row is gone for good
CREATE TABLE doomed_blob (
    blob TEXT PRIMARY KEY,
    since BIGINT NOT NULL
);
-- Whether any row names a file, and what points to a file's row, is asked once a file.
CREATE INDEX message_blob ON message (blob);
CREATE INDEX mime_part_blob ON mime_part (blob);
CREATE INDEX letter_blob ON letter (mime_blob) WHERE mime_blob IS NOT NULL;
CREATE INDEX page_picture_picture ON page_picture (picture);
CREATE INDEX judge_page_picture ON judge_page (picture);
CREATE INDEX finding_file ON finding (file_id);
CREATE INDEX page_cover_file ON page_cover (file_id);
