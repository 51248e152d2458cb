-- As mutations.sql: what the coverage of docs/catalog.md and broken queries showed to be missing there.

== schema: no comment on public
COMMENT ON SCHEMA public IS NULL
-- undo
COMMENT ON SCHEMA public IS 'standard public schema'

== [15] schema: public made anew
DROP SCHEMA public; CREATE SCHEMA public; COMMENT ON SCHEMA public IS 'standard public schema'
-- undo
ALTER SCHEMA public OWNER TO pg_database_owner; GRANT USAGE ON SCHEMA public TO PUBLIC

== [15] schema: no comment on a public made anew
COMMENT ON SCHEMA public IS NULL
-- undo
COMMENT ON SCHEMA public IS 'standard public schema'

== schema: revoke from its owner
REVOKE CREATE ON SCHEMA app FROM postgres
-- undo
GRANT CREATE ON SCHEMA app TO postgres

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

-- What follows changes one attribute alone, so that it is seen by that attribute or not at all.

== set up: objects that differ in one attribute
CREATE FUNCTION app.either(anycompatible, anycompatible) RETURNS anycompatible LANGUAGE sql AS 'SELECT $1';
CREATE FUNCTION app.take_away(internal, numeric) RETURNS internal LANGUAGE internal AS 'numeric_accum_inv';
CREATE FUNCTION app.apart(text, text) RETURNS double precision LANGUAGE sql IMMUTABLE AS 'SELECT 2.0::double precision';
CREATE AGGREGATE app.average(numeric) (sfunc = numeric_avg_accum, stype = internal, sspace = 128, finalfunc = numeric_avg, finalfunc_modify = shareable, combinefunc = numeric_avg_combine,
    serialfunc = numeric_avg_serialize, deserialfunc = numeric_avg_deserialize, msfunc = numeric_avg_accum, minvfunc = numeric_accum_inv, mstype = internal,
    msspace = 128, mfinalfunc = numeric_avg, mfinalfunc_modify = read_write);
CREATE AGGREGATE app.loudest(varchar) (sfunc = app.either, stype = text, finalfunc = upper, msfunc = app.either, minvfunc = app.either, mstype = text, mfinalfunc = upper);
CREATE AGGREGATE app.place(VARIADIC "any" ORDER BY VARIADIC "any") (sfunc = ordered_set_transition_multi, stype = internal, finalfunc = rank_final, finalfunc_extra);
CREATE TABLE app.pair (x integer NOT NULL, y integer NOT NULL, z integer, CONSTRAINT pair_x UNIQUE (x), CONSTRAINT pair_y UNIQUE (y));
CREATE TABLE app.twin (x integer NOT NULL, y integer NOT NULL, z integer, CONSTRAINT twin_x UNIQUE (x), CONSTRAINT twin_y UNIQUE (y));
CREATE TABLE app.refers (x integer, y integer, CONSTRAINT refers_x FOREIGN KEY (x) REFERENCES app.pair (x) DEFERRABLE);
CREATE TABLE app.likewise (a integer, b text);
CREATE TABLE app.like_address (street text, city text);
CREATE TABLE app.ranges (a integer) PARTITION BY RANGE (a);
CREATE TABLE app.others (a integer) PARTITION BY RANGE (a);
CREATE TABLE app.tenth PARTITION OF app.ranges FOR VALUES FROM (1) TO (10);
CREATE TABLE app.halves (a integer) PARTITION BY RANGE (a); CREATE TABLE app.lower PARTITION OF app.halves FOR VALUES FROM (1) TO (5);
CREATE INDEX halves_a ON ONLY app.halves (a); CREATE INDEX lower_a ON app.lower (a);
CREATE FUNCTION app.keep(text, integer) RETURNS text LANGUAGE sql AS 'SELECT $1';
CREATE FUNCTION app.finish(text) RETURNS text LANGUAGE sql AS 'SELECT $1'; CREATE FUNCTION app.finish(text, integer) RETURNS text LANGUAGE sql AS 'SELECT $1';
CREATE AGGREGATE app.told(integer) (sfunc = app.keep, stype = text, msfunc = app.keep, minvfunc = app.keep, mstype = text, mfinalfunc = app.finish);
CREATE TABLE app.elder (a integer, CONSTRAINT elder_a CHECK (a > 0)); CREATE TABLE app.younger () INHERITS (app.elder);
CREATE SEQUENCE app.owned OWNED BY app.pair.x;
CREATE SERVER near FOREIGN DATA WRAPPER nowhere;
CREATE FOREIGN TABLE app.beyond (x integer, y integer) SERVER far;
CREATE TYPE app.couple AS (x integer, y integer);
CREATE DOMAIN app.term AS text;
CREATE TYPE app.letters AS RANGE (subtype = text, subtype_diff = app.distance, multirange_type_name = app.many_letters);
CREATE POLICY two ON app.pair USING (x > 0) WITH CHECK (y > 0);
CREATE TRIGGER noted BEFORE INSERT ON app.pair FOR EACH ROW EXECUTE FUNCTION app.touch();
CREATE MATERIALIZED VIEW app.pairs AS SELECT x FROM app.pair;
CREATE FUNCTION app.once() RETURNS bigint LANGUAGE internal AS 'window_row_number';
CREATE FUNCTION app.half(n integer) RETURNS integer LANGUAGE sql RETURN n / 2;
CREATE INDEX unfinished ON app.pair (z); UPDATE pg_catalog.pg_index SET indisvalid = false WHERE indexrelid = 'app.unfinished'::regclass

