-- What registry keeps. Bodies are sealed; a promoted column exists only to be filtered on, and none is personal.

CREATE TABLE campaign (
  name VARCHAR(160) CHARACTER SET ascii COLLATE ascii_bin NOT NULL PRIMARY KEY,
  version BIGINT NOT NULL,
  body MEDIUMBLOB NOT NULL,
  region_code VARCHAR(12) CHARACTER SET ascii COLLATE ascii_bin NOT NULL
);

CREATE TABLE plan_revision (
  name VARCHAR(160) CHARACTER SET ascii COLLATE ascii_bin NOT NULL PRIMARY KEY,
  version BIGINT NOT NULL,
  body MEDIUMBLOB NOT NULL,
  campaign VARCHAR(160) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  number INT NOT NULL,
  UNIQUE KEY by_campaign (campaign, number)
);

CREATE TABLE petitioner (
  name VARCHAR(160) CHARACTER SET ascii COLLATE ascii_bin NOT NULL PRIMARY KEY,
  version BIGINT NOT NULL,
  body MEDIUMBLOB NOT NULL,
  region_code VARCHAR(12) CHARACTER SET ascii COLLATE ascii_bin NOT NULL
);

-- Keyed hashes by which a person is found; they tell nothing without the key.
CREATE TABLE petitioner_index (
  name VARCHAR(160) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  field VARCHAR(32) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  hash BINARY(32) NOT NULL,
  PRIMARY KEY (name, field),
  KEY by_hash (hash, field)
);

CREATE TABLE case_file (
  name VARCHAR(160) CHARACTER SET ascii COLLATE ascii_bin NOT NULL PRIMARY KEY,
  version BIGINT NOT NULL,
  body MEDIUMBLOB NOT NULL,
  registration_number VARCHAR(40) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  campaign VARCHAR(160) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  region_code VARCHAR(12) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  state SMALLINT NOT NULL,
  source SMALLINT NOT NULL,
  received_on DATE NOT NULL,
  petitioner VARCHAR(160) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  responsible_unit VARCHAR(160) CHARACTER SET ascii COLLATE ascii_bin NULL,
  create_time DATETIME(6) NOT NULL,
  UNIQUE KEY by_number (registration_number),
  KEY by_campaign (campaign, create_time, name),
  KEY by_unit (responsible_unit, create_time, name),
  KEY by_time (create_time, name),
  KEY by_petitioner (petitioner)
);

-- Everybody a case speaks for: the petitioner and the representatives, so that a search finds it by each of them.
CREATE TABLE case_person (
  name VARCHAR(160) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  petitioner VARCHAR(160) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  PRIMARY KEY (petitioner, name),
  KEY by_case (name)
);

CREATE TABLE procedure_round (
  name VARCHAR(160) CHARACTER SET ascii COLLATE ascii_bin NOT NULL PRIMARY KEY,
  version BIGINT NOT NULL,
  body MEDIUMBLOB NOT NULL,
  case_name VARCHAR(160) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  number INT NOT NULL,
  state SMALLINT NOT NULL,
  UNIQUE KEY by_case (case_name, number)
);

CREATE TABLE case_access (
  name VARCHAR(160) CHARACTER SET ascii COLLATE ascii_bin NOT NULL PRIMARY KEY,
  version BIGINT NOT NULL,
  body MEDIUMBLOB NOT NULL,
  region_code VARCHAR(12) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  responsible_unit VARCHAR(160) CHARACTER SET ascii COLLATE ascii_bin NULL
);

-- Who has a part in which case; follows case_access.
CREATE TABLE case_participant (
  name VARCHAR(160) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  official VARCHAR(160) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  part SMALLINT NOT NULL,
  PRIMARY KEY (official, name, part),
  KEY by_case (name)
);

-- Units and officials that nothing of a case may reach: accused (Reg. 30) or recused (Reg. 28); follows case_access.
CREATE TABLE case_barred (
  name VARCHAR(160) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  who VARCHAR(160) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  walled TINYINT NOT NULL,
  PRIMARY KEY (name, who)
);

-- Registration numbers are handed out in blocks, so that no row is hot and replicas never meet.
CREATE TABLE number_block (
  region_code VARCHAR(12) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  year INT NOT NULL,
  next_number INT NOT NULL,
  PRIMARY KEY (region_code, year)
);
