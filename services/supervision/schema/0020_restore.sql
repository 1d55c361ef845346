-- A feed that is not the one that was followed, as after a restore from a backup: one row a feed, until the feed is again
-- what was followed or two persons have accepted what it is now.
CREATE TABLE feed_contradiction (
  service VARCHAR(16) CHARACTER SET ascii COLLATE ascii_bin NOT NULL PRIMARY KEY,
  since DATETIME(6) NOT NULL,
  known_size BIGINT NOT NULL,
  known_root VARBINARY(32) NOT NULL,
  feed_size BIGINT NOT NULL,
  feed_root VARBINARY(32) NOT NULL  -- empty where the feed says of itself that it is damaged
);

-- What was proposed and accepted, for good.
CREATE TABLE feed_restore (
  name VARCHAR(160) CHARACTER SET ascii COLLATE ascii_bin NOT NULL PRIMARY KEY,
  service VARCHAR(16) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  known_size BIGINT NOT NULL,
  known_root VARBINARY(32) NOT NULL,
  restored_size BIGINT NOT NULL,
  restored_root VARBINARY(32) NOT NULL,
  proposed_by VARCHAR(160) CHARACTER SET utf8mb4 COLLATE utf8mb4_bin NOT NULL,
  proposed_at DATETIME(6) NOT NULL,
  accepted_by VARCHAR(160) CHARACTER SET utf8mb4 COLLATE utf8mb4_bin NULL,
  accepted_at DATETIME(6) NULL,
  CHECK (accepted_by <> proposed_by)
);