== aggregate: its sfunc alone
DROP AGGREGATE app.average(numeric); CREATE AGGREGATE app.average(numeric) (sfunc = numeric_accum, stype = internal, sspace = 128, finalfunc = numeric_avg, finalfunc_modify = shareable, combinefunc = numeric_avg_combine,
    serialfunc = numeric_avg_serialize, deserialfunc = numeric_avg_deserialize, msfunc = numeric_avg_accum, minvfunc = numeric_accum_inv, mstype = internal,
    msspace = 128, mfinalfunc = numeric_avg, mfinalfunc_modify = read_write)
-- undo
DROP AGGREGATE app.average(numeric); CREATE AGGREGATE app.average(numeric) (sfunc = numeric_avg_accum, stype = internal, sspace = 128, finalfunc = numeric_avg, finalfunc_modify = shareable, combinefunc = numeric_avg_combine,
    serialfunc = numeric_avg_serialize, deserialfunc = numeric_avg_deserialize, msfunc = numeric_avg_accum, minvfunc = numeric_accum_inv, mstype = internal,
    msspace = 128, mfinalfunc = numeric_avg, mfinalfunc_modify = read_write)

== aggregate: its sspace alone
DROP AGGREGATE app.average(numeric); CREATE AGGREGATE app.average(numeric) (sfunc = numeric_avg_accum, stype = internal, sspace = 64, finalfunc = numeric_avg, finalfunc_modify = shareable, combinefunc = numeric_avg_combine,
    serialfunc = numeric_avg_serialize, deserialfunc = numeric_avg_deserialize, msfunc = numeric_avg_accum, minvfunc = numeric_accum_inv, mstype = internal,
    msspace = 128, mfinalfunc = numeric_avg, mfinalfunc_modify = read_write)
-- undo
DROP AGGREGATE app.average(numeric); CREATE AGGREGATE app.average(numeric) (sfunc = numeric_avg_accum, stype = internal, sspace = 128, finalfunc = numeric_avg, finalfunc_modify = shareable, combinefunc = numeric_avg_combine,
    serialfunc = numeric_avg_serialize, deserialfunc = numeric_avg_deserialize, msfunc = numeric_avg_accum, minvfunc = numeric_accum_inv, mstype = internal,
    msspace = 128, mfinalfunc = numeric_avg, mfinalfunc_modify = read_write)

== aggregate: its finalfunc alone
DROP AGGREGATE app.average(numeric); CREATE AGGREGATE app.average(numeric) (sfunc = numeric_avg_accum, stype = internal, sspace = 128, finalfunc = numeric_sum, finalfunc_modify = shareable, combinefunc = numeric_avg_combine,
    serialfunc = numeric_avg_serialize, deserialfunc = numeric_avg_deserialize, msfunc = numeric_avg_accum, minvfunc = numeric_accum_inv, mstype = internal,
    msspace = 128, mfinalfunc = numeric_avg, mfinalfunc_modify = read_write)
-- undo
DROP AGGREGATE app.average(numeric); CREATE AGGREGATE app.average(numeric) (sfunc = numeric_avg_accum, stype = internal, sspace = 128, finalfunc = numeric_avg, finalfunc_modify = shareable, combinefunc = numeric_avg_combine,
    serialfunc = numeric_avg_serialize, deserialfunc = numeric_avg_deserialize, msfunc = numeric_avg_accum, minvfunc = numeric_accum_inv, mstype = internal,
    msspace = 128, mfinalfunc = numeric_avg, mfinalfunc_modify = read_write)

== aggregate: its finalfunc_modify alone
DROP AGGREGATE app.average(numeric); CREATE AGGREGATE app.average(numeric) (sfunc = numeric_avg_accum, stype = internal, sspace = 128, finalfunc = numeric_avg, finalfunc_modify = read_write, combinefunc = numeric_avg_combine,
    serialfunc = numeric_avg_serialize, deserialfunc = numeric_avg_deserialize, msfunc = numeric_avg_accum, minvfunc = numeric_accum_inv, mstype = internal,
    msspace = 128, mfinalfunc = numeric_avg, mfinalfunc_modify = read_write)
-- undo
DROP AGGREGATE app.average(numeric); CREATE AGGREGATE app.average(numeric) (sfunc = numeric_avg_accum, stype = internal, sspace = 128, finalfunc = numeric_avg, finalfunc_modify = shareable, combinefunc = numeric_avg_combine,
    serialfunc = numeric_avg_serialize, deserialfunc = numeric_avg_deserialize, msfunc = numeric_avg_accum, minvfunc = numeric_accum_inv, mstype = internal,
    msspace = 128, mfinalfunc = numeric_avg, mfinalfunc_modify = read_write)

== aggregate: its combinefunc alone
DROP AGGREGATE app.average(numeric); CREATE AGGREGATE app.average(numeric) (sfunc = numeric_avg_accum, stype = internal, sspace = 128, finalfunc = numeric_avg, finalfunc_modify = shareable, combinefunc = numeric_combine,
    serialfunc = numeric_avg_serialize, deserialfunc = numeric_avg_deserialize, msfunc = numeric_avg_accum, minvfunc = numeric_accum_inv, mstype = internal,
    msspace = 128, mfinalfunc = numeric_avg, mfinalfunc_modify = read_write)
