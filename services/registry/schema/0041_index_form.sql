-- The normal form that a person's hashes were made of. Hashes need the key of blind indexes, so that registry makes those of
-- an earlier form anew when it starts.
ALTER TABLE petitioner_index
  ADD COLUMN form SMALLINT NOT NULL DEFAULT 1,
  ADD KEY by_form (form, name);
