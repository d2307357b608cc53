-- The house: one text for SQLite and PostgreSQL.
-- Ids are BIGINT made by the program; times are BIGINT milliseconds UTC; states are TEXT checked in Rust.
-- Zones: P plan, I identity, J judge, O operations (see ARCHITECTURE.md).

-- P: the contest and its plan, in versions
CREATE TABLE contest (
    id BIGINT PRIMARY KEY,
    slug TEXT NOT NULL UNIQUE,
    title TEXT NOT NULL,
    created_at BIGINT NOT NULL
);
CREATE TABLE plan_version (
    id BIGINT PRIMARY KEY,
    contest_id BIGINT NOT NULL REFERENCES contest (id),
    n BIGINT NOT NULL,
    source TEXT NOT NULL,            -- the TOML as applied
    body TEXT NOT NULL,              -- the checked plan, JSON
    document_no TEXT,
    document_date TEXT,
    applied_by TEXT NOT NULL,
    applied_at BIGINT NOT NULL,
    UNIQUE (contest_id, n)
);
CREATE TABLE unit (
    id BIGINT PRIMARY KEY,
    contest_id BIGINT NOT NULL REFERENCES contest (id),
    code TEXT NOT NULL,
    parent_id BIGINT REFERENCES unit (id),
    kind TEXT NOT NULL,
    name TEXT NOT NULL,
    name_fold TEXT NOT NULL,
    removed_at BIGINT,
    UNIQUE (contest_id, code)
);
CREATE TABLE round (
    id BIGINT PRIMARY KEY,
    contest_id BIGINT NOT NULL REFERENCES contest (id),
    code TEXT NOT NULL,
    name TEXT NOT NULL,
    ordinal BIGINT NOT NULL,
    kind TEXT NOT NULL,
    removed_at BIGINT,
    UNIQUE (contest_id, code)
);
CREATE TABLE queue (
    id BIGINT PRIMARY KEY,
    round_id BIGINT NOT NULL REFERENCES round (id),
    unit_id BIGINT NOT NULL REFERENCES unit (id),
    state TEXT NOT NULL,
    UNIQUE (round_id, unit_id)
);

-- O: mailboxes and what their servers hold
CREATE TABLE mailbox (
    id BIGINT PRIMARY KEY,
    contest_id BIGINT NOT NULL REFERENCES contest (id),
    unit_id BIGINT NOT NULL REFERENCES unit (id),
    address TEXT NOT NULL,
    epoch BIGINT NOT NULL DEFAULT 0,
    uid_validity BIGINT,
    lease_owner BIGINT,
    lease_until BIGINT NOT NULL DEFAULT 0,
    fence BIGINT NOT NULL DEFAULT 0,
    listed_at BIGINT,                -- last complete list
    server_count BIGINT,             -- mails the server held then
    failing_since BIGINT,
    failure TEXT,                    -- kind of trouble: auth, again, give_up, unset
    quota_used BIGINT,               -- KiB
    quota_limit BIGINT,
    removed_at BIGINT,
    UNIQUE (contest_id, address)
);
CREATE TABLE message (
    id BIGINT PRIMARY KEY,
    contest_id BIGINT NOT NULL REFERENCES contest (id),
    blob TEXT NOT NULL,
    size BIGINT NOT NULL,
    rfc_id TEXT,
    content_hash TEXT,
    from_email TEXT,
    from_name TEXT,
    subject TEXT,
    body TEXT,
    received_at BIGINT NOT NULL,     -- earliest INTERNALDATE among its deliveries
    kind TEXT,
    state TEXT NOT NULL,
    attempts BIGINT NOT NULL DEFAULT 0,
    same_as BIGINT REFERENCES message (id),   -- the same mail, taken from another mailbox
    created_at BIGINT NOT NULL,
    UNIQUE (contest_id, blob)
);
CREATE INDEX message_content ON message (contest_id, content_hash);
CREATE TABLE delivery (
    id BIGINT PRIMARY KEY,
    mailbox_id BIGINT NOT NULL REFERENCES mailbox (id),
    epoch BIGINT NOT NULL,
    uid_validity BIGINT NOT NULL,
    uid BIGINT NOT NULL,
    size BIGINT NOT NULL,
    internal_at BIGINT NOT NULL,
    state TEXT NOT NULL,
    attempts BIGINT NOT NULL DEFAULT 0,      -- fetches the server answered with NO
    message_id BIGINT REFERENCES message (id),
    UNIQUE (mailbox_id, epoch, uid_validity, uid)
);
CREATE INDEX delivery_message ON delivery (message_id);
CREATE INDEX delivery_state ON delivery (mailbox_id, state);

