-- O: what a job that was put off waits for (the name of a relay), and when it was put off: a clock that went back
-- behind that moment makes its pause void
ALTER TABLE job ADD COLUMN waits_for TEXT;
ALTER TABLE job ADD COLUMN put_at BIGINT NOT NULL DEFAULT 0;
CREATE INDEX job_waits ON job (waits_for) WHERE waits_for IS NOT NULL;
