-- O: a removal of one person's data, by that person's wish; null: of the whole contest, by its plan
ALTER TABLE removal ADD COLUMN entry_id BIGINT;  -- on whose page it was asked for
ALTER TABLE removal ADD COLUMN paper TEXT;       -- number and date of the paper on which the wish came
DROP INDEX removal_open;
CREATE UNIQUE INDEX removal_open ON removal (contest_id) WHERE state <> 'done' AND entry_id IS NULL;
CREATE UNIQUE INDEX removal_person ON removal (entry_id) WHERE state <> 'done' AND entry_id IS NOT NULL;
-- O: what such a removal takes, row by row, as a clerk chose it
CREATE TABLE removal_item (
    removal_id BIGINT NOT NULL REFERENCES removal (id),
    subject TEXT NOT NULL,           -- entry, message, letter
    subject_id BIGINT NOT NULL,
    PRIMARY KEY (removal_id, subject, subject_id)
);
CREATE INDEX removal_item_subject ON removal_item (subject, subject_id);