-- I: what was handed in, by whom
CREATE TABLE mime_part (
    id BIGINT PRIMARY KEY,
    message_id BIGINT NOT NULL REFERENCES message (id),
    path TEXT NOT NULL,
    name TEXT NOT NULL,
    blob TEXT NOT NULL,
    size BIGINT NOT NULL,
    kind TEXT NOT NULL,
    UNIQUE (message_id, path)
);
CREATE TABLE reading (
    blob TEXT NOT NULL,
    reader BIGINT NOT NULL,          -- version of the reader
    kind TEXT NOT NULL,
    pages BIGINT,
    body TEXT NOT NULL,              -- the Document, JSON
    text_hash TEXT,
    ms BIGINT NOT NULL,
    PRIMARY KEY (blob, reader)
);
CREATE TABLE submission (
    id BIGINT PRIMARY KEY,
    contest_id BIGINT NOT NULL REFERENCES contest (id),
    channel TEXT NOT NULL,
    message_id BIGINT REFERENCES message (id),
    unit_id BIGINT NOT NULL REFERENCES unit (id),   -- whose mailbox or desk took it in
    received_at BIGINT NOT NULL
);
CREATE INDEX submission_message ON submission (message_id);
CREATE TABLE entry (
    id BIGINT PRIMARY KEY,
    contest_id BIGINT NOT NULL REFERENCES contest (id),
    receipt_code TEXT NOT NULL UNIQUE,
    submission_id BIGINT NOT NULL REFERENCES submission (id),
    unit_id BIGINT NOT NULL REFERENCES unit (id),
    origin_unit_id BIGINT REFERENCES unit (id),
    state TEXT NOT NULL,
    timeliness TEXT NOT NULL,
    received_at BIGINT NOT NULL,
    same_as BIGINT REFERENCES entry (id),           -- an earlier entry with the same file or text
    joined_to BIGINT REFERENCES entry (id),
    created_at BIGINT NOT NULL
);
CREATE INDEX entry_unit ON entry (unit_id, received_at);
CREATE INDEX entry_submission ON entry (submission_id);
CREATE TABLE entry_version (
    id BIGINT PRIMARY KEY,
    entry_id BIGINT NOT NULL REFERENCES entry (id),
    n BIGINT NOT NULL,
    submission_id BIGINT NOT NULL REFERENCES submission (id),
    text_hash TEXT,
    in_body BOOLEAN NOT NULL,
    answers TEXT NOT NULL,           -- JSON {"1":"A"}
    created_at BIGINT NOT NULL,
    UNIQUE (entry_id, n)
);
CREATE INDEX entry_version_text ON entry_version (text_hash);
-- A resend with nothing new in it: handed in again, no new version.
CREATE TABLE resend (
    id BIGINT PRIMARY KEY,
    entry_id BIGINT NOT NULL REFERENCES entry (id),
    submission_id BIGINT NOT NULL REFERENCES submission (id),
    UNIQUE (entry_id, submission_id)
);
CREATE TABLE entry_file (
    id BIGINT PRIMARY KEY,
    version_id BIGINT NOT NULL REFERENCES entry_version (id),
    ordinal BIGINT NOT NULL,
    blob TEXT NOT NULL,
    name TEXT NOT NULL,
    size BIGINT NOT NULL,
    role TEXT NOT NULL,
    kind TEXT NOT NULL,
    pages BIGINT
);
CREATE INDEX entry_file_version ON entry_file (version_id);
CREATE INDEX entry_file_blob ON entry_file (blob);
CREATE TABLE finding (
    id BIGINT PRIMARY KEY,
    version_id BIGINT NOT NULL REFERENCES entry_version (id),
    file_id BIGINT REFERENCES entry_file (id),
    code TEXT NOT NULL,
    detail TEXT NOT NULL
);
CREATE INDEX finding_version ON finding (version_id);
CREATE TABLE slip (
    version_id BIGINT PRIMARY KEY REFERENCES entry_version (id),
    contest_id BIGINT NOT NULL REFERENCES contest (id),
    name TEXT,
    name_fold TEXT,
    birth_date TEXT,
    unit_text TEXT,
    class_name TEXT,
    address TEXT,
    phone TEXT,
    email TEXT,
    body TEXT NOT NULL               -- the Slip with places and spans, JSON
);
CREATE INDEX slip_person ON slip (contest_id, name_fold);

