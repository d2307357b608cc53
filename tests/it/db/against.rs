//! Statements against a locked list, as data for the stories in `lock`. Names in braces stand for ids of its scene.

/// What would change the locked list; both databases understand it. Before the lock each is allowed, but for
/// references. `{bare}` is an entry of the locked queue without sheet and choice, `{free_…}` is in another queue.
pub const AGAINST_THE_LOCK: &[&str] = &[
    "INSERT INTO mark_sheet (id, queue_id, queue_entry_id, account_id, pass, place, state, version, marks, remark)
     VALUES (1, {queue}, {bare}, {judge}, 1, 1, 'given', 1, '{}', '')",
    "INSERT INTO mark_sheet (id, queue_id, queue_entry_id, account_id, pass, place, state, version, marks, remark)
     VALUES (1, {other}, {bare}, {judge}, 1, 1, 'given', 1, '{}', '')",
    "UPDATE mark_sheet SET marks = '{\"noi-dung\": 40}' WHERE id = {sheet}",
    "UPDATE mark_sheet SET state = 'excused' WHERE id = {open_sheet}",
    "UPDATE mark_sheet SET total = 0",
    "UPDATE mark_sheet SET queue_id = {other} WHERE id = {sheet}",
    "UPDATE mark_sheet SET queue_id = {queue} WHERE id = {free_sheet}",
    "UPDATE mark_sheet SET queue_entry_id = {bare} WHERE id = {free_sheet}",
    "DELETE FROM mark_sheet WHERE id = {sheet}",
    "DELETE FROM mark_sheet",
    "INSERT INTO queue_entry (id, queue_id, entry_id, version_id, blind_code, added_at)
     VALUES (1, {queue}, {free_entry}, {free_version}, 'TP9', 0)",
    "UPDATE queue_entry SET removed_at = 1 WHERE id = {entry}",
    "UPDATE queue_entry SET blind_code = 'TP9' WHERE id = {entry}",
    "UPDATE queue_entry SET queue_id = {other} WHERE id = {bare}",
    "UPDATE queue_entry SET queue_id = {queue} WHERE id = {free}",
    "DELETE FROM queue_entry WHERE id = {bare}",
    "INSERT INTO choice (queue_entry_id, queue_id, taken, reason, account_id, at)
     VALUES ({bare}, {queue}, TRUE, '', {judge}, 0)",
    "INSERT INTO choice (queue_entry_id, queue_id, taken, reason, account_id, at)
     VALUES ({bare}, {other}, TRUE, '', {judge}, 0)",
    "UPDATE choice SET taken = FALSE WHERE queue_entry_id = {entry}",
    "UPDATE choice SET queue_id = {other} WHERE queue_entry_id = {entry}",
    "UPDATE choice SET queue_id = {queue} WHERE queue_entry_id = {free}",
    "UPDATE choice SET queue_entry_id = {bare} WHERE queue_entry_id = {free}",
    "DELETE FROM choice WHERE queue_entry_id = {entry}",
    "INSERT INTO ranking (id, queue_id, n, hash, state, made_by, made_at)
     VALUES (1, {queue}, 9, '', 'proposed', {judge}, 0)",
    "UPDATE ranking SET state = 'withdrawn' WHERE id = {list}",
    "UPDATE ranking SET hash = '' WHERE id = {list}",
    "UPDATE ranking SET take = 2 WHERE id = {old_list}",
    "UPDATE ranking SET queue_id = {other}, n = 9 WHERE id = {list}",
    "UPDATE ranking SET queue_id = {queue}, n = 9 WHERE id = {free_list}",
    "DELETE FROM ranking WHERE id = {list}",
    "INSERT INTO ranking_line (ranking_id, queue_entry_id, place, ordinal, quarters, marks, taken, reason)
     VALUES ({list}, {bare}, 1, 1, 99, 2, TRUE, '')",
    "INSERT INTO ranking_line (ranking_id, queue_entry_id, place, ordinal, quarters, marks, taken, reason)
     VALUES ({old_list}, {bare}, 1, 1, 99, 2, TRUE, '')",
    "INSERT INTO approval (id, ranking_id, account_id, role, hash, at) VALUES (1, {list}, {judge}, 'judge', '', 0)",
    "INSERT INTO approval (id, ranking_id, account_id, role, hash, at) VALUES (1, {old_list}, {judge}, 'judge', '', 0)",
    "UPDATE approval SET hash = '' WHERE ranking_id = {list}",
    "UPDATE approval SET ranking_id = {free_list}, role = 'judge', account_id = {other_judge} WHERE ranking_id = {old_list}",
    "UPDATE approval SET ranking_id = {list}, role = 'judge', account_id = {judge} WHERE ranking_id = {free_list}",
    "DELETE FROM approval WHERE ranking_id = {list}",
    "DELETE FROM approval WHERE ranking_id = {old_list}",
    "UPDATE queue SET locked_at = NULL WHERE id = {queue}",
    "UPDATE queue SET locked_at = 1 WHERE id = {queue}",
    "UPDATE queue SET state = 'open' WHERE id = {queue}",
    "UPDATE queue SET state = 'open', locked_at = NULL",
    "UPDATE queue SET unit_id = {unit} WHERE id = {queue}",
    "INSERT INTO queue (id, round_id, unit_id, state) SELECT id, round_id, unit_id, 'open' FROM queue WHERE id = {queue}
     ON CONFLICT (id) DO UPDATE SET state = 'open', locked_at = NULL",
    "DELETE FROM queue WHERE id = {queue}",
];

