# Another style of comment;
/* and; another */
CREATE INDEX by_note ON person (note);