-- J: what a judge's queue holds
CREATE TABLE queue_entry (
    id BIGINT PRIMARY KEY,
    queue_id BIGINT NOT NULL REFERENCES queue (id),
    entry_id BIGINT NOT NULL REFERENCES entry (id),
    version_id BIGINT NOT NULL REFERENCES entry_version (id),
    blind_code TEXT NOT NULL,
    added_at BIGINT NOT NULL,
    removed_at BIGINT,
    UNIQUE (queue_id, entry_id),
    UNIQUE (queue_id, blind_code)
);
CREATE INDEX queue_entry_entry ON queue_entry (entry_id);

-- O: what needs a person, and what persons did
CREATE TABLE matter (
    id BIGINT PRIMARY KEY,
    contest_id BIGINT NOT NULL REFERENCES contest (id),
    unit_id BIGINT NOT NULL REFERENCES unit (id),
    kind TEXT NOT NULL,
    subject TEXT NOT NULL,           -- entry, message, mailbox, delivery, job, letter
    subject_id BIGINT NOT NULL,
    detail TEXT NOT NULL,            -- JSON, what the sentence on the desk needs
    opened_at BIGINT NOT NULL,
    closed_at BIGINT,
    decision TEXT
);
CREATE UNIQUE INDEX matter_open ON matter (kind, subject, subject_id) WHERE closed_at IS NULL;
CREATE INDEX matter_unit ON matter (unit_id, closed_at);
CREATE TABLE account (
    id BIGINT PRIMARY KEY,
    email TEXT NOT NULL UNIQUE,
    name TEXT NOT NULL,
    created_at BIGINT NOT NULL,
    disabled_at BIGINT
);
CREATE TABLE act (
    id BIGINT PRIMARY KEY,
    contest_id BIGINT NOT NULL REFERENCES contest (id),
    unit_id BIGINT NOT NULL REFERENCES unit (id),
    matter_id BIGINT REFERENCES matter (id),
    subject TEXT NOT NULL,
    subject_id BIGINT NOT NULL,
    account_id BIGINT NOT NULL REFERENCES account (id),
    kind TEXT NOT NULL,
    before TEXT NOT NULL,            -- JSON, what undo puts back
    after TEXT NOT NULL,
    at BIGINT NOT NULL,
    undone_at BIGINT,
    undone_by BIGINT REFERENCES account (id)
);
CREATE INDEX act_subject ON act (subject, subject_id);
CREATE INDEX act_unit ON act (unit_id, at);
CREATE TABLE grant_role (
    id BIGINT PRIMARY KEY,
    account_id BIGINT NOT NULL REFERENCES account (id),
    contest_id BIGINT NOT NULL REFERENCES contest (id),
    unit_id BIGINT REFERENCES unit (id),            -- null: every unit
    role TEXT NOT NULL,
    decision_no TEXT,
    granted_at BIGINT NOT NULL,
    revoked_at BIGINT
);
CREATE INDEX grant_role_account ON grant_role (account_id);
CREATE TABLE login_token (
    id BIGINT PRIMARY KEY,
    account_id BIGINT NOT NULL REFERENCES account (id),
    token_hash TEXT NOT NULL UNIQUE,
    code_hash TEXT NOT NULL,
    created_at BIGINT NOT NULL,
    expires_at BIGINT NOT NULL,
    used_at BIGINT,
    tries BIGINT NOT NULL DEFAULT 0
);
CREATE TABLE session (
    id BIGINT PRIMARY KEY,
    token_hash TEXT NOT NULL UNIQUE,
    account_id BIGINT NOT NULL REFERENCES account (id),
    csrf TEXT NOT NULL,
    created_at BIGINT NOT NULL,
    seen_at BIGINT NOT NULL,
    expires_at BIGINT NOT NULL
);

