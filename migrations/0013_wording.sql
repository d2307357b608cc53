-- P: the wording of letters to participants, as clerks changed it; the newest version of a form is in force, none is
-- ever changed or taken away. Without a row the text that ships with the program is in force.
CREATE TABLE wording (
    id BIGINT PRIMARY KEY,
    contest_id BIGINT NOT NULL REFERENCES contest (id),
    form TEXT NOT NULL,              -- receipt, ask, deadline
    n BIGINT NOT NULL,               -- from 1 for each form
    subject TEXT,                    -- NULL: back to the text that ships
    body TEXT,
    account_id BIGINT NOT NULL REFERENCES account (id),
    at BIGINT NOT NULL,
    failed_at BIGINT,                -- when a letter could first not be written by it, and went in the text that ships
    told_at BIGINT,                  -- when the administrator was told
    UNIQUE (contest_id, form, n)
);