-- undo
DROP AGGREGATE app.average(numeric); CREATE AGGREGATE app.average(numeric) (sfunc = numeric_avg_accum, stype = internal, sspace = 128, finalfunc = numeric_avg, finalfunc_modify = shareable, combinefunc = numeric_avg_combine,
    serialfunc = numeric_avg_serialize, deserialfunc = numeric_avg_deserialize, msfunc = numeric_avg_accum, minvfunc = numeric_accum_inv, mstype = internal,
    msspace = 128, mfinalfunc = numeric_avg, mfinalfunc_modify = read_write)

== aggregate: its serialfunc alone
DROP AGGREGATE app.average(numeric); CREATE AGGREGATE app.average(numeric) (sfunc = numeric_avg_accum, stype = internal, sspace = 128, finalfunc = numeric_avg, finalfunc_modify = shareable, combinefunc = numeric_avg_combine,
    serialfunc = numeric_serialize, deserialfunc = numeric_avg_deserialize, msfunc = numeric_avg_accum, minvfunc = numeric_accum_inv, mstype = internal,
    msspace = 128, mfinalfunc = numeric_avg, mfinalfunc_modify = read_write)
-- undo
DROP AGGREGATE app.average(numeric); CREATE AGGREGATE app.average(numeric) (sfunc = numeric_avg_accum, stype = internal, sspace = 128, finalfunc = numeric_avg, finalfunc_modify = shareable, combinefunc = numeric_avg_combine,
    serialfunc = numeric_avg_serialize, deserialfunc = numeric_avg_deserialize, msfunc = numeric_avg_accum, minvfunc = numeric_accum_inv, mstype = internal,
    msspace = 128, mfinalfunc = numeric_avg, mfinalfunc_modify = read_write)

== aggregate: its deserialfunc alone
DROP AGGREGATE app.average(numeric); CREATE AGGREGATE app.average(numeric) (sfunc = numeric_avg_accum, stype = internal, sspace = 128, finalfunc = numeric_avg, finalfunc_modify = shareable, combinefunc = numeric_avg_combine,
    serialfunc = numeric_avg_serialize, deserialfunc = numeric_deserialize, msfunc = numeric_avg_accum, minvfunc = numeric_accum_inv, mstype = internal,
    msspace = 128, mfinalfunc = numeric_avg, mfinalfunc_modify = read_write)
-- undo
DROP AGGREGATE app.average(numeric); CREATE AGGREGATE app.average(numeric) (sfunc = numeric_avg_accum, stype = internal, sspace = 128, finalfunc = numeric_avg, finalfunc_modify = shareable, combinefunc = numeric_avg_combine,
    serialfunc = numeric_avg_serialize, deserialfunc = numeric_avg_deserialize, msfunc = numeric_avg_accum, minvfunc = numeric_accum_inv, mstype = internal,
    msspace = 128, mfinalfunc = numeric_avg, mfinalfunc_modify = read_write)

== aggregate: its msfunc alone
DROP AGGREGATE app.average(numeric); CREATE AGGREGATE app.average(numeric) (sfunc = numeric_avg_accum, stype = internal, sspace = 128, finalfunc = numeric_avg, finalfunc_modify = shareable, combinefunc = numeric_avg_combine,
    serialfunc = numeric_avg_serialize, deserialfunc = numeric_avg_deserialize, msfunc = numeric_accum, minvfunc = numeric_accum_inv, mstype = internal,
    msspace = 128, mfinalfunc = numeric_avg, mfinalfunc_modify = read_write)
-- undo
DROP AGGREGATE app.average(numeric); CREATE AGGREGATE app.average(numeric) (sfunc = numeric_avg_accum, stype = internal, sspace = 128, finalfunc = numeric_avg, finalfunc_modify = shareable, combinefunc = numeric_avg_combine,
    serialfunc = numeric_avg_serialize, deserialfunc = numeric_avg_deserialize, msfunc = numeric_avg_accum, minvfunc = numeric_accum_inv, mstype = internal,
    msspace = 128, mfinalfunc = numeric_avg, mfinalfunc_modify = read_write)

== aggregate: its minvfunc alone
DROP AGGREGATE app.average(numeric); CREATE AGGREGATE app.average(numeric) (sfunc = numeric_avg_accum, stype = internal, sspace = 128, finalfunc = numeric_avg, finalfunc_modify = shareable, combinefunc = numeric_avg_combine,
    serialfunc = numeric_avg_serialize, deserialfunc = numeric_avg_deserialize, msfunc = numeric_avg_accum, minvfunc = app.take_away, mstype = internal,
    msspace = 128, mfinalfunc = numeric_avg, mfinalfunc_modify = read_write)
-- undo
DROP AGGREGATE app.average(numeric); CREATE AGGREGATE app.average(numeric) (sfunc = numeric_avg_accum, stype = internal, sspace = 128, finalfunc = numeric_avg, finalfunc_modify = shareable, combinefunc = numeric_avg_combine,
    serialfunc = numeric_avg_serialize, deserialfunc = numeric_avg_deserialize, msfunc = numeric_avg_accum, minvfunc = numeric_accum_inv, mstype = internal,
    msspace = 128, mfinalfunc = numeric_avg, mfinalfunc_modify = read_write)

