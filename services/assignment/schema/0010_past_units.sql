-- The units that officials belonged to before, with the last day in each: whom an accusation against a unit walls off.
-- Follows official.
CREATE TABLE official_past_unit (
  name VARCHAR(160) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  unit VARCHAR(160) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  until_date DATE NOT NULL,
  PRIMARY KEY (name, unit),
  KEY by_unit (unit, until_date)
);
