-- A judge's page counts the judge's own sheets and looks for the next and the last ones: all of it in indexes.
DROP INDEX mark_sheet_judge;
CREATE INDEX mark_sheet_place ON mark_sheet (account_id, queue_id, state, place, id);
CREATE INDEX mark_sheet_given ON mark_sheet (account_id, queue_id, state, given_at, id);
CREATE INDEX queue_entry_removed ON queue_entry (queue_id) WHERE removed_at IS NOT NULL;
