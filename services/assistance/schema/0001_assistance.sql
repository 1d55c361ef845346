-- What assistance keeps. Bodies are sealed; a promoted column exists only to be filtered on, and none is personal.

CREATE TABLE household_survey (
  name VARCHAR(160) CHARACTER SET ascii COLLATE ascii_bin NOT NULL PRIMARY KEY,
  version BIGINT NOT NULL,
  body MEDIUMBLOB NOT NULL,
  case_name VARCHAR(160) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  surveyed_on DATE NOT NULL,
  KEY by_case (case_name, surveyed_on, name)
);

CREATE TABLE assistance_file (
  name VARCHAR(160) CHARACTER SET ascii COLLATE ascii_bin NOT NULL PRIMARY KEY,
  version BIGINT NOT NULL,
  body MEDIUMBLOB NOT NULL,
  case_name VARCHAR(160) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  state SMALLINT NOT NULL,
  KEY by_state (state, name)
);
