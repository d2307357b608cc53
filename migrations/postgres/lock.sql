-- A locked list stays as it is, whoever asks. Run once after the migrations, when its last trigger is not there yet.
-- The share lock makes a save and the locking of its list follow one another: whoever waited for the lock sees it.
CREATE OR REPLACE FUNCTION require_open_queue(asked BIGINT) RETURNS void LANGUAGE plpgsql AS $$
DECLARE
    since BIGINT;
BEGIN
    SELECT locked_at INTO since FROM queue WHERE id = asked FOR SHARE;
    IF since IS NOT NULL THEN RAISE EXCEPTION 'the list is locked'; END IF;
END $$;
CREATE OR REPLACE FUNCTION refuse_locked_queue() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP <> 'INSERT' THEN PERFORM require_open_queue(OLD.queue_id); END IF;
    IF TG_OP = 'DELETE' THEN RETURN OLD; END IF;
    PERFORM require_open_queue(NEW.queue_id);
    RETURN NEW;
END $$;
-- A sheet or a choice counts for its queue and for its entry's, so that none comes in by the back door.
CREATE OR REPLACE FUNCTION refuse_locked_entry() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP <> 'INSERT' THEN PERFORM require_open_queue(OLD.queue_id); END IF;
    IF TG_OP = 'DELETE' THEN RETURN OLD; END IF;
    IF TG_OP = 'UPDATE' THEN
        -- Every save comes this way.
        IF NEW.queue_id = OLD.queue_id AND NEW.queue_entry_id = OLD.queue_entry_id THEN RETURN NEW; END IF;
    END IF;
    PERFORM require_open_queue(NEW.queue_id);
    PERFORM require_open_queue((SELECT queue_id FROM queue_entry WHERE id = NEW.queue_entry_id));
    RETURN NEW;
END $$;
CREATE OR REPLACE FUNCTION refuse_locked_ranking() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP <> 'INSERT' THEN
        PERFORM require_open_queue((SELECT queue_id FROM ranking WHERE id = OLD.ranking_id));
    END IF;
    IF TG_OP = 'DELETE' THEN RETURN OLD; END IF;
    PERFORM require_open_queue((SELECT queue_id FROM ranking WHERE id = NEW.ranking_id));
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
        IF NEW.state <> 'open' AND (NEW.id, NEW.round_id, NEW.unit_id, NEW.locked_at)
            = (OLD.id, OLD.round_id, OLD.unit_id, OLD.locked_at) THEN
            RETURN NEW;
        END IF;
    END IF;
    RAISE EXCEPTION 'the list is locked';
END $$;

CREATE OR REPLACE TRIGGER queue_stays_locked BEFORE UPDATE OR DELETE ON queue
    FOR EACH ROW EXECUTE FUNCTION keep_queue_locked();
CREATE OR REPLACE TRIGGER mark_sheet_locked BEFORE INSERT OR UPDATE OR DELETE ON mark_sheet
    FOR EACH ROW EXECUTE FUNCTION refuse_locked_entry();
CREATE OR REPLACE TRIGGER queue_entry_locked BEFORE INSERT OR UPDATE OR DELETE ON queue_entry
    FOR EACH ROW EXECUTE FUNCTION refuse_locked_queue();
CREATE OR REPLACE TRIGGER choice_locked BEFORE INSERT OR UPDATE OR DELETE ON choice
    FOR EACH ROW EXECUTE FUNCTION refuse_locked_entry();
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
