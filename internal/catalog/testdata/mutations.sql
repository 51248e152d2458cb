-- One-statement changes of base.sql: "== name" begins one, "-- undo" what takes it back.
-- A name that begins with "silent" changes nothing that a dump of the schema shows.

== schema: add
CREATE SCHEMA extra
-- undo
DROP SCHEMA extra

== schema: comment
COMMENT ON SCHEMA app IS 'the application'
-- undo
COMMENT ON SCHEMA app IS NULL

== schema: owner
ALTER SCHEMA app OWNER TO catalog_owner
-- undo
ALTER SCHEMA app OWNER TO postgres

== schema: grant
GRANT USAGE ON SCHEMA app TO catalog_reader
-- undo
REVOKE USAGE ON SCHEMA app FROM catalog_reader

== schema: comment on public
COMMENT ON SCHEMA public IS 'something else'
-- undo
COMMENT ON SCHEMA public IS 'standard public schema'

== schema: grant on public
GRANT CREATE ON SCHEMA public TO catalog_reader
-- undo
REVOKE CREATE ON SCHEMA public FROM catalog_reader

== table: add
CREATE TABLE app.more (id integer)
-- undo
DROP TABLE app.more

== table: rename
ALTER TABLE app.orders RENAME TO purchases
-- undo
ALTER TABLE app.purchases RENAME TO orders

== table: move to another schema
ALTER TABLE app.child SET SCHEMA public
-- undo
ALTER TABLE public.child SET SCHEMA app

== table: unlogged
ALTER TABLE app.orders SET UNLOGGED
-- undo
ALTER TABLE app.orders SET LOGGED

== table: storage parameter
ALTER TABLE app.orders SET (fillfactor = 70)
-- undo
ALTER TABLE app.orders RESET (fillfactor)

== table: storage parameter of its toast
ALTER TABLE app.orders SET (toast.autovacuum_enabled = false)
-- undo
ALTER TABLE app.orders RESET (toast.autovacuum_enabled)

== table: row security on
ALTER TABLE app.users ENABLE ROW LEVEL SECURITY
-- undo
ALTER TABLE app.users DISABLE ROW LEVEL SECURITY

== table: row security forced
ALTER TABLE app.users FORCE ROW LEVEL SECURITY
-- undo
ALTER TABLE app.users NO FORCE ROW LEVEL SECURITY

== table: replica identity full
ALTER TABLE app.orders REPLICA IDENTITY FULL
-- undo
ALTER TABLE app.orders REPLICA IDENTITY DEFAULT

== table: replica identity by index
ALTER TABLE app.users REPLICA IDENTITY USING INDEX users_pkey
-- undo
ALTER TABLE app.users REPLICA IDENTITY DEFAULT

== table: owner
ALTER TABLE app.orders OWNER TO catalog_owner
-- undo
ALTER TABLE app.orders OWNER TO postgres

== table: comment
COMMENT ON TABLE app.users IS 'users and ''admins'''
-- undo
COMMENT ON TABLE app.users IS 'people'

== table: grant
GRANT INSERT ON app.users TO catalog_reader
-- undo
REVOKE INSERT ON app.users FROM catalog_reader

== table: grant with grant option
GRANT SELECT ON app.users TO catalog_reader WITH GRANT OPTION
-- undo
REVOKE GRANT OPTION FOR SELECT ON app.users FROM catalog_reader

== table: revoke from the owner
REVOKE DELETE ON app.orders FROM postgres
-- undo
GRANT DELETE ON app.orders TO postgres

== table: inherit no more
ALTER TABLE app.child NO INHERIT app.parent
-- undo
DROP TABLE app.child; CREATE TABLE app.child (c integer) INHERITS (app.parent)

== table: of a type
CREATE TABLE app.typed OF app.address
-- undo
DROP TABLE app.typed

== partition: add
CREATE TABLE app.logs_2026 PARTITION OF app.logs FOR VALUES FROM ('2026-01-01') TO ('2027-01-01')
-- undo
DROP TABLE app.logs_2026

