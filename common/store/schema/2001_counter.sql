-- Consecutive numbers: the last one that was drawn. A service that numbered otherwise before made the table already, with
-- its numbers in it.
CREATE TABLE IF NOT EXISTS counter (
  name VARCHAR(160) CHARACTER SET ascii COLLATE ascii_bin NOT NULL PRIMARY KEY,
  drawn BIGINT NOT NULL
);

-- Stored answers of before: their fingerprints had no key, so that a short request could be guessed from them.
DELETE FROM idempotency;
