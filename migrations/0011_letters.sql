-- O: relays whose letters are counted; the row is held while a letter is counted against the budget of a day
CREATE TABLE relay (
    name TEXT PRIMARY KEY,
    halfway_at BIGINT,               -- when the administrator was last told that half of it is used
    used_up_at BIGINT                -- and that receipts wait
);
