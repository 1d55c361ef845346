-- Consecutive numbers that were left out on purpose, so that a gap in an official register has its explanation. The row of
-- `counter` whose name is empty says from where a counter that does not exist yet begins.
CREATE TABLE counter_skip (
  id BIGINT NOT NULL AUTO_INCREMENT PRIMARY KEY,
  counter VARCHAR(160) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  first_skipped BIGINT NOT NULL,
  last_skipped BIGINT NOT NULL,
  reason VARCHAR(500) NOT NULL,
  skipped_at DATETIME(6) NOT NULL
);
