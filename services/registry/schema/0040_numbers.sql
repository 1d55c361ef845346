-- Registration numbers are drawn in the registering transaction, from the counters of common/store: each goes on from the
-- last number that a case has. What a block had set aside and no case got was never given.
CREATE TABLE IF NOT EXISTS counter (
  name VARCHAR(160) CHARACTER SET ascii COLLATE ascii_bin NOT NULL PRIMARY KEY,
  drawn BIGINT NOT NULL
);

INSERT INTO counter (name, drawn)
  SELECT CONCAT('registrations/', SUBSTRING_INDEX(registration_number, '-', 1), '/',
                SUBSTRING_INDEX(SUBSTRING_INDEX(registration_number, '-', 2), '-', -1)) AS counted,
         MAX(CAST(SUBSTRING_INDEX(SUBSTRING_INDEX(registration_number, '-', 3), '-', -1) AS UNSIGNED))
  FROM case_file GROUP BY counted;

DROP TABLE number_block;
