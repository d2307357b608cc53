-- From marking to the prizes: one text for SQLite and PostgreSQL. Zones as in 0001.
-- What keeps a locked list as it is stands in sqlite/lock.sql and postgres/lock.sql: triggers are spelt differently.

-- P: who we are to other installations, and whose signatures hold
CREATE TABLE installation (
    id BIGINT PRIMARY KEY,           -- always 1
    uid TEXT NOT NULL,
    public_key TEXT NOT NULL,        -- Ed25519, base64; the secret half lies in the data folder
    created_at BIGINT NOT NULL
);
CREATE TABLE trusted_key (
    id BIGINT PRIMARY KEY,
    contest_id BIGINT NOT NULL REFERENCES contest (id),
    unit_id BIGINT NOT NULL REFERENCES unit (id),
    public_key TEXT NOT NULL,
    account_id BIGINT NOT NULL REFERENCES account (id),   -- who compared the fingerprint
    trusted_at BIGINT NOT NULL,
    UNIQUE (contest_id, unit_id, public_key)
);

-- I: an entry that another installation took in is known by that installation and its receipt code
ALTER TABLE entry ADD COLUMN installation TEXT;
-- I: words that a clerk had covered besides those the program found
CREATE TABLE cover (
    id BIGINT PRIMARY KEY,
    version_id BIGINT NOT NULL REFERENCES entry_version (id),
    words TEXT NOT NULL,
    account_id BIGINT NOT NULL REFERENCES account (id),
    at BIGINT NOT NULL,
    UNIQUE (version_id, words)
);
-- I: a clerk has read the text and found nobody named, where no name is known to look for
ALTER TABLE entry_version ADD COLUMN vouched_by BIGINT REFERENCES account (id);
-- I: a letter too large for a row lies in the blob folder
ALTER TABLE letter ADD COLUMN mime_blob TEXT;

-- J: queues, copies and marks
ALTER TABLE queue ADD COLUMN locked_at BIGINT;
-- The units an entry came through, to keep it from judges of theirs.
ALTER TABLE queue_entry ADD COLUMN source_unit_id BIGINT REFERENCES unit (id);
ALTER TABLE queue_entry ADD COLUMN origin_unit_id BIGINT REFERENCES unit (id);
-- Since when it may be dealt to judges: a safe copy is there and nothing about it is undecided.
ALTER TABLE queue_entry ADD COLUMN ready_at BIGINT;
-- Whether a person must still do or decide something; neither ready nor waiting: late, and not accepted.
ALTER TABLE queue_entry ADD COLUMN waits BOOLEAN NOT NULL DEFAULT TRUE;
CREATE TABLE judge_copy (
    version_id BIGINT PRIMARY KEY REFERENCES entry_version (id),
    safe BOOLEAN NOT NULL,
    body TEXT NOT NULL,              -- masked blocks, JSON; empty when not safe
    words BIGINT NOT NULL,
    answers TEXT NOT NULL,           -- JSON {"1":"A"}
    maker BIGINT NOT NULL,           -- version of the masker
    made_at BIGINT NOT NULL
);
CREATE TABLE conflict (
    id BIGINT PRIMARY KEY,
    account_id BIGINT NOT NULL REFERENCES account (id),
    unit_id BIGINT NOT NULL REFERENCES unit (id),
    declared_at BIGINT NOT NULL,
    UNIQUE (account_id, unit_id)
);
CREATE TABLE lot (
    id BIGINT PRIMARY KEY,
    queue_id BIGINT NOT NULL REFERENCES queue (id),
    seed TEXT NOT NULL,              -- reproduces the assignment
    input TEXT NOT NULL,             -- JSON: judges and entries as they were dealt
    sheets BIGINT NOT NULL,
    drawn_by BIGINT NOT NULL REFERENCES account (id),
    drawn_at BIGINT NOT NULL
);
CREATE INDEX lot_queue ON lot (queue_id);
CREATE TABLE mark_sheet (
    id BIGINT PRIMARY KEY,
    queue_id BIGINT NOT NULL REFERENCES queue (id),
    queue_entry_id BIGINT NOT NULL REFERENCES queue_entry (id),
    account_id BIGINT NOT NULL REFERENCES account (id),
    lot_id BIGINT REFERENCES lot (id),
    pass BIGINT NOT NULL,            -- 1, 2 …: independent marks; 0: the head judge's decision
    place BIGINT NOT NULL,           -- order in the judge's own queue, shuffled by the lot
    state TEXT NOT NULL,             -- open, given, excused
    version BIGINT NOT NULL,         -- counts saves; a save names the one it saw
    verdict TEXT,                    -- pass, fail, review
    marks TEXT NOT NULL,             -- JSON {"noi-dung": 13}, quarter points
    total BIGINT,                    -- quarter points with the part scored from the key; set when given
    remark TEXT NOT NULL,
    opened_at BIGINT,
    saved_at BIGINT,
    given_at BIGINT,
    UNIQUE (queue_entry_id, account_id)
);
CREATE INDEX mark_sheet_judge ON mark_sheet (account_id, queue_id, state, place);
CREATE INDEX mark_sheet_queue ON mark_sheet (queue_id, state);
CREATE TABLE mark_flag (
    id BIGINT PRIMARY KEY,
    sheet_id BIGINT NOT NULL REFERENCES mark_sheet (id),
    kind TEXT NOT NULL,
    note TEXT NOT NULL,
    at BIGINT NOT NULL,
    taken_back_at BIGINT
);
CREATE INDEX mark_flag_sheet ON mark_flag (sheet_id);