/// Ways around that only SQLite knows: REPLACE deletes what is in its way.
pub const IN_SQLITE: &[&str] = &[
    "REPLACE INTO queue (id, round_id, unit_id, state) SELECT id, round_id, unit_id, 'open' FROM queue WHERE id = {queue}",
    "REPLACE INTO mark_sheet (id, queue_id, queue_entry_id, account_id, pass, place, state, version, marks, remark)
     VALUES ({sheet}, {other}, {free}, {other_judge}, 1, 1, 'given', 1, '{}', '')",
    "REPLACE INTO choice (queue_entry_id, queue_id, taken, reason, account_id, at)
     VALUES ({entry}, {other}, FALSE, '', {judge}, 0)",
    "UPDATE OR REPLACE mark_sheet SET id = {sheet} WHERE id = {free_sheet}",
    "UPDATE OR REPLACE approval SET id = (SELECT id FROM approval WHERE ranking_id = {list}) WHERE ranking_id = {free_list}",
    "UPDATE OR IGNORE mark_sheet SET total = 0 WHERE id = {sheet}",
    "DELETE FROM mark_sheet WHERE id = {sheet} RETURNING id",
];

/// Ways around that only PostgreSQL knows.
pub const IN_POSTGRES: &[&str] = &[
    "WITH gone AS (DELETE FROM mark_sheet RETURNING id) SELECT count(*) FROM gone",
    "MERGE INTO mark_sheet USING (SELECT 1) AS one ON mark_sheet.id = {sheet} WHEN MATCHED THEN DELETE",
    "UPDATE ONLY queue SET locked_at = NULL WHERE id = {queue}",
];

/// Refused before the lock as after it.
pub const NEVER: &[&str] = &[
    "UPDATE ranking_line SET taken = FALSE WHERE ranking_id = {list}",
    "UPDATE ranking_line SET ranking_id = {list} WHERE ranking_id = {free_list}",
    "UPDATE ranking_line SET place = 1 WHERE ranking_id = {free_list}",
    "DELETE FROM ranking_line WHERE ranking_id = {list}",
    "DELETE FROM ranking_line WHERE ranking_id = {free_list}",
];

pub const NEVER_IN_POSTGRES: &[&str] = &[
    "TRUNCATE mark_sheet CASCADE",
    "TRUNCATE queue_entry CASCADE",
    "TRUNCATE choice",
    "TRUNCATE choice CASCADE",
    "TRUNCATE ranking CASCADE",
    "TRUNCATE ranking_line",
    "TRUNCATE ranking_line CASCADE",
    "TRUNCATE approval",
    "TRUNCATE approval CASCADE",
    "TRUNCATE queue CASCADE",
    "TRUNCATE contest CASCADE",
    "TRUNCATE account CASCADE",
    "TRUNCATE entry_version CASCADE",
];

/// What stays allowed: another queue's work, and what follows the lock.
pub const ALLOWED: &[&str] = &[
    "UPDATE mark_sheet SET total = 7 WHERE id = {free_sheet}",
    "DELETE FROM mark_sheet WHERE id = {free_sheet}",
    "UPDATE queue_entry SET removed_at = 1 WHERE id = {free}",
    "UPDATE choice SET taken = FALSE WHERE queue_entry_id = {free}",
    "DELETE FROM choice WHERE queue_entry_id = {free}",
    "UPDATE ranking SET state = 'withdrawn' WHERE id = {free_list}",
    "INSERT INTO ranking (id, queue_id, n, hash, state, made_by, made_at)
     VALUES (1, {other}, 9, '', 'proposed', {judge}, 0)",
    "DELETE FROM approval WHERE ranking_id = {free_list}",
    "UPDATE queue SET locked_at = 1, state = 'locked' WHERE id = {other}",
    "UPDATE queue SET state = state WHERE id = {queue}",
    "UPDATE queue SET state = 'handed_over' WHERE id = {queue}",
    "INSERT INTO award (ranking_id, queue_entry_id, prize) VALUES ({list}, {entry}, 'nhat')",
];

/// Each waits for the lock without seeing it, and must see it then.
pub const UNDER_WAY: &[&str] = &[
    "UPDATE mark_sheet SET marks = '{\"noi-dung\": 40}' WHERE id = {sheet}",
    "UPDATE queue_entry SET removed_at = 1 WHERE id = {bare}",
    "INSERT INTO choice (queue_entry_id, queue_id, taken, reason, account_id, at)
     VALUES ({bare}, {queue}, TRUE, '', {judge}, 0)",
    "INSERT INTO ranking (id, queue_id, n, hash, state, made_by, made_at)
     VALUES (1, {queue}, 9, '', 'proposed', {judge}, 0)",
    "INSERT INTO ranking_line (ranking_id, queue_entry_id, place, ordinal, quarters, marks, taken, reason)
     VALUES ({list}, {bare}, 1, 1, 99, 2, TRUE, '')",
    "INSERT INTO approval (id, ranking_id, account_id, role, hash, at)
     VALUES (1, {list}, {judge}, 'judge', '', 0)",
    "UPDATE queue SET state = 'open', locked_at = NULL WHERE id = {queue}",
];
