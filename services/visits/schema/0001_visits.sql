-- What visits keeps. Bodies are sealed; a promoted column exists only to be filtered on, and none is personal.

CREATE TABLE visit (
  name VARCHAR(160) CHARACTER SET ascii COLLATE ascii_bin NOT NULL PRIMARY KEY,
  version BIGINT NOT NULL,
  body MEDIUMBLOB NOT NULL,
  case_name VARCHAR(160) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  visited_on DATE NOT NULL,
  official VARCHAR(160) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  KEY by_case (case_name, visited_on, name),
  KEY by_official (official, visited_on, name)
);

-- One row per case whose petitioner has ever declined a visit; the key is the case, in effect.
CREATE TABLE visit_wish (
  name VARCHAR(160) CHARACTER SET ascii COLLATE ascii_bin NOT NULL PRIMARY KEY,
  version BIGINT NOT NULL,
  body MEDIUMBLOB NOT NULL,
  case_name VARCHAR(160) CHARACTER SET ascii COLLATE ascii_bin NOT NULL
);

CREATE TABLE hearing (
  name VARCHAR(160) CHARACTER SET ascii COLLATE ascii_bin NOT NULL PRIMARY KEY,
  version BIGINT NOT NULL,
  body MEDIUMBLOB NOT NULL,
  case_name VARCHAR(160) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  state SMALLINT NOT NULL,
  KEY by_case (case_name, name)
);
