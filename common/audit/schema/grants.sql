-- An entry of the audit log can be written and read, never changed or deleted.
GRANT SELECT, INSERT ON ${DATABASE}.audit_entry TO ${USER};
GRANT SELECT, UPDATE ON ${DATABASE}.audit_head TO ${USER};
