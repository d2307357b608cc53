-- A locked list stays as it is, whoever asks. Run after every migration; creates what is not there yet.
-- REPLACE deletes without a word to these unless PRAGMA recursive_triggers is on, as every connection of ours has it.
CREATE TRIGGER IF NOT EXISTS queue_stays_locked BEFORE UPDATE ON queue
WHEN OLD.locked_at IS NOT NULL AND (NEW.state = 'open'
    OR (NEW.id, NEW.round_id, NEW.unit_id, NEW.locked_at) IS NOT (OLD.id, OLD.round_id, OLD.unit_id, OLD.locked_at))
BEGIN SELECT RAISE(ABORT, 'the list is locked'); END;
CREATE TRIGGER IF NOT EXISTS queue_is_kept BEFORE DELETE ON queue WHEN OLD.locked_at IS NOT NULL
BEGIN SELECT RAISE(ABORT, 'the list is locked'); END;

-- A sheet or a choice counts for its queue and for its entry's, so that none comes in by the back door.
CREATE TRIGGER IF NOT EXISTS mark_sheet_locked_insert BEFORE INSERT ON mark_sheet
WHEN EXISTS (SELECT 1 FROM queue WHERE locked_at IS NOT NULL
    AND id IN (NEW.queue_id, (SELECT queue_id FROM queue_entry WHERE id = NEW.queue_entry_id)))
BEGIN SELECT RAISE(ABORT, 'the list is locked'); END;
CREATE TRIGGER IF NOT EXISTS mark_sheet_locked_update BEFORE UPDATE ON mark_sheet
WHEN EXISTS (SELECT 1 FROM queue WHERE locked_at IS NOT NULL
    AND id IN (OLD.queue_id, NEW.queue_id, (SELECT queue_id FROM queue_entry WHERE id = NEW.queue_entry_id)))
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
WHEN EXISTS (SELECT 1 FROM queue WHERE locked_at IS NOT NULL
    AND id IN (NEW.queue_id, (SELECT queue_id FROM queue_entry WHERE id = NEW.queue_entry_id)))
BEGIN SELECT RAISE(ABORT, 'the list is locked'); END;
CREATE TRIGGER IF NOT EXISTS choice_locked_update BEFORE UPDATE ON choice
WHEN EXISTS (SELECT 1 FROM queue WHERE locked_at IS NOT NULL
    AND id IN (OLD.queue_id, NEW.queue_id, (SELECT queue_id FROM queue_entry WHERE id = NEW.queue_entry_id)))
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
WHEN EXISTS (SELECT 1 FROM ranking JOIN queue ON queue.id = ranking.queue_id
    WHERE ranking.id = NEW.ranking_id AND queue.locked_at IS NOT NULL)
BEGIN SELECT RAISE(ABORT, 'the list is locked'); END;
CREATE TRIGGER IF NOT EXISTS approval_locked_insert BEFORE INSERT ON approval
WHEN EXISTS (SELECT 1 FROM ranking JOIN queue ON queue.id = ranking.queue_id
    WHERE ranking.id = NEW.ranking_id AND queue.locked_at IS NOT NULL)
BEGIN SELECT RAISE(ABORT, 'the list is locked'); END;
CREATE TRIGGER IF NOT EXISTS approval_locked_update BEFORE UPDATE ON approval
WHEN EXISTS (SELECT 1 FROM ranking JOIN queue ON queue.id = ranking.queue_id
    WHERE ranking.id IN (OLD.ranking_id, NEW.ranking_id) AND queue.locked_at IS NOT NULL)
BEGIN SELECT RAISE(ABORT, 'the list is locked'); END;
CREATE TRIGGER IF NOT EXISTS approval_locked_delete BEFORE DELETE ON approval
WHEN EXISTS (SELECT 1 FROM ranking JOIN queue ON queue.id = ranking.queue_id
    WHERE ranking.id = OLD.ranking_id AND queue.locked_at IS NOT NULL)
BEGIN SELECT RAISE(ABORT, 'the list is locked'); END;