== aggregate: its msspace alone
DROP AGGREGATE app.average(numeric); CREATE AGGREGATE app.average(numeric) (sfunc = numeric_avg_accum, stype = internal, sspace = 128, finalfunc = numeric_avg, finalfunc_modify = shareable, combinefunc = numeric_avg_combine,
    serialfunc = numeric_avg_serialize, deserialfunc = numeric_avg_deserialize, msfunc = numeric_avg_accum, minvfunc = numeric_accum_inv, mstype = internal,
    msspace = 64, mfinalfunc = numeric_avg, mfinalfunc_modify = read_write)
-- undo
DROP AGGREGATE app.average(numeric); CREATE AGGREGATE app.average(numeric) (sfunc = numeric_avg_accum, stype = internal, sspace = 128, finalfunc = numeric_avg, finalfunc_modify = shareable, combinefunc = numeric_avg_combine,
    serialfunc = numeric_avg_serialize, deserialfunc = numeric_avg_deserialize, msfunc = numeric_avg_accum, minvfunc = numeric_accum_inv, mstype = internal,
    msspace = 128, mfinalfunc = numeric_avg, mfinalfunc_modify = read_write)

== aggregate: its mfinalfunc alone
DROP AGGREGATE app.average(numeric); CREATE AGGREGATE app.average(numeric) (sfunc = numeric_avg_accum, stype = internal, sspace = 128, finalfunc = numeric_avg, finalfunc_modify = shareable, combinefunc = numeric_avg_combine,
    serialfunc = numeric_avg_serialize, deserialfunc = numeric_avg_deserialize, msfunc = numeric_avg_accum, minvfunc = numeric_accum_inv, mstype = internal,
    msspace = 128, mfinalfunc = numeric_sum, mfinalfunc_modify = read_write)
-- undo
DROP AGGREGATE app.average(numeric); CREATE AGGREGATE app.average(numeric) (sfunc = numeric_avg_accum, stype = internal, sspace = 128, finalfunc = numeric_avg, finalfunc_modify = shareable, combinefunc = numeric_avg_combine,
    serialfunc = numeric_avg_serialize, deserialfunc = numeric_avg_deserialize, msfunc = numeric_avg_accum, minvfunc = numeric_accum_inv, mstype = internal,
    msspace = 128, mfinalfunc = numeric_avg, mfinalfunc_modify = read_write)

== aggregate: its mfinalfunc_modify alone
DROP AGGREGATE app.average(numeric); CREATE AGGREGATE app.average(numeric) (sfunc = numeric_avg_accum, stype = internal, sspace = 128, finalfunc = numeric_avg, finalfunc_modify = shareable, combinefunc = numeric_avg_combine,
    serialfunc = numeric_avg_serialize, deserialfunc = numeric_avg_deserialize, msfunc = numeric_avg_accum, minvfunc = numeric_accum_inv, mstype = internal,
    msspace = 128, mfinalfunc = numeric_avg, mfinalfunc_modify = read_only)
-- undo
DROP AGGREGATE app.average(numeric); CREATE AGGREGATE app.average(numeric) (sfunc = numeric_avg_accum, stype = internal, sspace = 128, finalfunc = numeric_avg, finalfunc_modify = shareable, combinefunc = numeric_avg_combine,
    serialfunc = numeric_avg_serialize, deserialfunc = numeric_avg_deserialize, msfunc = numeric_avg_accum, minvfunc = numeric_accum_inv, mstype = internal,
    msspace = 128, mfinalfunc = numeric_avg, mfinalfunc_modify = read_write)

== aggregate: its stype alone
DROP AGGREGATE app.loudest(varchar); CREATE AGGREGATE app.loudest(varchar) (sfunc = app.either, stype = varchar, finalfunc = upper, msfunc = app.either, minvfunc = app.either, mstype = text, mfinalfunc = upper)
-- undo
DROP AGGREGATE app.loudest(varchar); CREATE AGGREGATE app.loudest(varchar) (sfunc = app.either, stype = text, finalfunc = upper, msfunc = app.either, minvfunc = app.either, mstype = text, mfinalfunc = upper)

== aggregate: its mstype alone
DROP AGGREGATE app.loudest(varchar); CREATE AGGREGATE app.loudest(varchar) (sfunc = app.either, stype = text, finalfunc = upper, msfunc = app.either, minvfunc = app.either, mstype = varchar, mfinalfunc = upper)
-- undo
DROP AGGREGATE app.loudest(varchar); CREATE AGGREGATE app.loudest(varchar) (sfunc = app.either, stype = text, finalfunc = upper, msfunc = app.either, minvfunc = app.either, mstype = text, mfinalfunc = upper)

== aggregate: its kind alone
DROP AGGREGATE app.place(VARIADIC "any" ORDER BY VARIADIC "any"); CREATE AGGREGATE app.place(VARIADIC "any" ORDER BY VARIADIC "any") (sfunc = ordered_set_transition_multi, stype = internal, finalfunc = rank_final, finalfunc_extra, hypothetical)
-- undo
DROP AGGREGATE app.place(VARIADIC "any" ORDER BY VARIADIC "any"); CREATE AGGREGATE app.place(VARIADIC "any" ORDER BY VARIADIC "any") (sfunc = ordered_set_transition_multi, stype = internal, finalfunc = rank_final, finalfunc_extra)

== aggregate: its finalfunc_extra alone
DROP AGGREGATE app.place(VARIADIC "any" ORDER BY VARIADIC "any"); CREATE AGGREGATE app.place(VARIADIC "any" ORDER BY VARIADIC "any") (sfunc = ordered_set_transition_multi, stype = internal, finalfunc = rank_final)
-- undo
DROP AGGREGATE app.place(VARIADIC "any" ORDER BY VARIADIC "any"); CREATE AGGREGATE app.place(VARIADIC "any" ORDER BY VARIADIC "any") (sfunc = ordered_set_transition_multi, stype = internal, finalfunc = rank_final, finalfunc_extra)

