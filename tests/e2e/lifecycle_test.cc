// A life.
