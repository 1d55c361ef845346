-- Whom a wall keeps out is a keyed hash, in hex: nobody reads here whom a case accuses. `walled`: 0 recused (Reg. 28),
-- 1 walled off (Reg. 30), 2 accused by name. Looked up by hash when somebody joins an accused unit.
ALTER TABLE case_barred ADD KEY by_who (who, walled);
