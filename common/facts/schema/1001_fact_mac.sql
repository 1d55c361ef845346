-- A keyed tag of each fact, by which the service knows its own rows from any that were written past it. A database that
-- holds facts without one cannot be brought here: who wrote them could not be told, so the check refuses them.

ALTER TABLE fact
  ADD COLUMN mac BINARY(32) NOT NULL AFTER leaf_hash,
  ADD CONSTRAINT fact_has_mac CHECK (mac <> x'0000000000000000000000000000000000000000000000000000000000000000');