== aggregate: its mfinalfunc_extra
DROP AGGREGATE app.told(integer); CREATE AGGREGATE app.told(integer) (sfunc = app.keep, stype = text, msfunc = app.keep, minvfunc = app.keep, mstype = text, mfinalfunc = app.finish, mfinalfunc_extra)
-- undo
DROP AGGREGATE app.told(integer); CREATE AGGREGATE app.told(integer) (sfunc = app.keep, stype = text, msfunc = app.keep, minvfunc = app.keep, mstype = text, mfinalfunc = app.finish)

== aggregate: its minitcond alone
DROP AGGREGATE app.told(integer); CREATE AGGREGATE app.told(integer) (sfunc = app.keep, stype = text, msfunc = app.keep, minvfunc = app.keep, mstype = text, mfinalfunc = app.finish, minitcond = 'x')
-- undo
DROP AGGREGATE app.told(integer); CREATE AGGREGATE app.told(integer) (sfunc = app.keep, stype = text, msfunc = app.keep, minvfunc = app.keep, mstype = text, mfinalfunc = app.finish)

== aggregate: its argument's name alone
DROP AGGREGATE app.largest(integer); CREATE AGGREGATE app.largest(n integer) (sfunc = int4larger, stype = integer)
-- undo
DROP AGGREGATE app.largest(integer); CREATE AGGREGATE app.largest(integer) (sfunc = int4larger, stype = integer)

== aggregate: its owner alone
ALTER AGGREGATE app.largest(integer) OWNER TO catalog_owner
-- undo
ALTER AGGREGATE app.largest(integer) OWNER TO postgres

== procedure: its argument's name alone
DROP PROCEDURE app.clean(integer); CREATE PROCEDURE app.clean(n integer DEFAULT 7) LANGUAGE sql AS 'SELECT 1'
-- undo
DROP PROCEDURE app.clean(integer); CREATE PROCEDURE app.clean(days integer DEFAULT 7) LANGUAGE sql AS 'SELECT 1'

== procedure: its language alone
SELECT set_config('check_function_bodies', 'off', true); CREATE OR REPLACE PROCEDURE app.clean(days integer DEFAULT 7) LANGUAGE plpgsql AS 'SELECT 1'
-- undo
CREATE OR REPLACE PROCEDURE app.clean(days integer DEFAULT 7) LANGUAGE sql AS 'SELECT 1'

== procedure: its owner alone
ALTER PROCEDURE app.clean(integer) OWNER TO catalog_owner
-- undo
ALTER PROCEDURE app.clean(integer) OWNER TO postgres

== function: its language alone
SELECT set_config('check_function_bodies', 'off', true); CREATE OR REPLACE FUNCTION app.apart(text, text) RETURNS double precision LANGUAGE plpgsql IMMUTABLE AS 'SELECT 2.0::double precision'
-- undo
CREATE OR REPLACE FUNCTION app.apart(text, text) RETURNS double precision LANGUAGE sql IMMUTABLE AS 'SELECT 2.0::double precision'

== function: its result alone
DROP FUNCTION app.once(); CREATE FUNCTION app.once() RETURNS integer LANGUAGE internal AS 'window_row_number'
-- undo
DROP FUNCTION app.once(); CREATE FUNCTION app.once() RETURNS bigint LANGUAGE internal AS 'window_row_number'

== function: a window function or none
DROP FUNCTION app.once(); CREATE FUNCTION app.once() RETURNS bigint LANGUAGE internal WINDOW AS 'window_row_number'
-- undo
DROP FUNCTION app.once(); CREATE FUNCTION app.once() RETURNS bigint LANGUAGE internal AS 'window_row_number'

== function: SQL's own body alone
CREATE OR REPLACE FUNCTION app.half(n integer) RETURNS integer LANGUAGE sql RETURN n / 3
-- undo
CREATE OR REPLACE FUNCTION app.half(n integer) RETURNS integer LANGUAGE sql RETURN n / 2

== partition: its bound alone
ALTER TABLE app.ranges DETACH PARTITION app.tenth; ALTER TABLE app.ranges ATTACH PARTITION app.tenth FOR VALUES FROM (1) TO (11)
-- undo
ALTER TABLE app.ranges DETACH PARTITION app.tenth; ALTER TABLE app.ranges ATTACH PARTITION app.tenth FOR VALUES FROM (1) TO (10)

== partition: its parent alone
ALTER TABLE app.ranges DETACH PARTITION app.tenth; ALTER TABLE app.others ATTACH PARTITION app.tenth FOR VALUES FROM (1) TO (10)
-- undo
ALTER TABLE app.others DETACH PARTITION app.tenth; ALTER TABLE app.ranges ATTACH PARTITION app.tenth FOR VALUES FROM (1) TO (10)

== table: how it is partitioned alone
DROP TABLE app.others; CREATE TABLE app.others (a integer) PARTITION BY LIST (a)
-- undo
DROP TABLE app.others; CREATE TABLE app.others (a integer) PARTITION BY RANGE (a)

