-- What supervision keeps: the facts that it followed, and what the plans make of them. Codes, ids and dates only: nothing
-- here is personal, so nothing is sealed. All of it can be forgotten and followed again.

-- The facts of all feeds, as they came. `root` is what is evaluated as a whole: a case, a campaign's unit, or a campaign.
CREATE TABLE followed_fact (
  service VARCHAR(16) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  position BIGINT NOT NULL,
  fact_id VARCHAR(36) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  root VARCHAR(320) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  campaign VARCHAR(160) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  unit VARCHAR(160) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  kind SMALLINT UNSIGNED NOT NULL,
  event_date DATE NOT NULL,
  retracts VARCHAR(36) CHARACTER SET ascii COLLATE ascii_bin NULL,
  body MEDIUMBLOB NOT NULL,
  PRIMARY KEY (service, position),
  KEY by_root (root),
  KEY by_unit (campaign, unit, root)
);

-- How far each feed was followed, and the right edge of its Merkle tree there, so that what was followed can be held
-- against a signed checkpoint.
CREATE TABLE feed_position (
  service VARCHAR(16) CHARACTER SET ascii COLLATE ascii_bin NOT NULL PRIMARY KEY,
  position BIGINT NOT NULL,
  tree_size BIGINT NOT NULL,
  frontier VARBINARY(2048) NOT NULL,
  rebuild_to BIGINT NOT NULL DEFAULT 0  -- a rebuild is over when every feed was followed up to here again
);

-- One row, locked by whoever changes the projection. rebuilding: 0 no, 1 forgetting, 2 following again.
CREATE TABLE projection (
  id TINYINT NOT NULL PRIMARY KEY CHECK (id = 1),
  rebuilding TINYINT NOT NULL
);
INSERT INTO projection (id, rebuilding) VALUES (1, 0);

-- What is evaluated, and when next. A row is stale from a new fact on until it was evaluated again.
CREATE TABLE evaluated_root (
  root VARCHAR(320) CHARACTER SET ascii COLLATE ascii_bin NOT NULL PRIMARY KEY,
  campaign VARCHAR(160) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  kind TINYINT NOT NULL,
  stale TINYINT NOT NULL,
  retry_after DATETIME(6) NULL,
  next_change_at DATE NULL,
  evaluated_on DATE NULL,
  registered_on DATE NULL,
  state SMALLINT NOT NULL DEFAULT 0,
  region_code VARCHAR(12) CHARACTER SET ascii COLLATE ascii_bin NOT NULL DEFAULT '',
  accusation TINYINT NOT NULL DEFAULT 0,
  unit VARCHAR(160) CHARACTER SET ascii COLLATE ascii_bin NOT NULL DEFAULT '',
  KEY by_stale (stale, root),
  KEY by_change (next_change_at),
  KEY by_campaign (campaign, kind, registered_on, root)
);

-- The answers as of the day of the last evaluation; those that do not apply are left out.
CREATE TABLE requirement_status (
  root VARCHAR(320) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  subject VARCHAR(160) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  requirement VARCHAR(64) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  clause VARCHAR(64) CHARACTER SET utf8mb4 COLLATE utf8mb4_bin NOT NULL,
  campaign VARCHAR(160) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  state TINYINT NOT NULL,
  due DATE NULL,
  due_order DATE NOT NULL,
  met_on DATE NULL,
  overdue_since DATE NULL,
  official VARCHAR(160) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  unit VARCHAR(160) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  next_change_at DATE NULL,
  region_code VARCHAR(12) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  accusation TINYINT NOT NULL,
  about_people TINYINT NOT NULL,
  visits_missed INT NOT NULL,
  body MEDIUMBLOB NOT NULL,
  PRIMARY KEY (root, subject, requirement),
  KEY by_official (official, due_order, root, subject, requirement),
  KEY by_unit (unit, due_order, root, subject, requirement),
  KEY by_campaign (campaign, due_order, root, subject, requirement),
  KEY by_overdue (campaign, state, overdue_since, root, subject, requirement)
);

-- What registry said about campaigns and their plans. A revision never changes.
CREATE TABLE cached_campaign (
  name VARCHAR(160) CHARACTER SET ascii COLLATE ascii_bin NOT NULL PRIMARY KEY,
  region_code VARCHAR(12) CHARACTER SET ascii COLLATE ascii_bin NOT NULL
);

CREATE TABLE cached_plan (
  campaign VARCHAR(160) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  revision INT NOT NULL,
  text MEDIUMBLOB NOT NULL,
  PRIMARY KEY (campaign, revision)
);
