-- What every service's store needs beside its own tables.

-- Wrapped data keys: one per case or petitioner, one for the service itself. Erasing a person's data is deleting their key.
CREATE TABLE data_key (
  subject VARCHAR(160) CHARACTER SET ascii COLLATE ascii_bin NOT NULL PRIMARY KEY,
  wrapped VARBINARY(255) NOT NULL
);

-- Stored answers: the same request_id of the same caller gives the same answer for at least 24 hours.
CREATE TABLE idempotency (
  caller VARCHAR(160) CHARACTER SET utf8mb4 COLLATE utf8mb4_bin NOT NULL,
  request_id BINARY(16) NOT NULL,
  fingerprint BINARY(32) NOT NULL,
  response MEDIUMBLOB NOT NULL,
  create_time DATETIME(6) NOT NULL,
  PRIMARY KEY (request_id, caller),
  KEY by_age (create_time)
);

-- One row: whether this database holds real cases or a replayed sample, for good, and the simulated time of a sample.
CREATE TABLE deployment (
  id TINYINT NOT NULL PRIMARY KEY CHECK (id = 1),
  mode ENUM('production', 'sample') NOT NULL,
  simulated_now DATETIME(6) NULL,
  CHECK (mode = 'sample' OR simulated_now IS NULL)
);
