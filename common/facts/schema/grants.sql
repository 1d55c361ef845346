-- A fact can be written and read, never changed or deleted.
GRANT SELECT, INSERT ON ${DATABASE}.fact TO ${USER};
GRANT SELECT, INSERT, DELETE ON ${DATABASE}.fact_pending TO ${USER};
GRANT SELECT, INSERT ON ${DATABASE}.fact_position TO ${USER};
GRANT SELECT, UPDATE ON ${DATABASE}.fact_head TO ${USER};
