-- As mutations.sql: what the coverage of docs/catalog.md and broken queries showed to be missing there.

== extension: one for the next ones
CREATE EXTENSION citext SCHEMA app

== extension: other schema
ALTER EXTENSION citext SET SCHEMA public
-- undo
ALTER EXTENSION citext SET SCHEMA app

== extension: comment
COMMENT ON EXTENSION citext IS 'small and large'
-- undo
COMMENT ON EXTENSION citext IS 'data type for case-insensitive character strings'

== extension: drop
DROP EXTENSION citext

== table: partitioned by expressions
CREATE TABLE app.spread (id integer, word text) PARTITION BY LIST (lower(word) COLLATE "C" text_pattern_ops)
-- undo
DROP TABLE app.spread

== view: add
CREATE VIEW app.fresh AS SELECT 1 AS one
-- undo
DROP VIEW app.fresh

== view: of another owner
ALTER VIEW app.active OWNER TO catalog_owner
-- undo
ALTER VIEW app.active OWNER TO postgres

== materialized view: comment
COMMENT ON MATERIALIZED VIEW app.counts IS 'by night'
-- undo
COMMENT ON MATERIALIZED VIEW app.counts IS NULL

== sequence: add
CREATE SEQUENCE app.numbers
-- undo
DROP SEQUENCE app.numbers

== enum: add
CREATE TYPE app.colour AS ENUM ('red', 'green')
-- undo
DROP TYPE app.colour

== domain: add
CREATE DOMAIN app.word AS varchar(10) COLLATE "C" DEFAULT 'x' NOT NULL CHECK (value <> '')
-- undo
DROP DOMAIN app.word

== domain: of another owner
ALTER DOMAIN app.email OWNER TO catalog_owner
-- undo
ALTER DOMAIN app.email OWNER TO postgres

== composite: add
CREATE TYPE app.point AS (x integer, y integer, label text COLLATE "C")
-- undo
DROP TYPE app.point

== composite: of another owner
ALTER TYPE app.address OWNER TO catalog_owner
-- undo
ALTER TYPE app.address OWNER TO postgres

== range: comment
COMMENT ON TYPE app.span IS 'from, to'
-- undo
COMMENT ON TYPE app.span IS NULL

== procedure: add
CREATE PROCEDURE app.sweep(INOUT rows integer) LANGUAGE plpgsql AS 'BEGIN rows := rows + 1; END'
-- undo
DROP PROCEDURE app.sweep(integer)

== procedure: other body
CREATE OR REPLACE PROCEDURE app.clean(days integer DEFAULT 7) LANGUAGE sql AS 'SELECT 2'
-- undo
CREATE OR REPLACE PROCEDURE app.clean(days integer DEFAULT 7) LANGUAGE sql AS 'SELECT 1'

== rule: add
CREATE RULE second AS ON UPDATE TO app.parent WHERE old.a > 1 DO INSTEAD NOTHING
-- undo
DROP RULE second ON app.parent

== column: of a new identity
ALTER TABLE app.child ADD COLUMN counted integer GENERATED ALWAYS AS IDENTITY (START 10 INCREMENT 5 MINVALUE 5 MAXVALUE 100 CACHE 3 CYCLE)
-- undo
ALTER TABLE app.child DROP COLUMN counted

== index: no longer valid
UPDATE pg_catalog.pg_index SET indisvalid = false WHERE indexrelid = 'app.users_name'::regclass
-- undo
UPDATE pg_catalog.pg_index SET indisvalid = true WHERE indexrelid = 'app.users_name'::regclass

== silent: an index that was never built to its end
CREATE INDEX half ON app.users (score); UPDATE pg_catalog.pg_index SET indisvalid = false, indisready = false WHERE indexrelid = 'app.half'::regclass
-- undo
DROP INDEX app.half
