-- What could not be evaluated: set aside alone, so that everything else is answered. Tried again every minute, and by the
-- next fact about it. `root` is that of evaluated_root, or `feeds/<service>/<position>` for an entry that could not be read,
-- of which nothing else is known. Region, unit and official say who is told of it.
CREATE TABLE set_aside (
  root VARCHAR(320) CHARACTER SET ascii COLLATE ascii_bin NOT NULL PRIMARY KEY,
  campaign VARCHAR(160) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  kind TINYINT NOT NULL,
  cause TINYINT NOT NULL,
  region_code VARCHAR(12) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  unit VARCHAR(160) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  official VARCHAR(160) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  accusation TINYINT NOT NULL,
  KEY by_campaign (campaign, root)
);

-- The calendar that the stored answers were made with: another one makes every answer stale.
ALTER TABLE projection ADD COLUMN calendar_version VARCHAR(64) CHARACTER SET ascii COLLATE ascii_bin NOT NULL DEFAULT '';