== partition: detach
ALTER TABLE app.logs DETACH PARTITION app.logs_rest
-- undo
ALTER TABLE app.logs ATTACH PARTITION app.logs_rest DEFAULT

== partition: default of its own
ALTER TABLE app.logs_2025 ALTER COLUMN line SET DEFAULT 'x'
-- undo
ALTER TABLE app.logs_2025 ALTER COLUMN line DROP DEFAULT

== column: add
ALTER TABLE app.users ADD COLUMN nick text
-- undo
ALTER TABLE app.users DROP COLUMN nick

== column: add to a parent
ALTER TABLE app.logs ADD COLUMN level integer
-- undo
ALTER TABLE app.logs DROP COLUMN level

== column: drop the last
ALTER TABLE app.orders DROP COLUMN span
-- undo
ALTER TABLE app.orders ADD COLUMN span int4range, ADD CONSTRAINT no_overlap EXCLUDE USING gist (span WITH &&)

== column: rename
ALTER TABLE app.orders RENAME COLUMN code TO number
-- undo
ALTER TABLE app.orders RENAME COLUMN number TO code

== column: type
ALTER TABLE app.orders ALTER COLUMN placed TYPE timestamp
-- undo
ALTER TABLE app.orders ALTER COLUMN placed TYPE date

== column: length
ALTER TABLE app.orders ALTER COLUMN code TYPE varchar(40)
-- undo
ALTER TABLE app.orders ALTER COLUMN code TYPE varchar(20)

== column: precision
ALTER TABLE app.users ALTER COLUMN created TYPE timestamptz(3)
-- undo
ALTER TABLE app.users ALTER COLUMN created TYPE timestamptz

== column: not null
ALTER TABLE app.orders ALTER COLUMN code SET NOT NULL
-- undo
ALTER TABLE app.orders ALTER COLUMN code DROP NOT NULL

== column: nullable
ALTER TABLE app.users ALTER COLUMN state DROP NOT NULL
-- undo
ALTER TABLE app.users ALTER COLUMN state SET NOT NULL

== column: default
ALTER TABLE app.users ALTER COLUMN name SET DEFAULT 'nobody'
-- undo
ALTER TABLE app.users ALTER COLUMN name SET DEFAULT ''

== column: no default
ALTER TABLE app.users ALTER COLUMN created DROP DEFAULT
-- undo
ALTER TABLE app.users ALTER COLUMN created SET DEFAULT now()

== column: collation
ALTER TABLE app.orders ALTER COLUMN code TYPE varchar(20) COLLATE "C"
-- undo
ALTER TABLE app.orders ALTER COLUMN code TYPE varchar(20)

== column: identity always
ALTER TABLE app.users ALTER COLUMN id SET GENERATED ALWAYS
-- undo
ALTER TABLE app.users ALTER COLUMN id SET GENERATED BY DEFAULT

== column: identity's sequence
ALTER TABLE app.users ALTER COLUMN id SET INCREMENT BY 10
-- undo
ALTER TABLE app.users ALTER COLUMN id SET INCREMENT BY 1

== column: generated no more
ALTER TABLE app.users ALTER COLUMN total DROP EXPRESSION
-- undo
ALTER TABLE app.users DROP COLUMN total; ALTER TABLE app.users ADD COLUMN total integer GENERATED ALWAYS AS (1 + 2) STORED

== column: storage
ALTER TABLE app.users ALTER COLUMN name SET STORAGE EXTERNAL
-- undo
ALTER TABLE app.users ALTER COLUMN name SET STORAGE EXTENDED

== column: compression
ALTER TABLE app.users ALTER COLUMN name SET COMPRESSION pglz
-- undo
ALTER TABLE app.users ALTER COLUMN name SET COMPRESSION default

