-- I: where the ink of a page lies that no reader can read; another picture of the same sheet is found by it
ALTER TABLE page_picture ADD COLUMN print TEXT;