== index: attach to a parent's alone
ALTER INDEX app.halves_a ATTACH PARTITION app.lower_a
-- undo
DROP INDEX app.halves_a; CREATE INDEX halves_a ON ONLY app.halves (a); CREATE INDEX lower_a ON app.lower (a)

== table: its parents alone
ALTER TABLE app.likewise INHERIT app.parent
-- undo
ALTER TABLE app.likewise NO INHERIT app.parent

== table: its type alone
ALTER TABLE app.like_address OF app.address
-- undo
ALTER TABLE app.like_address NOT OF

== table: its owner alone
ALTER TABLE app.likewise OWNER TO catalog_owner
-- undo
ALTER TABLE app.likewise OWNER TO postgres

== table: unlogged alone
ALTER TABLE app.likewise SET UNLOGGED
-- undo
ALTER TABLE app.likewise SET LOGGED

== table: order of its columns alone
DROP TABLE app.likewise; CREATE TABLE app.likewise (b text, a integer)
-- undo
DROP TABLE app.likewise; CREATE TABLE app.likewise (a integer, b text)

== foreign table: order of its columns alone
DROP FOREIGN TABLE app.beyond; CREATE FOREIGN TABLE app.beyond (y integer, x integer) SERVER far
-- undo
DROP FOREIGN TABLE app.beyond; CREATE FOREIGN TABLE app.beyond (x integer, y integer) SERVER far

== foreign table: its server alone
DROP FOREIGN TABLE app.beyond; CREATE FOREIGN TABLE app.beyond (x integer, y integer) SERVER near
-- undo
DROP FOREIGN TABLE app.beyond; CREATE FOREIGN TABLE app.beyond (x integer, y integer) SERVER far

== foreign table: its owner alone
ALTER FOREIGN TABLE app.beyond OWNER TO catalog_owner
-- undo
ALTER FOREIGN TABLE app.beyond OWNER TO postgres

== composite: order of its attributes alone
DROP TYPE app.couple; CREATE TYPE app.couple AS (y integer, x integer)
-- undo
DROP TYPE app.couple; CREATE TYPE app.couple AS (x integer, y integer)

== sequence: its start alone
ALTER SEQUENCE app.ticket START 7
-- undo
ALTER SEQUENCE app.ticket START 1

== sequence: its cache alone
ALTER SEQUENCE app.ticket CACHE 7
-- undo
ALTER SEQUENCE app.ticket CACHE 1

== sequence: its cycle alone
ALTER SEQUENCE app.ticket CYCLE
-- undo
ALTER SEQUENCE app.ticket NO CYCLE

== sequence: its minimum alone
ALTER SEQUENCE app.ticket MINVALUE -7 START -7
-- undo
ALTER SEQUENCE app.ticket NO MINVALUE START 1

== sequence: its maximum alone
ALTER SEQUENCE app.ticket MAXVALUE 77
-- undo
ALTER SEQUENCE app.ticket NO MAXVALUE

== sequence: its increment alone
ALTER SEQUENCE app.ticket INCREMENT 7
-- undo
ALTER SEQUENCE app.ticket INCREMENT 1

== sequence: its owner alone
ALTER SEQUENCE app.ticket OWNER TO catalog_owner
-- undo
ALTER SEQUENCE app.ticket OWNER TO postgres

== sequence: its column alone
ALTER SEQUENCE app.owned OWNED BY app.pair.y
-- undo
ALTER SEQUENCE app.owned OWNED BY app.pair.x

== sequence: its table alone
ALTER SEQUENCE app.owned OWNED BY app.twin.x
-- undo
ALTER SEQUENCE app.owned OWNED BY app.pair.x

== policy: its command alone
DROP POLICY own ON app.users; CREATE POLICY own ON app.users FOR DELETE USING (id > 0)
-- undo
DROP POLICY own ON app.users; CREATE POLICY own ON app.users FOR SELECT USING (id > 0)

== policy: restrictive alone
DROP POLICY own ON app.users; CREATE POLICY own ON app.users AS RESTRICTIVE FOR SELECT USING (id > 0)
-- undo
DROP POLICY own ON app.users; CREATE POLICY own ON app.users FOR SELECT USING (id > 0)

== policy: its check alone
ALTER POLICY two ON app.pair WITH CHECK (y > 1)
-- undo
ALTER POLICY two ON app.pair WITH CHECK (y > 0)

== domain: its collation alone
DROP DOMAIN app.term; CREATE DOMAIN app.term AS text COLLATE "C"
-- undo
DROP DOMAIN app.term; CREATE DOMAIN app.term AS text

== domain: its type alone
DROP DOMAIN app.term; CREATE DOMAIN app.term AS varchar(7)
-- undo
DROP DOMAIN app.term; CREATE DOMAIN app.term AS text

== range: its collation alone
DROP TYPE app.letters; CREATE TYPE app.letters AS RANGE (subtype = text, collation = "C", subtype_diff = app.distance, multirange_type_name = app.many_letters)
-- undo
DROP TYPE app.letters; CREATE TYPE app.letters AS RANGE (subtype = text, subtype_diff = app.distance, multirange_type_name = app.many_letters)

== range: its operator class alone
DROP TYPE app.letters; CREATE TYPE app.letters AS RANGE (subtype = text, subtype_opclass = text_pattern_ops, subtype_diff = app.distance, multirange_type_name = app.many_letters)
-- undo
DROP TYPE app.letters; CREATE TYPE app.letters AS RANGE (subtype = text, subtype_diff = app.distance, multirange_type_name = app.many_letters)