== column: statistics target
ALTER TABLE app.users ALTER COLUMN name SET STATISTICS 500
-- undo
ALTER TABLE app.users ALTER COLUMN name SET STATISTICS -1

== column: options
ALTER TABLE app.users ALTER COLUMN name SET (n_distinct = 5)
-- undo
ALTER TABLE app.users ALTER COLUMN name RESET (n_distinct)

== column: comment
COMMENT ON COLUMN app.users.name IS E'line one\nline two'
-- undo
COMMENT ON COLUMN app.users.name IS NULL

== column: grant
GRANT UPDATE (name) ON app.users TO catalog_reader
-- undo
REVOKE UPDATE (name) ON app.users FROM catalog_reader

== constraint: check
ALTER TABLE app.orders ADD CONSTRAINT short CHECK (length(code) < 10)
-- undo
ALTER TABLE app.orders DROP CONSTRAINT short

== constraint: check not valid
ALTER TABLE app.orders ADD CONSTRAINT short CHECK (length(code) < 10) NOT VALID
-- undo
ALTER TABLE app.orders DROP CONSTRAINT short

== constraint: check on a parent
ALTER TABLE app.parent ADD CONSTRAINT a_positive CHECK (a > 0)
-- undo
ALTER TABLE app.parent DROP CONSTRAINT a_positive

== constraint: check without inheritance
ALTER TABLE app.parent ADD CONSTRAINT a_positive CHECK (a > 0) NO INHERIT
-- undo
ALTER TABLE app.parent DROP CONSTRAINT a_positive

== constraint: drop a check
ALTER TABLE app.users DROP CONSTRAINT score_positive
-- undo
ALTER TABLE app.users ADD CONSTRAINT score_positive CHECK (score >= 0)

== constraint: rename
ALTER TABLE app.users RENAME CONSTRAINT score_positive TO score_check
-- undo
ALTER TABLE app.users RENAME CONSTRAINT score_check TO score_positive

== constraint: unique
ALTER TABLE app.orders ADD CONSTRAINT one_code UNIQUE (code)
-- undo
ALTER TABLE app.orders DROP CONSTRAINT one_code

== constraint: unique with more columns and options
ALTER TABLE app.orders ADD CONSTRAINT one_code UNIQUE (code) INCLUDE (placed) WITH (fillfactor = 50) DEFERRABLE INITIALLY DEFERRED
-- undo
ALTER TABLE app.orders DROP CONSTRAINT one_code

== constraint: primary key
ALTER TABLE app.parent ADD PRIMARY KEY (a)
-- undo
ALTER TABLE app.parent DROP CONSTRAINT parent_pkey, ALTER COLUMN a DROP NOT NULL

== constraint: foreign key's action
ALTER TABLE app.orders DROP CONSTRAINT orders_user, ADD CONSTRAINT orders_user FOREIGN KEY (user_id) REFERENCES app.users (id) ON DELETE CASCADE ON UPDATE SET NULL
-- undo
ALTER TABLE app.orders DROP CONSTRAINT orders_user, ADD CONSTRAINT orders_user FOREIGN KEY (user_id) REFERENCES app.users (id)

== constraint: foreign key not valid
ALTER TABLE app.orders DROP CONSTRAINT orders_user, ADD CONSTRAINT orders_user FOREIGN KEY (user_id) REFERENCES app.users (id) NOT VALID
-- undo
ALTER TABLE app.orders VALIDATE CONSTRAINT orders_user

== constraint: foreign key deferrable
ALTER TABLE app.orders ALTER CONSTRAINT orders_user DEFERRABLE
-- undo
ALTER TABLE app.orders ALTER CONSTRAINT orders_user NOT DEFERRABLE

== constraint: foreign key from a partitioned table
ALTER TABLE app.logs ADD COLUMN user_id bigint REFERENCES app.users (id) MATCH FULL
-- undo
ALTER TABLE app.logs DROP COLUMN user_id

