-- I: what the comparison of essays found. A row an entry, of the version that was compared.
CREATE TABLE comparison (
    entry_id BIGINT PRIMARY KEY REFERENCES entry (id),
    contest_id BIGINT NOT NULL REFERENCES contest (id),
    version_id BIGINT NOT NULL REFERENCES entry_version (id),
    seq BIGINT NOT NULL,             -- the order in which essays were compared on arrival
    text_hash TEXT NOT NULL,         -- of the text that was compared: spans are of no other
    run BIGINT NOT NULL,             -- 0: on arrival; else the number of the comparison of all
    level TEXT NOT NULL,
    score BIGINT NOT NULL,           -- ten-thousandths
    root_id BIGINT,                  -- the earliest entry of its cluster
    body TEXT NOT NULL,              -- the evidence, JSON
    compared_at BIGINT NOT NULL,
    UNIQUE (contest_id, seq)
);
CREATE INDEX comparison_level ON comparison (contest_id, level);
CREATE INDEX comparison_root ON comparison (root_id);
-- O: the comparisons of all essays
CREATE TABLE comparison_run (
    contest_id BIGINT NOT NULL REFERENCES contest (id),
    n BIGINT NOT NULL,
    essays BIGINT NOT NULL,
    steps BIGINT NOT NULL,           -- done so far; each essay takes two
    verdicts_hash TEXT,              -- of all verdicts in order: equal wherever the same mails were taken in
    started_at BIGINT NOT NULL,
    ended_at BIGINT,
    PRIMARY KEY (contest_id, n)
);
