-- A small schema for the tests of common/db; it's embedded byte for byte: "quotes", 'too', \ and 中文.
CREATE TABLE person (
  id INT NOT NULL PRIMARY KEY, -- a comment; with a semicolon
  note VARCHAR(100) NOT NULL DEFAULT 'a;b''c' COMMENT "x;y"
);
INSERT INTO person (id, note) VALUES (1, 'one; "two" \'three\' /* four */ -- five 中文');