== constraint: drop an exclusion
ALTER TABLE app.orders DROP CONSTRAINT no_overlap
-- undo
ALTER TABLE app.orders ADD CONSTRAINT no_overlap EXCLUDE USING gist (span WITH &&)

== constraint: comment
COMMENT ON CONSTRAINT score_positive ON app.users IS 'no debts'
-- undo
COMMENT ON CONSTRAINT score_positive ON app.users IS NULL

== constraint: comment on its index
COMMENT ON INDEX app.users_pkey IS 'the key'
-- undo
COMMENT ON INDEX app.users_pkey IS NULL

== index: add
CREATE INDEX orders_code ON app.orders (code DESC NULLS LAST)
-- undo
DROP INDEX app.orders_code

== index: unique, with expression, operator class and included column
CREATE UNIQUE INDEX orders_code ON app.orders (lower(code) text_pattern_ops) INCLUDE (placed) WHERE placed IS NOT NULL
-- undo
DROP INDEX app.orders_code

== index: add to a partitioned table
CREATE INDEX logs_at ON app.logs (at)
-- undo
DROP INDEX app.logs_at

== index: rename
ALTER INDEX app.users_name RENAME TO users_by_name
-- undo
ALTER INDEX app.users_by_name RENAME TO users_name

== index: option
ALTER INDEX app.users_name SET (fillfactor = 60)
-- undo
ALTER INDEX app.users_name RESET (fillfactor)

== index: statistics of an expression
ALTER INDEX app.users_lower ALTER COLUMN 1 SET STATISTICS 200
-- undo
ALTER INDEX app.users_lower ALTER COLUMN 1 SET STATISTICS -1

== index: cluster on
ALTER TABLE app.users CLUSTER ON users_name
-- undo
ALTER TABLE app.users SET WITHOUT CLUSTER

== index: comment
COMMENT ON INDEX app.users_name IS 'for the search'
-- undo
COMMENT ON INDEX app.users_name IS NULL

== enum: value in the middle
ALTER TYPE app.status ADD VALUE 'sent' AFTER 'paid'

== enum: rename a value
ALTER TYPE app.status RENAME VALUE 'open' TO 'new'
-- undo
ALTER TYPE app.status RENAME VALUE 'new' TO 'open'

== enum: owner
ALTER TYPE app.status OWNER TO catalog_owner
-- undo
ALTER TYPE app.status OWNER TO postgres

== enum: revoke
REVOKE USAGE ON TYPE app.status FROM PUBLIC
-- undo
GRANT USAGE ON TYPE app.status TO PUBLIC

== domain: check
ALTER DOMAIN app.email ADD CONSTRAINT short CHECK (length(value) < 100)
-- undo
ALTER DOMAIN app.email DROP CONSTRAINT short

== domain: default
ALTER DOMAIN app.email SET DEFAULT 'a@b'
-- undo
ALTER DOMAIN app.email DROP DEFAULT

== domain: not null
ALTER DOMAIN app.email SET NOT NULL
-- undo
ALTER DOMAIN app.email DROP NOT NULL

== domain: comment on its check
COMMENT ON CONSTRAINT at ON DOMAIN app.email IS 'an address'
-- undo
COMMENT ON CONSTRAINT at ON DOMAIN app.email IS NULL

== composite: attribute
ALTER TYPE app.address ADD ATTRIBUTE zip varchar(10)
-- undo
ALTER TYPE app.address DROP ATTRIBUTE zip

== composite: attribute's type
ALTER TYPE app.address ALTER ATTRIBUTE city TYPE varchar(50)
-- undo
ALTER TYPE app.address ALTER ATTRIBUTE city TYPE text

== composite: comment on an attribute
COMMENT ON COLUMN app.address.city IS 'with the country'
-- undo
COMMENT ON COLUMN app.address.city IS NULL

== range: add
CREATE TYPE app.times AS RANGE (subtype = time, multirange_type_name = app.many_times)
-- undo
DROP TYPE app.times