== range: its subtype difference alone
DROP TYPE app.letters; CREATE TYPE app.letters AS RANGE (subtype = text, subtype_diff = app.apart, multirange_type_name = app.many_letters)
-- undo
DROP TYPE app.letters; CREATE TYPE app.letters AS RANGE (subtype = text, subtype_diff = app.distance, multirange_type_name = app.many_letters)

== range: its multirange alone
DROP TYPE app.letters; CREATE TYPE app.letters AS RANGE (subtype = text, subtype_diff = app.distance, multirange_type_name = app.much_lettering)
-- undo
DROP TYPE app.letters; CREATE TYPE app.letters AS RANGE (subtype = text, subtype_diff = app.distance, multirange_type_name = app.many_letters)

== set up: a range of numbers
CREATE TYPE app.numerals AS RANGE (subtype = integer)

== range: its subtype alone
DROP TYPE app.numerals; CREATE TYPE app.numerals AS RANGE (subtype = bigint)
-- undo
DROP TYPE app.numerals; CREATE TYPE app.numerals AS RANGE (subtype = integer)

== range: its owner alone
ALTER TYPE app.numerals OWNER TO catalog_owner
-- undo
ALTER TYPE app.numerals OWNER TO postgres

== constraint: its column alone
ALTER TABLE app.twin DROP CONSTRAINT twin_x, ADD CONSTRAINT twin_x UNIQUE (y)
-- undo
ALTER TABLE app.twin DROP CONSTRAINT twin_x, ADD CONSTRAINT twin_x UNIQUE (x)

== constraint: key or unique alone
ALTER TABLE app.twin DROP CONSTRAINT twin_x, ADD CONSTRAINT twin_x PRIMARY KEY (x)
-- undo
ALTER TABLE app.twin DROP CONSTRAINT twin_x, ADD CONSTRAINT twin_x UNIQUE (x)

== constraint: what it includes alone
ALTER TABLE app.twin DROP CONSTRAINT twin_x, ADD CONSTRAINT twin_x UNIQUE (x) INCLUDE (z)
-- undo
ALTER TABLE app.twin DROP CONSTRAINT twin_x, ADD CONSTRAINT twin_x UNIQUE (x)

== [15] constraint: nulls not distinct alone
ALTER TABLE app.twin DROP CONSTRAINT twin_x, ADD CONSTRAINT twin_x UNIQUE NULLS NOT DISTINCT (x)
-- undo
ALTER TABLE app.twin DROP CONSTRAINT twin_x, ADD CONSTRAINT twin_x UNIQUE (x)

== constraint: its index's option alone
ALTER INDEX app.twin_x SET (fillfactor = 77)
-- undo
ALTER INDEX app.twin_x RESET (fillfactor)

== constraint: its condition alone
ALTER TABLE app.users DROP CONSTRAINT score_positive, ADD CONSTRAINT score_positive CHECK (score >= 1)
-- undo
ALTER TABLE app.users DROP CONSTRAINT score_positive, ADD CONSTRAINT score_positive CHECK (score >= 0)

== constraint: initially deferred alone
ALTER TABLE app.refers DROP CONSTRAINT refers_x, ADD CONSTRAINT refers_x FOREIGN KEY (x) REFERENCES app.pair (x) DEFERRABLE INITIALLY DEFERRED
-- undo
ALTER TABLE app.refers DROP CONSTRAINT refers_x, ADD CONSTRAINT refers_x FOREIGN KEY (x) REFERENCES app.pair (x) DEFERRABLE

== constraint: match alone
ALTER TABLE app.refers DROP CONSTRAINT refers_x, ADD CONSTRAINT refers_x FOREIGN KEY (x) REFERENCES app.pair (x) MATCH FULL DEFERRABLE
-- undo
ALTER TABLE app.refers DROP CONSTRAINT refers_x, ADD CONSTRAINT refers_x FOREIGN KEY (x) REFERENCES app.pair (x) DEFERRABLE

== constraint: on delete alone
ALTER TABLE app.refers DROP CONSTRAINT refers_x, ADD CONSTRAINT refers_x FOREIGN KEY (x) REFERENCES app.pair (x) ON DELETE CASCADE DEFERRABLE
-- undo
ALTER TABLE app.refers DROP CONSTRAINT refers_x, ADD CONSTRAINT refers_x FOREIGN KEY (x) REFERENCES app.pair (x) DEFERRABLE

== constraint: on update alone
ALTER TABLE app.refers DROP CONSTRAINT refers_x, ADD CONSTRAINT refers_x FOREIGN KEY (x) REFERENCES app.pair (x) ON UPDATE CASCADE DEFERRABLE
-- undo
ALTER TABLE app.refers DROP CONSTRAINT refers_x, ADD CONSTRAINT refers_x FOREIGN KEY (x) REFERENCES app.pair (x) DEFERRABLE

== constraint: what it refers to alone
ALTER TABLE app.refers DROP CONSTRAINT refers_x, ADD CONSTRAINT refers_x FOREIGN KEY (x) REFERENCES app.twin (x) DEFERRABLE
-- undo
ALTER TABLE app.refers DROP CONSTRAINT refers_x, ADD CONSTRAINT refers_x FOREIGN KEY (x) REFERENCES app.pair (x) DEFERRABLE

