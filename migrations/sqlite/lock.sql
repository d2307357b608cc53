-- A locked list stays as it is, whoever asks. Run after every migration; creates what is not there yet.
CREATE TRIGGER IF NOT EXISTS queue_stays_locked BEFORE UPDATE ON queue
WHEN OLD.locked_at IS NOT NULL AND (NEW.locked_at IS NOT OLD.locked_at OR NEW.state = 'open')
BEGIN SELECT RAISE(ABORT, 'the list is locked'); END;
CREATE TRIGGER IF NOT EXISTS queue_is_kept BEFORE DELETE ON queue WHEN OLD.locked_at IS NOT NULL
BEGIN SELECT RAISE(ABORT, 'the list is locked'); END;

CREATE TRIGGER IF NOT EXISTS mark_sheet_locked_insert BEFORE INSERT ON mark_sheet
WHEN EXISTS (SELECT 1 FROM queue WHERE id = NEW.queue_id AND locked_at IS NOT NULL)
BEGIN SELECT RAISE(ABORT, 'the list is locked'); END;
CREATE TRIGGER IF NOT EXISTS mark_sheet_locked_update BEFORE UPDATE ON mark_sheet
WHEN EXISTS (SELECT 1 FROM queue WHERE id IN (OLD.queue_id, NEW.queue_id) AND locked_at IS NOT NULL)
BEGIN SELECT RAISE(ABORT, 'the list is locked'); END;
CREATE TRIGGER IF NOT EXISTS mark_sheet_locked_delete BEFORE DELETE ON mark_sheet
WHEN EXISTS (SELECT 1 FROM queue WHERE id = OLD.queue_id AND locked_at IS NOT NULL)
BEGIN SELECT RAISE(ABORT, 'the list is locked'); END;

CREATE TRIGGER IF NOT EXISTS queue_entry_locked_insert BEFORE INSERT ON queue_entry
WHEN EXISTS (SELECT 1 FROM queue WHERE id = NEW.queue_id AND locked_at IS NOT NULL)
BEGIN SELECT RAISE(ABORT, 'the list is locked'); END;
CREATE TRIGGER IF NOT EXISTS queue_entry_locked_update BEFORE UPDATE ON queue_entry
WHEN EXISTS (SELECT 1 FROM queue WHERE id IN (OLD.queue_id, NEW.queue_id) AND locked_at IS NOT NULL)
BEGIN SELECT RAISE(ABORT, 'the list is locked'); END;
CREATE TRIGGER IF NOT EXISTS queue_entry_locked_delete BEFORE DELETE ON queue_entry
WHEN EXISTS (SELECT 1 FROM queue WHERE id = OLD.queue_id AND locked_at IS NOT NULL)
BEGIN SELECT RAISE(ABORT, 'the list is locked'); END;

CREATE TRIGGER IF NOT EXISTS choice_locked_insert BEFORE INSERT ON choice
WHEN EXISTS (SELECT 1 FROM queue WHERE id = NEW.queue_id AND locked_at IS NOT NULL)
BEGIN SELECT RAISE(ABORT, 'the list is locked'); END;
CREATE TRIGGER IF NOT EXISTS choice_locked_update BEFORE UPDATE ON choice
WHEN EXISTS (SELECT 1 FROM queue WHERE id IN (OLD.queue_id, NEW.queue_id) AND locked_at IS NOT NULL)
BEGIN SELECT RAISE(ABORT, 'the list is locked'); END;
CREATE TRIGGER IF NOT EXISTS choice_locked_delete BEFORE DELETE ON choice
WHEN EXISTS (SELECT 1 FROM queue WHERE id = OLD.queue_id AND locked_at IS NOT NULL)
BEGIN SELECT RAISE(ABORT, 'the list is locked'); END;

CREATE TRIGGER IF NOT EXISTS ranking_locked_insert BEFORE INSERT ON ranking
WHEN EXISTS (SELECT 1 FROM queue WHERE id = NEW.queue_id AND locked_at IS NOT NULL)
BEGIN SELECT RAISE(ABORT, 'the list is locked'); END;
CREATE TRIGGER IF NOT EXISTS ranking_locked_update BEFORE UPDATE ON ranking
WHEN EXISTS (SELECT 1 FROM queue WHERE id IN (OLD.queue_id, NEW.queue_id) AND locked_at IS NOT NULL)
BEGIN SELECT RAISE(ABORT, 'the list is locked'); END;
CREATE TRIGGER IF NOT EXISTS ranking_locked_delete BEFORE DELETE ON ranking
WHEN EXISTS (SELECT 1 FROM queue WHERE id = OLD.queue_id AND locked_at IS NOT NULL)
BEGIN SELECT RAISE(ABORT, 'the list is locked'); END;

-- Of a proposal, the lines never change: a new proposal is a new list.
CREATE TRIGGER IF NOT EXISTS ranking_line_kept_update BEFORE UPDATE ON ranking_line
BEGIN SELECT RAISE(ABORT, 'a list is never changed'); END;
CREATE TRIGGER IF NOT EXISTS ranking_line_kept_delete BEFORE DELETE ON ranking_line
BEGIN SELECT RAISE(ABORT, 'a list is never changed'); END;
CREATE TRIGGER IF NOT EXISTS ranking_line_locked_insert BEFORE INSERT ON ranking_line
WHEN EXISTS (SELECT 1 FROM ranking WHERE id = NEW.ranking_id AND state = 'locked')
BEGIN SELECT RAISE(ABORT, 'the list is locked'); END;
CREATE TRIGGER IF NOT EXISTS approval_locked_insert BEFORE INSERT ON approval
WHEN EXISTS (SELECT 1 FROM ranking WHERE id = NEW.ranking_id AND state = 'locked')
BEGIN SELECT RAISE(ABORT, 'the list is locked'); END;
CREATE TRIGGER IF NOT EXISTS approval_locked_update BEFORE UPDATE ON approval
WHEN EXISTS (SELECT 1 FROM ranking WHERE id IN (OLD.ranking_id, NEW.ranking_id) AND state = 'locked')
BEGIN SELECT RAISE(ABORT, 'the list is locked'); END;
CREATE TRIGGER IF NOT EXISTS approval_locked_delete BEFORE DELETE ON approval
WHEN EXISTS (SELECT 1 FROM ranking WHERE id = OLD.ranking_id AND state = 'locked')
BEGIN SELECT RAISE(ABORT, 'the list is locked'); END;