== sequence: options
ALTER SEQUENCE app.ticket INCREMENT BY 5 MINVALUE -10 MAXVALUE 1000 CACHE 20 CYCLE
-- undo
ALTER SEQUENCE app.ticket INCREMENT BY 1 NO MINVALUE NO MAXVALUE CACHE 1 NO CYCLE

== sequence: type
ALTER SEQUENCE app.ticket AS integer
-- undo
ALTER SEQUENCE app.ticket AS bigint

== sequence: owned by
ALTER SEQUENCE app.ticket OWNED BY app.users.score
-- undo
ALTER SEQUENCE app.ticket OWNED BY NONE

== sequence: of a serial column set free
ALTER SEQUENCE app.orders_id_seq OWNED BY NONE
-- undo
ALTER SEQUENCE app.orders_id_seq OWNED BY app.orders.id

== sequence: grant
GRANT USAGE ON SEQUENCE app.ticket TO catalog_reader
-- undo
REVOKE USAGE ON SEQUENCE app.ticket FROM catalog_reader

== view: definition
CREATE OR REPLACE VIEW app.active AS SELECT id, name FROM app.users WHERE state <> 'done'
-- undo
CREATE OR REPLACE VIEW app.active AS SELECT id, name FROM app.users WHERE state = 'open'

== view: options
ALTER VIEW app.active SET (check_option = local, security_barrier = true)
-- undo
ALTER VIEW app.active RESET (security_barrier, check_option)

== view: default of a column
ALTER VIEW app.active ALTER COLUMN name SET DEFAULT 'x'
-- undo
ALTER VIEW app.active ALTER COLUMN name DROP DEFAULT

== view: comment on a column
COMMENT ON COLUMN app.active.name IS 'shown'
-- undo
COMMENT ON COLUMN app.active.name IS NULL

== view: revoke
REVOKE SELECT ON app.active FROM catalog_reader
-- undo
GRANT SELECT ON app.active TO catalog_reader

== materialized view: index
CREATE UNIQUE INDEX counts_state ON app.counts (state)
-- undo
DROP INDEX app.counts_state

== materialized view: drop
DROP MATERIALIZED VIEW app.counts
-- undo
CREATE MATERIALIZED VIEW app.counts AS SELECT state, count(*) AS n FROM app.users GROUP BY state

== materialized view: statistics target
ALTER MATERIALIZED VIEW app.counts ALTER COLUMN n SET STATISTICS 7
-- undo
ALTER MATERIALIZED VIEW app.counts ALTER COLUMN n SET STATISTICS -1

== function: body
CREATE OR REPLACE FUNCTION app.twice(n integer) RETURNS integer LANGUAGE sql AS 'SELECT n + n'
-- undo
CREATE OR REPLACE FUNCTION app.twice(n integer) RETURNS integer LANGUAGE sql AS $$
    SELECT n * 2
$$

== function: overload
CREATE FUNCTION app.twice(n text) RETURNS text LANGUAGE sql AS 'SELECT n || n'
-- undo
DROP FUNCTION app.twice(text)

== function: default of an argument
CREATE OR REPLACE FUNCTION app.twice(n integer DEFAULT 1) RETURNS integer LANGUAGE sql AS $$
    SELECT n * 2
$$
-- undo
DROP FUNCTION app.twice(integer); CREATE FUNCTION app.twice(n integer) RETURNS integer LANGUAGE sql AS $$
    SELECT n * 2
$$

== function: written in SQL's own way
CREATE OR REPLACE FUNCTION app.twice(n integer) RETURNS integer LANGUAGE sql RETURN n * 2
-- undo
CREATE OR REPLACE FUNCTION app.twice(n integer) RETURNS integer LANGUAGE sql AS $$
    SELECT n * 2
$$

== function: volatility
ALTER FUNCTION app.twice(integer) IMMUTABLE
-- undo
ALTER FUNCTION app.twice(integer) VOLATILE

