-- I/O: letters to many (thư gửi nhiều người): a draft that a second person releases, sent in pieces
CREATE TABLE mailing (
    id BIGINT PRIMARY KEY,
    contest_id BIGINT NOT NULL REFERENCES contest (id),
    unit_id BIGINT NOT NULL REFERENCES unit (id),   -- it and those below: whose participants are written to
    state TEXT NOT NULL,             -- draft, released, stopped, done, dropped
    n BIGINT NOT NULL,               -- grows with each change, so that nobody changes what he did not see
    audience TEXT NOT NULL,          -- all, accepted, held, late, asked, silent
    subject TEXT NOT NULL,           -- templates
    body TEXT NOT NULL,
    author_id BIGINT NOT NULL REFERENCES account (id),  -- who wrote it as it stands
    written_at BIGINT NOT NULL,
    released_by BIGINT REFERENCES account (id),
    released_at BIGINT,
    run_at BIGINT,                   -- not before; it can be taken back until then
    recipients BIGINT NOT NULL DEFAULT 0,           -- when it was released
    ended_at BIGINT
);
CREATE INDEX mailing_contest ON mailing (contest_id, id);
-- I: to whom, written when it is released; a letter is a row of this before it is a letter
CREATE TABLE mailing_address (
    mailing_id BIGINT NOT NULL REFERENCES mailing (id),
    n BIGINT NOT NULL,
    recipient TEXT NOT NULL,         -- folded: one address, one letter
    unit_id BIGINT NOT NULL REFERENCES unit (id),
    sender TEXT NOT NULL,            -- the mailbox that wrote to them before
    facts TEXT NOT NULL,             -- the values of the templates, JSON; emptied when the letter is written
    letter_id BIGINT REFERENCES letter (id),
    skipped TEXT,                    -- why no letter could be written
    PRIMARY KEY (mailing_id, n),
    UNIQUE (mailing_id, recipient)
);
CREATE INDEX mailing_address_letter ON mailing_address (letter_id) WHERE letter_id IS NOT NULL;
CREATE INDEX letter_recipient ON letter (recipient);
