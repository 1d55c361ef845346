-- The audit log: immutable. The service's user has no right to change or delete an entry.

CREATE TABLE audit_entry (
  position  BIGINT     NOT NULL,
  bytes     MEDIUMBLOB NOT NULL,  -- the exact bytes that leaf_hash is over
  nonce     BINARY(16) NOT NULL,
  leaf_hash BINARY(32) NOT NULL,
  PRIMARY KEY (position)
) ENGINE = InnoDB;

-- One row: how many entries there are, and the right edge of the tree.
CREATE TABLE audit_head (
  id       TINYINT         NOT NULL,
  size     BIGINT          NOT NULL,
  frontier VARBINARY(2048) NOT NULL,
  PRIMARY KEY (id),
  CONSTRAINT audit_head_single CHECK (id = 1)
) ENGINE = InnoDB;

INSERT INTO audit_head (id, size, frontier) VALUES (1, 0, '');
