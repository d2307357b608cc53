-- I: what is written on a picture that stands beside the text of its file (words with places, JSON); NULL for a page whose words are the essay
ALTER TABLE page_picture ADD COLUMN words TEXT;
-- J: a picture beside the essay, not a page of it
ALTER TABLE judge_page ADD COLUMN illustration BOOLEAN NOT NULL DEFAULT FALSE;
-- J: pictures beside the essay that no clerk has released yet
ALTER TABLE judge_copy ADD COLUMN pictures_wait BIGINT NOT NULL DEFAULT 0;