-- I/O: letters and how they went
CREATE TABLE letter (
    id BIGINT PRIMARY KEY,
    contest_id BIGINT NOT NULL REFERENCES contest (id),
    unit_id BIGINT NOT NULL REFERENCES unit (id),
    letter_key TEXT NOT NULL UNIQUE, -- one cause, one letter
    rfc_id TEXT NOT NULL UNIQUE,
    kind TEXT NOT NULL,
    recipient TEXT NOT NULL,
    null_path BOOLEAN NOT NULL,      -- envelope sender <> (RFC 3834 §3.3)
    sender TEXT NOT NULL,
    subject TEXT NOT NULL,
    mime TEXT NOT NULL,
    state TEXT NOT NULL,
    reason TEXT,                     -- why suppressed or failed
    message_id BIGINT REFERENCES message (id),      -- the mail it answers
    not_before BIGINT NOT NULL,
    queued_at BIGINT NOT NULL,
    sent_at BIGINT,
    bounced_at BIGINT
);
CREATE INDEX letter_unit ON letter (unit_id, queued_at);
CREATE INDEX letter_message ON letter (message_id);
CREATE TABLE letter_attempt (
    id BIGINT PRIMARY KEY,
    letter_id BIGINT NOT NULL REFERENCES letter (id),
    relay TEXT NOT NULL,
    at BIGINT NOT NULL,
    outcome TEXT NOT NULL,
    answer TEXT NOT NULL
);
CREATE INDEX letter_attempt_letter ON letter_attempt (letter_id);
CREATE INDEX letter_attempt_relay ON letter_attempt (relay, at);

-- O: work and its trace
CREATE TABLE job (
    id BIGINT PRIMARY KEY,
    kind TEXT NOT NULL,
    job_key BIGINT NOT NULL,
    state TEXT NOT NULL,             -- ready, running, done, failed
    priority BIGINT NOT NULL,
    run_at BIGINT NOT NULL,
    attempts BIGINT NOT NULL DEFAULT 0,
    lease_until BIGINT NOT NULL DEFAULT 0,
    fence BIGINT NOT NULL DEFAULT 0,
    failure TEXT,
    created_at BIGINT NOT NULL,
    ended_at BIGINT
);
CREATE UNIQUE INDEX job_open ON job (kind, job_key) WHERE state IN ('ready', 'running');
CREATE INDEX job_next ON job (state, run_at);
CREATE TABLE event (
    id BIGINT PRIMARY KEY,
    contest_id BIGINT,
    at BIGINT NOT NULL,
    kind TEXT NOT NULL,
    subject TEXT NOT NULL,
    subject_id BIGINT NOT NULL,
    detail TEXT NOT NULL             -- ids and states only, never a name or a text
);
CREATE INDEX event_subject ON event (subject, subject_id);
CREATE INDEX event_at ON event (contest_id, at);
