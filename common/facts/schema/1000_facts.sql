-- Facts: immutable. The service's user has no right to change or delete one.

CREATE TABLE fact (
  fact_id        CHAR(36)     CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  case_name      VARCHAR(160) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,  -- '' if about no case
  campaign       VARCHAR(160) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  kind           SMALLINT UNSIGNED NOT NULL,
  record         VARCHAR(160) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  record_version BIGINT       NOT NULL,
  retracts       CHAR(36)     CHARACTER SET ascii COLLATE ascii_bin NULL,
  event_date     DATE         NOT NULL,
  recorded_at    DATETIME(6)  NOT NULL,
  body           MEDIUMBLOB   NOT NULL,  -- the exact bytes that leaf_hash is over
  nonce          BINARY(16)   NOT NULL,
  leaf_hash      BINARY(32)   NOT NULL,
  PRIMARY KEY (fact_id),
  UNIQUE KEY fact_retracts (retracts),   -- a fact is taken back once
  KEY fact_case (case_name)
) ENGINE = InnoDB;

-- The outbox: facts without a position. `seq` tells apart, it is not the order of commits.
CREATE TABLE fact_pending (
  seq     BIGINT UNSIGNED NOT NULL AUTO_INCREMENT,
  fact_id CHAR(36)     CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  record  VARCHAR(160) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  PRIMARY KEY (seq),
  UNIQUE KEY fact_pending_fact (fact_id),
  KEY fact_pending_record (record)
) ENGINE = InnoDB;

-- The order of the feed; a position is the index of a leaf of the Merkle tree.
CREATE TABLE fact_position (
  position BIGINT   NOT NULL,
  fact_id  CHAR(36) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  PRIMARY KEY (position),
  UNIQUE KEY fact_position_fact (fact_id)
) ENGINE = InnoDB;

-- One row: how many positions are given, and the right edge of the tree.
CREATE TABLE fact_head (
  id       TINYINT         NOT NULL,
  size     BIGINT          NOT NULL,
  frontier VARBINARY(2048) NOT NULL,
  PRIMARY KEY (id),
  CONSTRAINT fact_head_single CHECK (id = 1)
) ENGINE = InnoDB;

INSERT INTO fact_head (id, size, frontier) VALUES (1, 0, '');