== function: strict
ALTER FUNCTION app.twice(integer) STRICT
-- undo
ALTER FUNCTION app.twice(integer) CALLED ON NULL INPUT

== function: security definer
ALTER FUNCTION app.twice(integer) SECURITY DEFINER
-- undo
ALTER FUNCTION app.twice(integer) SECURITY INVOKER

== function: parallel
ALTER FUNCTION app.twice(integer) PARALLEL SAFE
-- undo
ALTER FUNCTION app.twice(integer) PARALLEL UNSAFE

== function: leakproof
ALTER FUNCTION app.twice(integer) LEAKPROOF
-- undo
ALTER FUNCTION app.twice(integer) NOT LEAKPROOF

== function: cost
ALTER FUNCTION app.twice(integer) COST 5
-- undo
ALTER FUNCTION app.twice(integer) COST 100

== function: setting
ALTER FUNCTION app.twice(integer) SET search_path = app, public
-- undo
ALTER FUNCTION app.twice(integer) RESET search_path

== function: revoke
REVOKE EXECUTE ON FUNCTION app.twice(integer) FROM PUBLIC
-- undo
GRANT EXECUTE ON FUNCTION app.twice(integer) TO PUBLIC

== function: owner
ALTER FUNCTION app.twice(integer) OWNER TO catalog_owner
-- undo
ALTER FUNCTION app.twice(integer) OWNER TO postgres

== procedure: comment
COMMENT ON PROCEDURE app.clean(integer) IS 'every week'
-- undo
COMMENT ON PROCEDURE app.clean(integer) IS NULL

== aggregate: initial value
CREATE OR REPLACE AGGREGATE app.sum_of(integer) (sfunc = int4pl, stype = integer, initcond = '1')
-- undo
CREATE OR REPLACE AGGREGATE app.sum_of(integer) (sfunc = int4pl, stype = integer, initcond = '0')

== function: rows
ALTER FUNCTION app.series() ROWS 5
-- undo
ALTER FUNCTION app.series() ROWS 1000

== function: window
CREATE FUNCTION app.nth() RETURNS bigint LANGUAGE internal WINDOW AS 'window_row_number'
-- undo
DROP FUNCTION app.nth()

== function: support
ALTER FUNCTION app.series() SUPPORT pg_catalog.generate_series_int4_support
-- undo
DROP FUNCTION app.series(); CREATE FUNCTION app.series() RETURNS SETOF integer LANGUAGE sql AS 'SELECT 1'

== aggregate: with all its functions
CREATE AGGREGATE app.mean(numeric) (sfunc = numeric_avg_accum, stype = internal, sspace = 128, finalfunc = numeric_avg, finalfunc_modify = shareable,
    combinefunc = numeric_avg_combine, serialfunc = numeric_avg_serialize, deserialfunc = numeric_avg_deserialize,
    msfunc = numeric_avg_accum, minvfunc = numeric_accum_inv, mstype = internal, msspace = 128, mfinalfunc = numeric_avg, mfinalfunc_modify = read_write)
-- undo
DROP AGGREGATE app.mean(numeric)

== aggregate: ordered set
CREATE AGGREGATE app.middle(double precision ORDER BY anyelement) (sfunc = ordered_set_transition, stype = internal,
    finalfunc = percentile_disc_final, finalfunc_extra)
-- undo
DROP AGGREGATE app.middle(double precision ORDER BY anyelement)

== aggregate: sort operator
CREATE OR REPLACE AGGREGATE app.largest(integer) (sfunc = int4larger, stype = integer, sortop = OPERATOR(pg_catalog.>))
-- undo
CREATE OR REPLACE AGGREGATE app.largest(integer) (sfunc = int4larger, stype = integer)

== foreign table: add
CREATE FOREIGN TABLE app.away (id integer OPTIONS (name 'x')) SERVER far OPTIONS (place 'moon')
-- undo
DROP FOREIGN TABLE app.away

