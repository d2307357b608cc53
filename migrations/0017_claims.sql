-- O: the next job of a lane is the first entry of its index, however many wait; the case is that of db/job.rs
DROP INDEX job_next;
CREATE INDEX job_claim ON job (
    (CASE kind WHEN 'ocr' THEN 'slow' WHEN 'send' THEN 'post' ELSE 'quick' END), priority, run_at, id
) WHERE state = 'ready';
CREATE INDEX job_state ON job (state);