-- J: the list, who approved it, and what people decided about it
CREATE TABLE ranking (
    id BIGINT PRIMARY KEY,
    queue_id BIGINT NOT NULL REFERENCES queue (id),
    n BIGINT NOT NULL,
    take BIGINT,                     -- how many go on; null: all that passed
    hash TEXT NOT NULL,
    state TEXT NOT NULL,             -- proposed, withdrawn, locked
    made_by BIGINT NOT NULL REFERENCES account (id),
    made_at BIGINT NOT NULL,
    UNIQUE (queue_id, n)
);
CREATE TABLE ranking_line (
    ranking_id BIGINT NOT NULL REFERENCES ranking (id),
    queue_entry_id BIGINT NOT NULL REFERENCES queue_entry (id),
    place BIGINT NOT NULL,           -- 1, 2, 2, 4
    ordinal BIGINT NOT NULL,         -- the order of the list
    quarters BIGINT NOT NULL,        -- sum of the marks
    marks BIGINT NOT NULL,           -- how many; the mean is quarters / marks / 4
    taken BOOLEAN NOT NULL,
    reason TEXT NOT NULL,            -- why taken or left by hand
    PRIMARY KEY (ranking_id, queue_entry_id)
);
CREATE TABLE approval (
    id BIGINT PRIMARY KEY,
    ranking_id BIGINT NOT NULL REFERENCES ranking (id),
    account_id BIGINT NOT NULL REFERENCES account (id),
    role TEXT NOT NULL,
    hash TEXT NOT NULL,              -- of the list that was approved
    at BIGINT NOT NULL,
    UNIQUE (ranking_id, account_id),
    UNIQUE (ranking_id, role)
);
-- The head judge's order among entries with equal marks, and entries taken or left by hand.
CREATE TABLE choice (
    queue_entry_id BIGINT PRIMARY KEY REFERENCES queue_entry (id),
    queue_id BIGINT NOT NULL REFERENCES queue (id),
    tie_order BIGINT,
    taken BOOLEAN,
    reason TEXT NOT NULL,
    account_id BIGINT NOT NULL REFERENCES account (id),
    at BIGINT NOT NULL
);
CREATE TABLE award (
    ranking_id BIGINT NOT NULL REFERENCES ranking (id),
    queue_entry_id BIGINT NOT NULL REFERENCES queue_entry (id),
    prize TEXT NOT NULL,             -- the plan's code
    PRIMARY KEY (ranking_id, queue_entry_id)
);

-- I: what units hand over by mail
CREATE TABLE handover (
    id BIGINT PRIMARY KEY,
    contest_id BIGINT NOT NULL REFERENCES contest (id),
    direction TEXT NOT NULL,         -- out, in
    package TEXT NOT NULL,           -- known by this on both sides
    from_unit_id BIGINT NOT NULL REFERENCES unit (id),
    to_unit_id BIGINT NOT NULL REFERENCES unit (id),
    queue_id BIGINT REFERENCES queue (id),   -- out: the locked list; null: all entries of the unit
    state TEXT NOT NULL,
    manifest TEXT NOT NULL,          -- JSON as signed
    manifest_hash TEXT NOT NULL,
    signature TEXT NOT NULL,
    public_key TEXT NOT NULL,
    parts BIGINT NOT NULL,
    made_by BIGINT REFERENCES account (id),  -- null: it came by mail
    made_at BIGINT NOT NULL,
    done_at BIGINT,                  -- out: acknowledged; in: taken in
    UNIQUE (contest_id, direction, package)
);
CREATE TABLE handover_part (
    handover_id BIGINT NOT NULL REFERENCES handover (id),
    n BIGINT NOT NULL,
    letter_id BIGINT REFERENCES letter (id),     -- out
    message_id BIGINT REFERENCES message (id),   -- in
    at BIGINT,                       -- in: when it came
    PRIMARY KEY (handover_id, n)
);
CREATE TABLE handover_entry (
    handover_id BIGINT NOT NULL REFERENCES handover (id),
    code TEXT NOT NULL,              -- receipt code at the installation that took it in
    entry_id BIGINT REFERENCES entry (id),
    acknowledged_at BIGINT,
    PRIMARY KEY (handover_id, code)
);
CREATE INDEX handover_entry_entry ON handover_entry (entry_id);
-- I: papers made of a locked list, as files
CREATE TABLE paper (
    id BIGINT PRIMARY KEY,
    contest_id BIGINT NOT NULL REFERENCES contest (id),
    unit_id BIGINT NOT NULL REFERENCES unit (id),
    about TEXT NOT NULL,             -- "handover/<id>", "prizes/<queue>"
    name TEXT NOT NULL,
    media_type TEXT NOT NULL,
    blob TEXT NOT NULL,
    size BIGINT NOT NULL,
    made_at BIGINT NOT NULL,
    UNIQUE (about, name)
);
CREATE INDEX paper_unit ON paper (unit_id, made_at);
