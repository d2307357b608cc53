-- A locked list stays as it is, whoever asks. Run after every migration; puts each trigger in place anew.
-- The share lock makes a save and the locking of its list follow one another.
CREATE OR REPLACE FUNCTION refuse_locked_queue() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    since BIGINT;
BEGIN
    IF TG_OP <> 'INSERT' THEN
        SELECT locked_at INTO since FROM queue WHERE id = OLD.queue_id FOR SHARE;
        IF since IS NOT NULL THEN RAISE EXCEPTION 'the list is locked'; END IF;
    END IF;
    IF TG_OP = 'DELETE' THEN RETURN OLD; END IF;
    SELECT locked_at INTO since FROM queue WHERE id = NEW.queue_id FOR SHARE;
    IF since IS NOT NULL THEN RAISE EXCEPTION 'the list is locked'; END IF;
    RETURN NEW;
END $$;
CREATE OR REPLACE FUNCTION refuse_locked_ranking() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP <> 'INSERT' THEN
        IF EXISTS (SELECT 1 FROM ranking WHERE id = OLD.ranking_id AND state = 'locked') THEN
            RAISE EXCEPTION 'the list is locked';
        END IF;
    END IF;
    IF TG_OP = 'DELETE' THEN
        RETURN OLD;
    END IF;
    IF EXISTS (SELECT 1 FROM ranking WHERE id = NEW.ranking_id AND state = 'locked') THEN
        RAISE EXCEPTION 'the list is locked';
    END IF;
    RETURN NEW;
END $$;
CREATE OR REPLACE FUNCTION refuse_always() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'a list is never changed';
END $$;
CREATE OR REPLACE FUNCTION keep_queue_locked() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF OLD.locked_at IS NULL THEN
        IF TG_OP = 'DELETE' THEN RETURN OLD; END IF;
        RETURN NEW;
    END IF;
    IF TG_OP = 'UPDATE' THEN
        IF NEW.locked_at IS NOT DISTINCT FROM OLD.locked_at AND NEW.state <> 'open' THEN
            RETURN NEW;
        END IF;
    END IF;
    RAISE EXCEPTION 'the list is locked';
END $$;

CREATE OR REPLACE TRIGGER queue_stays_locked BEFORE UPDATE OR DELETE ON queue
    FOR EACH ROW EXECUTE FUNCTION keep_queue_locked();
CREATE OR REPLACE TRIGGER mark_sheet_locked BEFORE INSERT OR UPDATE OR DELETE ON mark_sheet
    FOR EACH ROW EXECUTE FUNCTION refuse_locked_queue();
CREATE OR REPLACE TRIGGER queue_entry_locked BEFORE INSERT OR UPDATE OR DELETE ON queue_entry
    FOR EACH ROW EXECUTE FUNCTION refuse_locked_queue();
CREATE OR REPLACE TRIGGER choice_locked BEFORE INSERT OR UPDATE OR DELETE ON choice
    FOR EACH ROW EXECUTE FUNCTION refuse_locked_queue();
CREATE OR REPLACE TRIGGER ranking_locked BEFORE INSERT OR UPDATE OR DELETE ON ranking
    FOR EACH ROW EXECUTE FUNCTION refuse_locked_queue();
CREATE OR REPLACE TRIGGER ranking_line_kept BEFORE UPDATE OR DELETE ON ranking_line
    FOR EACH ROW EXECUTE FUNCTION refuse_always();
CREATE OR REPLACE TRIGGER ranking_line_locked BEFORE INSERT ON ranking_line
    FOR EACH ROW EXECUTE FUNCTION refuse_locked_ranking();
CREATE OR REPLACE TRIGGER approval_locked BEFORE INSERT OR UPDATE OR DELETE ON approval
    FOR EACH ROW EXECUTE FUNCTION refuse_locked_ranking();

CREATE OR REPLACE TRIGGER queue_kept BEFORE TRUNCATE ON queue EXECUTE FUNCTION refuse_always();
CREATE OR REPLACE TRIGGER mark_sheet_kept BEFORE TRUNCATE ON mark_sheet EXECUTE FUNCTION refuse_always();
CREATE OR REPLACE TRIGGER queue_entry_kept BEFORE TRUNCATE ON queue_entry EXECUTE FUNCTION refuse_always();
CREATE OR REPLACE TRIGGER choice_kept BEFORE TRUNCATE ON choice EXECUTE FUNCTION refuse_always();
CREATE OR REPLACE TRIGGER ranking_kept BEFORE TRUNCATE ON ranking EXECUTE FUNCTION refuse_always();
CREATE OR REPLACE TRIGGER ranking_line_whole BEFORE TRUNCATE ON ranking_line EXECUTE FUNCTION refuse_always();
CREATE OR REPLACE TRIGGER approval_kept BEFORE TRUNCATE ON approval EXECUTE FUNCTION refuse_always();
