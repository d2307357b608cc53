-- I: pages that are pictures, drawn once for people to look at: grey, upright, by the file they stand in
CREATE TABLE page_picture (
    blob TEXT NOT NULL,              -- of the file
    page BIGINT NOT NULL,            -- from 0
    picture TEXT NOT NULL,           -- blob of the JPEG
    width BIGINT NOT NULL,
    height BIGINT NOT NULL,
    PRIMARY KEY (blob, page)
);
-- I: what a clerk covered on the pages of a version, in ten-thousandths of width and height
CREATE TABLE page_cover (
    id BIGINT PRIMARY KEY,
    version_id BIGINT NOT NULL REFERENCES entry_version (id),
    file_id BIGINT NOT NULL REFERENCES entry_file (id),
    page BIGINT NOT NULL,
    x0 BIGINT NOT NULL,
    y0 BIGINT NOT NULL,
    x1 BIGINT NOT NULL,
    y1 BIGINT NOT NULL
);
CREATE INDEX page_cover_version ON page_cover (version_id);
-- I: a clerk has looked at these pages (`pages_of`: files and their pages) and says that judges may see them as covered
ALTER TABLE entry_version ADD COLUMN pages_by BIGINT REFERENCES account (id);
ALTER TABLE entry_version ADD COLUMN pages_of TEXT;
-- J: covered pages as judges see them, each under a code of its own
CREATE TABLE judge_page (
    code TEXT PRIMARY KEY,
    version_id BIGINT NOT NULL REFERENCES entry_version (id),
    ordinal BIGINT NOT NULL,
    picture TEXT NOT NULL,           -- blob of the JPEG
    width BIGINT NOT NULL,
    height BIGINT NOT NULL,
    UNIQUE (version_id, ordinal)
);