== constraint: the column that it refers to alone
ALTER TABLE app.refers DROP CONSTRAINT refers_x, ADD CONSTRAINT refers_x FOREIGN KEY (x) REFERENCES app.pair (y) DEFERRABLE
-- undo
ALTER TABLE app.refers DROP CONSTRAINT refers_x, ADD CONSTRAINT refers_x FOREIGN KEY (x) REFERENCES app.pair (x) DEFERRABLE

== constraint: the column that refers alone
ALTER TABLE app.refers DROP CONSTRAINT refers_x, ADD CONSTRAINT refers_x FOREIGN KEY (y) REFERENCES app.pair (x) DEFERRABLE
-- undo
ALTER TABLE app.refers DROP CONSTRAINT refers_x, ADD CONSTRAINT refers_x FOREIGN KEY (x) REFERENCES app.pair (x) DEFERRABLE

== [15] set up: a foreign key with an action
ALTER TABLE app.refers ADD CONSTRAINT refers_y FOREIGN KEY (y) REFERENCES app.pair (y) ON DELETE SET NULL

== [15] constraint: the columns of its action alone
ALTER TABLE app.refers DROP CONSTRAINT refers_y, ADD CONSTRAINT refers_y FOREIGN KEY (y) REFERENCES app.pair (y) ON DELETE SET NULL (y)
-- undo
ALTER TABLE app.refers DROP CONSTRAINT refers_y, ADD CONSTRAINT refers_y FOREIGN KEY (y) REFERENCES app.pair (y) ON DELETE SET NULL

== constraint: of its own as well as inherited
ALTER TABLE app.younger ADD CONSTRAINT elder_a CHECK (a > 0)
-- undo
DROP TABLE app.younger; CREATE TABLE app.younger () INHERITS (app.elder)

== trigger: its definition alone
CREATE OR REPLACE TRIGGER noted BEFORE INSERT OR DELETE ON app.pair FOR EACH ROW EXECUTE FUNCTION app.touch()
-- undo
CREATE OR REPLACE TRIGGER noted BEFORE INSERT ON app.pair FOR EACH ROW EXECUTE FUNCTION app.touch()

== materialized view: its definition alone
DROP MATERIALIZED VIEW app.pairs; CREATE MATERIALIZED VIEW app.pairs AS SELECT y AS x FROM app.pair
-- undo
DROP MATERIALIZED VIEW app.pairs; CREATE MATERIALIZED VIEW app.pairs AS SELECT x FROM app.pair

== materialized view: its owner alone
ALTER MATERIALIZED VIEW app.pairs OWNER TO catalog_owner
-- undo
ALTER MATERIALIZED VIEW app.pairs OWNER TO postgres

== silent: an invalid index that is not ready either
UPDATE pg_catalog.pg_index SET indisready = false WHERE indexrelid = 'app.unfinished'::regclass
-- undo
UPDATE pg_catalog.pg_index SET indisready = true WHERE indexrelid = 'app.unfinished'::regclass

== [17] set up: a domain that has a name for its not null
CREATE DOMAIN app.there AS text CONSTRAINT must NOT NULL

== [17] domain: name of its not null alone
ALTER DOMAIN app.there RENAME CONSTRAINT must TO shall
-- undo
ALTER DOMAIN app.there RENAME CONSTRAINT shall TO must

== [17] domain: comment on its not null alone
COMMENT ON CONSTRAINT must ON DOMAIN app.there IS 'always'
-- undo
COMMENT ON CONSTRAINT must ON DOMAIN app.there IS NULL

== [18] set up: columns that are not null
CREATE TABLE app.firm (x integer CONSTRAINT firm_x NOT NULL, y integer, z integer CONSTRAINT firm_z NOT NULL NO INHERIT);
ALTER TABLE app.firm ADD CONSTRAINT firm_y NOT NULL y NOT VALID; CREATE TABLE app.firmer () INHERITS (app.firm);
CREATE TABLE app.stays (id int4range NOT NULL, during daterange NOT NULL, CONSTRAINT stays_key UNIQUE (id, during))

== [18] column: its not null of its own as well as inherited
ALTER TABLE app.firmer ADD CONSTRAINT firm_x NOT NULL x
-- undo
DROP TABLE app.firmer; CREATE TABLE app.firmer () INHERITS (app.firm)

== [18] set up: a column that no child shares
CREATE TABLE app.alone (x integer CONSTRAINT alone_x NOT NULL)

== [18] column: its not null without inheritance alone
ALTER TABLE app.alone DROP CONSTRAINT alone_x; ALTER TABLE app.alone ADD CONSTRAINT alone_x NOT NULL x NO INHERIT
-- undo
ALTER TABLE app.alone DROP CONSTRAINT alone_x; ALTER TABLE app.alone ADD CONSTRAINT alone_x NOT NULL x

== [18] column: its not null valid alone
ALTER TABLE app.firm VALIDATE CONSTRAINT firm_y
-- undo
DROP TABLE app.firmer; ALTER TABLE app.firm DROP CONSTRAINT firm_y; ALTER TABLE app.firm ADD CONSTRAINT firm_y NOT NULL y NOT VALID; CREATE TABLE app.firmer () INHERITS (app.firm)

== [18] constraint: without overlaps alone
ALTER TABLE app.stays DROP CONSTRAINT stays_key, ADD CONSTRAINT stays_key UNIQUE (id, during WITHOUT OVERLAPS)
-- undo
ALTER TABLE app.stays DROP CONSTRAINT stays_key, ADD CONSTRAINT stays_key UNIQUE (id, during)
