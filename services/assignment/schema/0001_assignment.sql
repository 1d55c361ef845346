-- What assignment keeps. Bodies are sealed; a promoted column exists only to be filtered on, and none is personal.

CREATE TABLE unit (
  name VARCHAR(160) CHARACTER SET ascii COLLATE ascii_bin NOT NULL PRIMARY KEY,
  version BIGINT NOT NULL,
  body MEDIUMBLOB NOT NULL,
  kind SMALLINT NOT NULL,
  region_code VARCHAR(12) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  KEY by_region (region_code, name)
);

CREATE TABLE official (
  name VARCHAR(160) CHARACTER SET ascii COLLATE ascii_bin NOT NULL PRIMARY KEY,
  version BIGINT NOT NULL,
  body MEDIUMBLOB NOT NULL,
  unit VARCHAR(160) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  KEY by_unit (unit, name)
);

CREATE TABLE leading_group (
  name VARCHAR(160) CHARACTER SET ascii COLLATE ascii_bin NOT NULL PRIMARY KEY,
  version BIGINT NOT NULL,
  body MEDIUMBLOB NOT NULL
);

CREATE TABLE unit_milestone (
  name VARCHAR(160) CHARACTER SET ascii COLLATE ascii_bin NOT NULL PRIMARY KEY,
  version BIGINT NOT NULL,
  body MEDIUMBLOB NOT NULL,
  unit VARCHAR(160) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  campaign VARCHAR(160) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  kind SMALLINT NOT NULL,
  KEY by_campaign (campaign, unit, kind)
);

-- One row for each case that was assigned: no case can have two leads, two units or two officers.
CREATE TABLE assignment (
  name VARCHAR(160) CHARACTER SET ascii COLLATE ascii_bin NOT NULL PRIMARY KEY,
  version BIGINT NOT NULL,
  body MEDIUMBLOB NOT NULL,
  case_name VARCHAR(160) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  campaign VARCHAR(160) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  lead_official VARCHAR(160) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  case_officer VARCHAR(160) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  responsible_unit VARCHAR(160) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  UNIQUE KEY by_case (case_name),
  KEY by_lead (lead_official, name),
  KEY by_officer (case_officer, name),
  KEY by_unit (responsible_unit, name)
);

-- Everybody who takes part in a case; follows assignment.
CREATE TABLE assignment_member (
  name VARCHAR(160) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  official VARCHAR(160) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  part SMALLINT NOT NULL,
  PRIMARY KEY (official, name, part),
  KEY by_case (name)
);

CREATE TABLE extension (
  name VARCHAR(160) CHARACTER SET ascii COLLATE ascii_bin NOT NULL PRIMARY KEY,
  version BIGINT NOT NULL,
  body MEDIUMBLOB NOT NULL,
  case_name VARCHAR(160) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  KEY by_case (case_name)
);

-- Outbox: changes of access that registry has yet to confirm. Empty but for moments.
CREATE TABLE access_change (
  name VARCHAR(160) CHARACTER SET ascii COLLATE ascii_bin NOT NULL PRIMARY KEY,
  version BIGINT NOT NULL,
  body MEDIUMBLOB NOT NULL,
  case_name VARCHAR(160) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  number BIGINT NOT NULL,
  UNIQUE KEY by_case (case_name, number)
);

-- Access that was taken away at registry for a change that is not committed yet: what must be given back if it never
-- is. One a case; `lease_until` is machine time.
CREATE TABLE access_intent (
  case_name VARCHAR(160) CHARACTER SET ascii COLLATE ascii_bin NOT NULL PRIMARY KEY,
  attempt BINARY(16) NOT NULL,
  request_id BINARY(16) NOT NULL,
  caller VARCHAR(160) CHARACTER SET utf8mb4 COLLATE utf8mb4_bin NOT NULL,
  removed BLOB NOT NULL,
  lease_until DATETIME(6) NOT NULL,
  KEY by_lease (lease_until)
);