== foreign table: option
ALTER FOREIGN TABLE app.abroad OPTIONS (ADD place 'moon')
-- undo
ALTER FOREIGN TABLE app.abroad OPTIONS (DROP place)

== foreign table: option of a column
ALTER FOREIGN TABLE app.abroad ALTER COLUMN id OPTIONS (ADD name 'nr')
-- undo
ALTER FOREIGN TABLE app.abroad ALTER COLUMN id OPTIONS (DROP name)

== foreign table: grant
GRANT SELECT ON app.abroad TO catalog_reader
-- undo
REVOKE SELECT ON app.abroad FROM catalog_reader

== range: with all its functions
CREATE TYPE app.words AS RANGE (subtype = text, subtype_opclass = text_pattern_ops, collation = "C", subtype_diff = app.distance)
-- undo
DROP TYPE app.words

== trigger: add
CREATE TRIGGER later AFTER INSERT ON app.users REFERENCING NEW TABLE AS fresh FOR EACH STATEMENT EXECUTE FUNCTION app.touch()
-- undo
DROP TRIGGER later ON app.users

== trigger: disable
ALTER TABLE app.users DISABLE TRIGGER touch
-- undo
ALTER TABLE app.users ENABLE TRIGGER touch

== trigger: always
ALTER TABLE app.users ENABLE ALWAYS TRIGGER touch
-- undo
ALTER TABLE app.users ENABLE TRIGGER touch

== trigger: on a partitioned table
CREATE TRIGGER touch_logs AFTER INSERT ON app.logs FOR EACH ROW EXECUTE FUNCTION app.touch()
-- undo
DROP TRIGGER touch_logs ON app.logs

== trigger: comment
COMMENT ON TRIGGER touch ON app.users IS 'keeps time'
-- undo
COMMENT ON TRIGGER touch ON app.users IS NULL

== policy: condition
ALTER POLICY own ON app.users USING (id > 1)
-- undo
ALTER POLICY own ON app.users USING (id > 0)

== policy: roles
ALTER POLICY own ON app.users TO catalog_reader, catalog_owner
-- undo
ALTER POLICY own ON app.users TO PUBLIC

== policy: restrictive, with check
CREATE POLICY strict ON app.users AS RESTRICTIVE FOR UPDATE USING (id > 0) WITH CHECK (id < 100)
-- undo
DROP POLICY strict ON app.users

== rule: other action
CREATE OR REPLACE RULE keep AS ON DELETE TO app.parent DO ALSO NOTIFY gone
-- undo
CREATE OR REPLACE RULE keep AS ON DELETE TO app.parent DO INSTEAD NOTHING

== rule: disable
ALTER TABLE app.parent DISABLE RULE keep
-- undo
ALTER TABLE app.parent ENABLE RULE keep

== silent: rows
INSERT INTO app.users (email) VALUES ('a@b')

== silent: a sequence's value
SELECT nextval('app.ticket')

== silent: analyze
ANALYZE

== silent: reindex
REINDEX TABLE app.users

== silent: rewrite
CLUSTER app.users USING users_name; ALTER TABLE app.users SET WITHOUT CLUSTER

== silent: refresh
REFRESH MATERIALIZED VIEW app.counts

== silent: a temporary table
CREATE TEMPORARY TABLE passing (id integer PRIMARY KEY)

== silent: a setting of the database
DO $$ BEGIN EXECUTE format('ALTER DATABASE %I SET work_mem = ''8MB''', current_database()); END $$

== silent: a column that came and went
ALTER TABLE app.orders ADD COLUMN gone integer; ALTER TABLE app.orders DROP COLUMN gone

== silent: the same default again
ALTER TABLE app.users ALTER COLUMN name SET DEFAULT ''

== silent: a grant to the owner
GRANT SELECT ON app.orders TO postgres

== extension: add, with all its members
CREATE EXTENSION citext SCHEMA app
-- undo
DROP EXTENSION citext

== schema: drop
DROP SCHEMA app CASCADE
