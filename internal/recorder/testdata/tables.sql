-- The tables that a case of statements.txt begins with: a paragraph for each, used where the case names its table or
-- one that needs it.

-- t
CREATE DOMAIN positive AS int;
CREATE TYPE mood AS ENUM ('sad', 'ok');
CREATE FUNCTION touch() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RETURN new; END $$;
CREATE TABLE t (id int PRIMARY KEY, n int, c varchar(100), body text, price numeric(10, 2), at timestamp, q_id int DEFAULT 1, amount positive,
  CONSTRAINT n_small CHECK (n < 100000));
INSERT INTO t SELECT g, g, 'c' || g, repeat('b', 50), 1.5, '2026-01-01', 1, 1 FROM generate_series(1, 1000) g;
CREATE INDEX t_n ON t (n);
CREATE INDEX t_c ON t (c);
CREATE TRIGGER touched BEFORE UPDATE ON t FOR EACH ROW EXECUTE FUNCTION touch();

-- q
CREATE TABLE q (id int PRIMARY KEY);
INSERT INTO q SELECT g FROM generate_series(1, 1000) g;
CREATE TABLE child (id int PRIMARY KEY, q_id int CONSTRAINT child_q REFERENCES q);
INSERT INTO child SELECT g, 1 FROM generate_series(1, 1000) g;

-- p
CREATE TABLE p (id int NOT NULL, n int) PARTITION BY RANGE (id);
CREATE TABLE p1 PARTITION OF p FOR VALUES FROM (1) TO (501);
CREATE TABLE p2 PARTITION OF p FOR VALUES FROM (501) TO (1001);
INSERT INTO p SELECT g, g FROM generate_series(1, 1000) g;
CREATE TABLE loose (id int NOT NULL, n int);
INSERT INTO loose SELECT g, g FROM generate_series(1001, 2000) g;

-- v
CREATE VIEW v AS SELECT id FROM t;

-- mv
CREATE MATERIALIZED VIEW mv AS SELECT id FROM t;
CREATE UNIQUE INDEX mv_id ON mv (id);
