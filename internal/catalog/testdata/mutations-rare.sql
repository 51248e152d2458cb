-- As mutations.sql, for the kinds that few schemas have, and for what can be said of any kind: security
-- labels, dependence on extensions.

== statistics: add, with an expression
CREATE STATISTICS app.shape (ndistinct, mcv) ON state, lower(name), score FROM app.users
-- undo
DROP STATISTICS app.shape

== statistics: add, on one expression
CREATE STATISTICS app.shape ON (score * 2) FROM app.users
-- undo
DROP STATISTICS app.shape

== statistics: drop
DROP STATISTICS app.name_score
-- undo
CREATE STATISTICS app.name_score (dependencies) ON name, score FROM app.users

== statistics: other kinds
DROP STATISTICS app.name_score; CREATE STATISTICS app.name_score (mcv) ON name, score FROM app.users
-- undo
DROP STATISTICS app.name_score; CREATE STATISTICS app.name_score (dependencies) ON name, score FROM app.users

== statistics: target
ALTER STATISTICS app.name_score SET STATISTICS 300
-- undo
ALTER STATISTICS app.name_score SET STATISTICS -1

== statistics: target of none
ALTER STATISTICS app.name_score SET STATISTICS 0
-- undo
ALTER STATISTICS app.name_score SET STATISTICS -1

== statistics: owner
ALTER STATISTICS app.name_score OWNER TO catalog_owner
-- undo
ALTER STATISTICS app.name_score OWNER TO postgres

== statistics: rename
ALTER STATISTICS app.name_score RENAME TO name_and_score
-- undo
ALTER STATISTICS app.name_and_score RENAME TO name_score

== statistics: move to another schema
ALTER STATISTICS app.name_score SET SCHEMA public
-- undo
ALTER STATISTICS public.name_score SET SCHEMA app

== statistics: comment
COMMENT ON STATISTICS app.name_score IS 'they go together'
-- undo
COMMENT ON STATISTICS app.name_score IS NULL

== default privileges: add for all schemas
ALTER DEFAULT PRIVILEGES FOR ROLE catalog_owner GRANT SELECT, INSERT ON TABLES TO catalog_reader WITH GRANT OPTION
-- undo
ALTER DEFAULT PRIVILEGES FOR ROLE catalog_owner REVOKE ALL ON TABLES FROM catalog_reader

== default privileges: on sequences
ALTER DEFAULT PRIVILEGES FOR ROLE catalog_owner GRANT USAGE ON SEQUENCES TO catalog_reader
-- undo
ALTER DEFAULT PRIVILEGES FOR ROLE catalog_owner REVOKE USAGE ON SEQUENCES FROM catalog_reader

== default privileges: on functions, taken from all
ALTER DEFAULT PRIVILEGES FOR ROLE catalog_owner REVOKE EXECUTE ON FUNCTIONS FROM PUBLIC
-- undo
ALTER DEFAULT PRIVILEGES FOR ROLE catalog_owner GRANT EXECUTE ON FUNCTIONS TO PUBLIC

== default privileges: on types
ALTER DEFAULT PRIVILEGES FOR ROLE catalog_owner REVOKE USAGE ON TYPES FROM PUBLIC
-- undo
ALTER DEFAULT PRIVILEGES FOR ROLE catalog_owner GRANT USAGE ON TYPES TO PUBLIC

== default privileges: on schemas
ALTER DEFAULT PRIVILEGES FOR ROLE catalog_owner GRANT CREATE ON SCHEMAS TO catalog_reader
-- undo
ALTER DEFAULT PRIVILEGES FOR ROLE catalog_owner REVOKE CREATE ON SCHEMAS FROM catalog_reader

== default privileges: one more in a schema
ALTER DEFAULT PRIVILEGES FOR ROLE catalog_owner IN SCHEMA app GRANT UPDATE ON TABLES TO catalog_reader
-- undo
ALTER DEFAULT PRIVILEGES FOR ROLE catalog_owner IN SCHEMA app REVOKE UPDATE ON TABLES FROM catalog_reader

== default privileges: drop
ALTER DEFAULT PRIVILEGES FOR ROLE catalog_owner IN SCHEMA app REVOKE SELECT ON TABLES FROM catalog_reader
-- undo
ALTER DEFAULT PRIVILEGES FOR ROLE catalog_owner IN SCHEMA app GRANT SELECT ON TABLES TO catalog_reader

== silent: default privileges that are the default
ALTER DEFAULT PRIVILEGES FOR ROLE catalog_owner GRANT EXECUTE ON FUNCTIONS TO PUBLIC

== operator: add, with all its properties
CREATE OPERATOR app.!=== (leftarg = app.address, rightarg = app.address, function = app.different, commutator = OPERATOR(app.!===),
    negator = OPERATOR(app.===), restrict = neqsel, join = neqjoinsel)
-- undo
DROP OPERATOR app.!=== (app.address, app.address)

== operator: add one that others may hash and merge
CREATE OPERATOR app.==== (leftarg = app.address, rightarg = app.address, function = app.same, commutator = OPERATOR(app.====), hashes, merges)
-- undo
DROP OPERATOR app.==== (app.address, app.address)

== operator: before its argument
CREATE OPERATOR app.@# (rightarg = app.address, function = app.text_of)
-- undo
DROP OPERATOR app.@# (NONE, app.address)

== operator: whose commutator is a shell
CREATE OPERATOR app.<<<< (leftarg = app.address, rightarg = app.address, function = app.different, commutator = OPERATOR(app.>>>>))
-- undo
DROP OPERATOR app.<<<< (app.address, app.address)

== operator: estimators
ALTER OPERATOR app.=== (app.address, app.address) SET (restrict = eqsel, join = eqjoinsel)
-- undo
ALTER OPERATOR app.=== (app.address, app.address) SET (restrict = NONE, join = NONE)

== operator: owner
ALTER OPERATOR app.=== (app.address, app.address) OWNER TO catalog_owner
-- undo
ALTER OPERATOR app.=== (app.address, app.address) OWNER TO postgres

== operator: move to another schema
ALTER OPERATOR app.=== (app.address, app.address) SET SCHEMA public
-- undo
ALTER OPERATOR public.=== (app.address, app.address) SET SCHEMA app

== operator: comment
COMMENT ON OPERATOR app.=== (app.address, app.address) IS 'in the same city'
-- undo
COMMENT ON OPERATOR app.=== (app.address, app.address) IS NULL

== operator class: add the default one, stored as another type
CREATE OPERATOR CLASS app.by_text DEFAULT FOR TYPE app.span USING gist AS OPERATOR 3 && (anyrange, anyrange),
    OPERATOR 15 <-> (point, point) FOR ORDER BY float_ops, FUNCTION 1 range_gist_consistent(internal, anyrange, smallint, oid, internal), STORAGE box
-- undo
DROP OPERATOR FAMILY app.by_text USING gist

== operator class: add to a family of another name
CREATE OPERATOR CLASS app.by_place FOR TYPE app.address USING btree FAMILY app.spare AS OPERATOR 3 app.===, FUNCTION 1 app.compare(app.address, app.address)
-- undo
DROP OPERATOR CLASS app.by_place USING btree

== operator class: drop
DROP OPERATOR CLASS app.by_city USING hash
-- undo
CREATE OPERATOR CLASS app.by_city FOR TYPE app.address USING hash FAMILY app.by_city AS OPERATOR 1 app.===, FUNCTION 1 app.hash(app.address)

== operator class: rename
ALTER OPERATOR CLASS app.by_city USING hash RENAME TO by_town
-- undo
ALTER OPERATOR CLASS app.by_town USING hash RENAME TO by_city

== operator class: owner
ALTER OPERATOR CLASS app.by_city USING hash OWNER TO catalog_owner
-- undo
ALTER OPERATOR CLASS app.by_city USING hash OWNER TO postgres

== operator class: comment
COMMENT ON OPERATOR CLASS app.by_city USING hash IS 'the city alone'
-- undo
COMMENT ON OPERATOR CLASS app.by_city USING hash IS NULL

== operator family: add
CREATE OPERATOR FAMILY app.lonely USING gin
-- undo
DROP OPERATOR FAMILY app.lonely USING gin

== operator family: members
ALTER OPERATOR FAMILY app.spare USING btree ADD OPERATOR 3 app.=== (app.address, app.address), FUNCTION 1 (app.address, app.address) app.compare(app.address, app.address)
-- undo
ALTER OPERATOR FAMILY app.spare USING btree DROP OPERATOR 3 (app.address, app.address), FUNCTION 1 (app.address, app.address)

== operator family: rename
ALTER OPERATOR FAMILY app.spare USING btree RENAME TO reserve
-- undo
ALTER OPERATOR FAMILY app.reserve USING btree RENAME TO spare

== operator family: owner
ALTER OPERATOR FAMILY app.spare USING btree OWNER TO catalog_owner
-- undo
ALTER OPERATOR FAMILY app.spare USING btree OWNER TO postgres

== operator family: comment
COMMENT ON OPERATOR FAMILY app.spare USING btree IS 'not used yet'
-- undo
COMMENT ON OPERATOR FAMILY app.spare USING btree IS NULL

== cast: add, by way of text
CREATE CAST (app.address AS integer) WITH INOUT AS IMPLICIT
-- undo
DROP CAST (app.address AS integer)

== cast: add, without a function
CREATE CAST (app.money AS integer) WITHOUT FUNCTION
-- undo
DROP CAST (app.money AS integer)

== cast: between types of the system
CREATE CAST (date AS integer) WITH INOUT
-- undo
DROP CAST (date AS integer)

== cast: context
DROP CAST (app.address AS text); CREATE CAST (app.address AS text) WITH FUNCTION app.text_of(app.address)
-- undo
DROP CAST (app.address AS text); CREATE CAST (app.address AS text) WITH FUNCTION app.text_of(app.address) AS ASSIGNMENT

== cast: comment
COMMENT ON CAST (app.address AS text) IS 'the city'
-- undo
COMMENT ON CAST (app.address AS text) IS NULL

== transform: add
CREATE TRANSFORM FOR bigint LANGUAGE sql (TO SQL WITH FUNCTION int8recv(internal))
-- undo
DROP TRANSFORM FOR bigint LANGUAGE sql

== transform: not to SQL
CREATE OR REPLACE TRANSFORM FOR integer LANGUAGE sql (FROM SQL WITH FUNCTION prsd_lextype(internal))
-- undo
CREATE OR REPLACE TRANSFORM FOR integer LANGUAGE sql (FROM SQL WITH FUNCTION prsd_lextype(internal), TO SQL WITH FUNCTION int4recv(internal))

== transform: not from SQL
CREATE OR REPLACE TRANSFORM FOR integer LANGUAGE sql (TO SQL WITH FUNCTION int4recv(internal))
-- undo
CREATE OR REPLACE TRANSFORM FOR integer LANGUAGE sql (FROM SQL WITH FUNCTION prsd_lextype(internal), TO SQL WITH FUNCTION int4recv(internal))

== transform: comment
COMMENT ON TRANSFORM FOR integer LANGUAGE sql IS 'both ways'
-- undo
COMMENT ON TRANSFORM FOR integer LANGUAGE sql IS NULL

== transform: of a function
CREATE FUNCTION app.turned(integer) RETURNS integer LANGUAGE sql TRANSFORM FOR TYPE integer AS 'SELECT $1'
-- undo
DROP FUNCTION app.turned(integer)

== collation: add, of the C library
CREATE COLLATION app.mixed (lc_collate = 'C', lc_ctype = 'POSIX')
-- undo
DROP COLLATION app.mixed

== collation: add, that takes different strings for equal
CREATE COLLATION app.loose (provider = icu, locale = 'und-u-ks-level2', deterministic = false)
-- undo
DROP COLLATION app.loose

== collation: locale
DROP COLLATION app.german; CREATE COLLATION app.german (provider = icu, locale = 'de-AT')
-- undo
DROP COLLATION app.german; CREATE COLLATION app.german (provider = icu, locale = 'de-DE')

== collation: rename
ALTER COLLATION app.german RENAME TO deutsch
-- undo
ALTER COLLATION app.deutsch RENAME TO german

== collation: owner
ALTER COLLATION app.german OWNER TO catalog_owner
-- undo
ALTER COLLATION app.german OWNER TO postgres

== collation: comment
COMMENT ON COLLATION app.german IS 'as in a dictionary'
-- undo
COMMENT ON COLLATION app.german IS NULL

== silent: a collation's version
ALTER COLLATION app.german REFRESH VERSION

== conversion: add the default one
CREATE DEFAULT CONVERSION app.latin_too FOR 'LATIN1' TO 'UTF8' FROM iso8859_1_to_utf8
-- undo
DROP CONVERSION app.latin_too

== conversion: other encodings
DROP CONVERSION app.latin; CREATE CONVERSION app.latin FOR 'UTF8' TO 'LATIN1' FROM utf8_to_iso8859_1
-- undo
DROP CONVERSION app.latin; CREATE CONVERSION app.latin FOR 'LATIN1' TO 'UTF8' FROM iso8859_1_to_utf8

== conversion: move to another schema
ALTER CONVERSION app.latin SET SCHEMA public
-- undo
ALTER CONVERSION public.latin SET SCHEMA app

== conversion: owner
ALTER CONVERSION app.latin OWNER TO catalog_owner
-- undo
ALTER CONVERSION app.latin OWNER TO postgres

== conversion: comment
COMMENT ON CONVERSION app.latin IS 'for old files'
-- undo
COMMENT ON CONVERSION app.latin IS NULL

== text search parser: add, with headlines
CREATE TEXT SEARCH PARSER app.lines (START = prsd_start, GETTOKEN = prsd_nexttoken, END = prsd_end, HEADLINE = prsd_headline, LEXTYPES = prsd_lextype)
-- undo
DROP TEXT SEARCH PARSER app.lines

== text search parser: rename
ALTER TEXT SEARCH PARSER app.words RENAME TO terms
-- undo
ALTER TEXT SEARCH PARSER app.terms RENAME TO words

== text search parser: comment
COMMENT ON TEXT SEARCH PARSER app.words IS 'as the default one'
-- undo
COMMENT ON TEXT SEARCH PARSER app.words IS NULL

== text search template: add, with a function for its start
CREATE TEXT SEARCH TEMPLATE app.stems (INIT = dsimple_init, LEXIZE = dsimple_lexize)
-- undo
DROP TEXT SEARCH TEMPLATE app.stems

== text search template: move to another schema
ALTER TEXT SEARCH TEMPLATE app.plain SET SCHEMA public
-- undo
ALTER TEXT SEARCH TEMPLATE public.plain SET SCHEMA app

== text search template: comment
COMMENT ON TEXT SEARCH TEMPLATE app.plain IS 'as they are'
-- undo
COMMENT ON TEXT SEARCH TEMPLATE app.plain IS NULL

== text search dictionary: add, with options
CREATE TEXT SEARCH DICTIONARY app.short (TEMPLATE = pg_catalog.simple, stopwords = 'english', accept = false)
-- undo
DROP TEXT SEARCH DICTIONARY app.short

== text search dictionary: options
DROP TEXT SEARCH CONFIGURATION app.search; DROP TEXT SEARCH DICTIONARY app.plain;
CREATE TEXT SEARCH DICTIONARY app.plain (TEMPLATE = pg_catalog.simple, stopwords = 'russian');
CREATE TEXT SEARCH CONFIGURATION app.search (PARSER = app.words);
ALTER TEXT SEARCH CONFIGURATION app.search ADD MAPPING FOR asciiword, word WITH app.plain, simple
-- undo
DROP TEXT SEARCH CONFIGURATION app.search; DROP TEXT SEARCH DICTIONARY app.plain; CREATE TEXT SEARCH DICTIONARY app.plain (TEMPLATE = app.plain);
CREATE TEXT SEARCH CONFIGURATION app.search (PARSER = app.words);
ALTER TEXT SEARCH CONFIGURATION app.search ADD MAPPING FOR asciiword, word WITH app.plain, simple

== text search dictionary: owner
ALTER TEXT SEARCH DICTIONARY app.plain OWNER TO catalog_owner
-- undo
ALTER TEXT SEARCH DICTIONARY app.plain OWNER TO postgres

== text search dictionary: comment
COMMENT ON TEXT SEARCH DICTIONARY app.plain IS 'as they are'
-- undo
COMMENT ON TEXT SEARCH DICTIONARY app.plain IS NULL

== text search configuration: add
CREATE TEXT SEARCH CONFIGURATION app.english (COPY = english)
-- undo
DROP TEXT SEARCH CONFIGURATION app.english

== text search configuration: a mapping more
ALTER TEXT SEARCH CONFIGURATION app.search ADD MAPPING FOR email WITH simple
-- undo
ALTER TEXT SEARCH CONFIGURATION app.search DROP MAPPING FOR email

== text search configuration: dictionaries in another order
ALTER TEXT SEARCH CONFIGURATION app.search ALTER MAPPING FOR word WITH simple, app.plain
-- undo
ALTER TEXT SEARCH CONFIGURATION app.search ALTER MAPPING FOR word WITH app.plain, simple

== text search configuration: other parser
DROP TEXT SEARCH CONFIGURATION app.search; CREATE TEXT SEARCH CONFIGURATION app.search (PARSER = "default");
ALTER TEXT SEARCH CONFIGURATION app.search ADD MAPPING FOR asciiword, word WITH app.plain, simple
-- undo
DROP TEXT SEARCH CONFIGURATION app.search; CREATE TEXT SEARCH CONFIGURATION app.search (PARSER = app.words);
ALTER TEXT SEARCH CONFIGURATION app.search ADD MAPPING FOR asciiword, word WITH app.plain, simple

== text search configuration: owner
ALTER TEXT SEARCH CONFIGURATION app.search OWNER TO catalog_owner
-- undo
ALTER TEXT SEARCH CONFIGURATION app.search OWNER TO postgres

== text search configuration: comment
COMMENT ON TEXT SEARCH CONFIGURATION app.search IS 'for titles'
-- undo
COMMENT ON TEXT SEARCH CONFIGURATION app.search IS NULL

== foreign data wrapper: add, with functions
CREATE FUNCTION app.far_reach() RETURNS fdw_handler LANGUAGE internal AS 'heap_tableam_handler';
CREATE FOREIGN DATA WRAPPER somewhere HANDLER app.far_reach VALIDATOR postgresql_fdw_validator
-- undo
DROP FOREIGN DATA WRAPPER somewhere; DROP FUNCTION app.far_reach()

== foreign data wrapper: option
ALTER FOREIGN DATA WRAPPER nowhere OPTIONS (ADD colour 'it''s red')
-- undo
ALTER FOREIGN DATA WRAPPER nowhere OPTIONS (DROP colour)

== foreign data wrapper: owner
ALTER ROLE catalog_owner SUPERUSER; ALTER FOREIGN DATA WRAPPER nowhere OWNER TO catalog_owner
-- undo
ALTER FOREIGN DATA WRAPPER nowhere OWNER TO postgres; ALTER ROLE catalog_owner NOSUPERUSER

== foreign data wrapper: grant
GRANT USAGE ON FOREIGN DATA WRAPPER nowhere TO catalog_reader
-- undo
REVOKE USAGE ON FOREIGN DATA WRAPPER nowhere FROM catalog_reader

== foreign data wrapper: comment
COMMENT ON FOREIGN DATA WRAPPER nowhere IS 'a stub'
-- undo
COMMENT ON FOREIGN DATA WRAPPER nowhere IS NULL

== server: add
CREATE SERVER beside TYPE 'post' VERSION '1.0' FOREIGN DATA WRAPPER nowhere OPTIONS (host 'near', "Port" '1')
-- undo
DROP SERVER beside

== server: options
ALTER SERVER far OPTIONS (ADD b '1', ADD a '2')
-- undo
ALTER SERVER far OPTIONS (DROP a, DROP b)

== server: password
ALTER SERVER far OPTIONS (SET password 'another secret')
-- undo
ALTER SERVER far OPTIONS (SET password 'secret')

== server: rename
ALTER SERVER far RENAME TO away
-- undo
ALTER SERVER away RENAME TO far

== server: owner
ALTER ROLE catalog_owner SUPERUSER; ALTER SERVER far OWNER TO catalog_owner
-- undo
ALTER SERVER far OWNER TO postgres; ALTER ROLE catalog_owner NOSUPERUSER

== server: grant
GRANT USAGE ON FOREIGN SERVER far TO catalog_reader
-- undo
REVOKE USAGE ON FOREIGN SERVER far FROM catalog_reader

== server: comment
COMMENT ON SERVER far IS 'not answering'
-- undo
COMMENT ON SERVER far IS NULL

== user mapping: add
CREATE USER MAPPING FOR PUBLIC SERVER far
-- undo
DROP USER MAPPING FOR PUBLIC SERVER far

== user mapping: password
ALTER USER MAPPING FOR catalog_reader SERVER far OPTIONS (ADD user 'me', ADD password 'secret')
-- undo
ALTER USER MAPPING FOR catalog_reader SERVER far OPTIONS (DROP user, DROP password)

== user mapping: drop
DROP USER MAPPING FOR catalog_reader SERVER far
-- undo
CREATE USER MAPPING FOR catalog_reader SERVER far

== publication: add, for all tables
CREATE PUBLICATION everything FOR ALL TABLES WITH (publish = 'insert, delete', publish_via_partition_root)
-- undo
DROP PUBLICATION everything

== publication: nothing is published
ALTER PUBLICATION news SET (publish = '')
-- undo
ALTER PUBLICATION news SET (publish = 'insert, update, delete, truncate')

== publication: by the partitioned table
ALTER PUBLICATION news SET (publish_via_partition_root = true)
-- undo
ALTER PUBLICATION news SET (publish_via_partition_root = false)

== publication: a table more
ALTER PUBLICATION news ADD TABLE app.logs
-- undo
ALTER PUBLICATION news DROP TABLE app.logs

== publication: no table
ALTER PUBLICATION news DROP TABLE ONLY app.parent
-- undo
ALTER PUBLICATION news ADD TABLE ONLY app.parent

== publication: rename
ALTER PUBLICATION news RENAME TO olds
-- undo
ALTER PUBLICATION olds RENAME TO news

== publication: owner
DO $$ BEGIN EXECUTE format('GRANT CREATE ON DATABASE %I TO catalog_owner', current_database()); END $$; ALTER PUBLICATION news OWNER TO catalog_owner
-- undo
ALTER PUBLICATION news OWNER TO postgres

== publication: comment
COMMENT ON PUBLICATION news IS 'for the archive'
-- undo
COMMENT ON PUBLICATION news IS NULL

== subscription: add
CREATE SUBSCRIPTION feed CONNECTION 'host=nowhere password=secret' PUBLICATION a, b WITH (connect = false, slot_name = NONE)
-- undo
DROP SUBSCRIPTION feed

== subscription: add, with options
CREATE SUBSCRIPTION feed CONNECTION 'host=nowhere' PUBLICATION a WITH (connect = false, slot_name = 'here', binary = true, streaming = on, synchronous_commit = local)
-- undo
ALTER SUBSCRIPTION feed SET (slot_name = NONE); DROP SUBSCRIPTION feed

== subscription: one for the next ones
CREATE SUBSCRIPTION feed CONNECTION 'host=nowhere' PUBLICATION a WITH (connect = false, slot_name = NONE, streaming = off)

== subscription: publications
ALTER SUBSCRIPTION feed SET PUBLICATION b, c WITH (refresh = false)
-- undo
ALTER SUBSCRIPTION feed SET PUBLICATION a WITH (refresh = false)

== subscription: slot
ALTER SUBSCRIPTION feed SET (slot_name = 'there')
-- undo
ALTER SUBSCRIPTION feed SET (slot_name = NONE)

== subscription: binary
ALTER SUBSCRIPTION feed SET (binary = true)
-- undo
ALTER SUBSCRIPTION feed SET (binary = false)

== subscription: streaming
ALTER SUBSCRIPTION feed SET (streaming = on)
-- undo
ALTER SUBSCRIPTION feed SET (streaming = off)

== subscription: commits
ALTER SUBSCRIPTION feed SET (synchronous_commit = 'local')
-- undo
ALTER SUBSCRIPTION feed SET (synchronous_commit = 'off')

== [15] subscription: stops on errors
ALTER SUBSCRIPTION feed SET (disable_on_error = true)
-- undo
ALTER SUBSCRIPTION feed SET (disable_on_error = false)

== [15] subscription: two phases
UPDATE pg_subscription SET subtwophasestate = 'e' WHERE subname = 'feed'
-- undo
UPDATE pg_subscription SET subtwophasestate = 'd' WHERE subname = 'feed'

== [16] subscription: without a password
ALTER SUBSCRIPTION feed SET (password_required = false)
-- undo
ALTER SUBSCRIPTION feed SET (password_required = true)

== [16] subscription: as its owner
ALTER SUBSCRIPTION feed SET (run_as_owner = true)
-- undo
ALTER SUBSCRIPTION feed SET (run_as_owner = false)

== [16] subscription: origin
ALTER SUBSCRIPTION feed SET (origin = none)
-- undo
ALTER SUBSCRIPTION feed SET (origin = any)

== [17] subscription: survives its publisher
UPDATE pg_subscription SET subfailover = true WHERE subname = 'feed'
-- undo
UPDATE pg_subscription SET subfailover = false WHERE subname = 'feed'

== subscription: connection
ALTER SUBSCRIPTION feed CONNECTION 'host=elsewhere password=secret'
-- undo
ALTER SUBSCRIPTION feed CONNECTION 'host=nowhere'

== subscription: rename
ALTER SUBSCRIPTION feed RENAME TO stream
-- undo
ALTER SUBSCRIPTION stream RENAME TO feed

== subscription: owner
ALTER ROLE catalog_owner SUPERUSER; ALTER SUBSCRIPTION feed OWNER TO catalog_owner
-- undo
ALTER SUBSCRIPTION feed OWNER TO postgres; ALTER ROLE catalog_owner NOSUPERUSER

== subscription: comment
COMMENT ON SUBSCRIPTION feed IS 'from the archive'
-- undo
COMMENT ON SUBSCRIPTION feed IS NULL

== security label: of a subscription
INSERT INTO pg_catalog.pg_shseclabel SELECT oid, 'pg_subscription'::regclass, 'lattice', 'top' FROM pg_subscription WHERE subname = 'feed'
-- undo
DELETE FROM pg_catalog.pg_shseclabel

== subscription: drop
DROP SUBSCRIPTION feed

== event trigger: add, for some commands
CREATE EVENT TRIGGER made ON ddl_command_end WHEN TAG IN ('CREATE TABLE', 'DROP TABLE') EXECUTE FUNCTION app.watch()
-- undo
DROP EVENT TRIGGER made

== event trigger: disable
ALTER EVENT TRIGGER watch DISABLE
-- undo
ALTER EVENT TRIGGER watch ENABLE

== event trigger: always
ALTER EVENT TRIGGER watch ENABLE ALWAYS
-- undo
ALTER EVENT TRIGGER watch ENABLE

== event trigger: on replicas
ALTER EVENT TRIGGER watch ENABLE REPLICA
-- undo
ALTER EVENT TRIGGER watch ENABLE

== event trigger: rename
ALTER EVENT TRIGGER watch RENAME TO look
-- undo
ALTER EVENT TRIGGER look RENAME TO watch

== event trigger: owner
ALTER ROLE catalog_owner SUPERUSER; ALTER EVENT TRIGGER watch OWNER TO catalog_owner
-- undo
ALTER EVENT TRIGGER watch OWNER TO postgres; ALTER ROLE catalog_owner NOSUPERUSER

== event trigger: comment
COMMENT ON EVENT TRIGGER watch IS 'sees what goes'
-- undo
COMMENT ON EVENT TRIGGER watch IS NULL

== language: add, with all its functions
CREATE LANGUAGE slang HANDLER app.dialect_handler INLINE app.dialect_inline VALIDATOR app.dialect_validator
-- undo
DROP LANGUAGE slang

== language: grant
GRANT USAGE ON LANGUAGE dialect TO catalog_reader
-- undo
REVOKE USAGE ON LANGUAGE dialect FROM catalog_reader

== language: revoke
REVOKE USAGE ON LANGUAGE dialect FROM PUBLIC
-- undo
GRANT USAGE ON LANGUAGE dialect TO PUBLIC

== language: rename
ALTER LANGUAGE dialect RENAME TO accent
-- undo
ALTER LANGUAGE accent RENAME TO dialect

== language: owner
ALTER LANGUAGE dialect OWNER TO catalog_owner
-- undo
ALTER LANGUAGE dialect OWNER TO postgres

== language: comment
COMMENT ON LANGUAGE dialect IS 'spoken by few'
-- undo
COMMENT ON LANGUAGE dialect IS NULL

== access method: add one for indexes
CREATE ACCESS METHOD tree TYPE INDEX HANDLER bthandler
-- undo
DROP ACCESS METHOD tree

== access method: comment
COMMENT ON ACCESS METHOD shelf IS 'a heap'
-- undo
COMMENT ON ACCESS METHOD shelf IS NULL

== access method: of a table
CREATE TABLE app.shelved (a integer) USING shelf
-- undo
DROP TABLE app.shelved

== access method: of a materialized view
CREATE MATERIALIZED VIEW app.stored USING shelf AS SELECT 1 AS a
-- undo
DROP MATERIALIZED VIEW app.stored

== base type: add, with all its properties
CREATE TYPE app.thing; CREATE FUNCTION app.thing_in(cstring, oid, integer) RETURNS app.thing LANGUAGE internal IMMUTABLE STRICT AS 'varcharin';
CREATE FUNCTION app.thing_out(app.thing) RETURNS cstring LANGUAGE internal IMMUTABLE STRICT AS 'varcharout';
CREATE FUNCTION app.thing_receive(internal, oid, integer) RETURNS app.thing LANGUAGE internal IMMUTABLE STRICT AS 'varcharrecv';
CREATE FUNCTION app.thing_send(app.thing) RETURNS bytea LANGUAGE internal IMMUTABLE STRICT AS 'varcharsend';
CREATE FUNCTION app.thing_subscript(internal) RETURNS internal LANGUAGE internal IMMUTABLE STRICT AS 'raw_array_subscript_handler';
CREATE TYPE app.thing (input = app.thing_in, output = app.thing_out, receive = app.thing_receive, send = app.thing_send, typmod_in = varchartypmodin,
    typmod_out = varchartypmodout, analyze = range_typanalyze, subscript = app.thing_subscript, internallength = variable, alignment = double, storage = extended,
    category = 'x', preferred = true, default = 'no''thing', element = integer, delimiter = ';', collatable = true)
-- undo
DROP TYPE app.thing CASCADE; DROP FUNCTION app.thing_subscript(internal)

== base type: analyze
ALTER TYPE app.money SET (analyze = range_typanalyze)
-- undo
ALTER TYPE app.money SET (analyze = NONE)

== base type: grant
GRANT USAGE ON TYPE app.money TO catalog_reader
-- undo
REVOKE USAGE ON TYPE app.money FROM catalog_reader

== base type: revoke
REVOKE USAGE ON TYPE app.money FROM PUBLIC
-- undo
GRANT USAGE ON TYPE app.money TO PUBLIC

== base type: owner
ALTER TYPE app.money OWNER TO catalog_owner
-- undo
ALTER TYPE app.money OWNER TO postgres

== base type: rename
ALTER TYPE app.money RENAME TO coins
-- undo
ALTER TYPE app.coins RENAME TO money

== base type: comment
COMMENT ON TYPE app.money IS 'in cents'
-- undo
COMMENT ON TYPE app.money IS NULL

== shell type: add
CREATE TYPE app.promised
-- undo
DROP TYPE app.promised

== shell type: owner
ALTER TYPE app.later OWNER TO catalog_owner
-- undo
ALTER TYPE app.later OWNER TO postgres

== range: canonical form
CREATE TYPE app.steps; CREATE FUNCTION app.step(app.steps) RETURNS app.steps LANGUAGE internal IMMUTABLE STRICT AS 'int4range_canonical';
CREATE TYPE app.steps AS RANGE (subtype = integer, canonical = app.step)
-- undo
DROP TYPE app.steps CASCADE

== extension member: grant
GRANT EXECUTE ON FUNCTION app.triggered_change_notification() TO catalog_reader
-- undo
REVOKE EXECUTE ON FUNCTION app.triggered_change_notification() FROM catalog_reader

== extension member: as it was made
GRANT EXECUTE ON FUNCTION app.triggered_change_notification() TO PUBLIC
-- undo
REVOKE EXECUTE ON FUNCTION app.triggered_change_notification() FROM PUBLIC

== extension member: a language of the system
REVOKE USAGE ON LANGUAGE plpgsql FROM PUBLIC
-- undo
GRANT USAGE ON LANGUAGE plpgsql TO PUBLIC

== silent: extension member, comment
COMMENT ON FUNCTION app.triggered_change_notification() IS 'my own words'
-- undo
COMMENT ON FUNCTION app.triggered_change_notification() IS NULL

== system object: grant on a table
GRANT SELECT (rolname) ON pg_catalog.pg_authid TO catalog_reader
-- undo
REVOKE SELECT (rolname) ON pg_catalog.pg_authid FROM catalog_reader

== system object: one more
GRANT UPDATE ON pg_catalog.pg_authid TO catalog_reader
-- undo
REVOKE UPDATE ON pg_catalog.pg_authid FROM catalog_reader

== system object: revoke on a function
REVOKE EXECUTE ON FUNCTION pg_catalog.pg_sleep(double precision) FROM PUBLIC
-- undo
GRANT EXECUTE ON FUNCTION pg_catalog.pg_sleep(double precision) TO PUBLIC

== system object: grant on a function
GRANT EXECUTE ON FUNCTION pg_catalog.pg_ls_dir(text) TO catalog_reader
-- undo
REVOKE EXECUTE ON FUNCTION pg_catalog.pg_ls_dir(text) FROM catalog_reader

== system object: revoke on a type
REVOKE USAGE ON TYPE pg_catalog.int4 FROM PUBLIC
-- undo
GRANT USAGE ON TYPE pg_catalog.int4 TO PUBLIC

== silent: a revoke on a language that is not procedural
REVOKE USAGE ON LANGUAGE sql FROM PUBLIC
-- undo
GRANT USAGE ON LANGUAGE sql TO PUBLIC

== system object: grant on its schema
GRANT CREATE ON SCHEMA pg_catalog TO catalog_reader
-- undo
REVOKE CREATE ON SCHEMA pg_catalog FROM catalog_reader

== silent: a grant on the information schema
GRANT SELECT ON information_schema.sql_features TO catalog_reader
-- undo
REVOKE SELECT ON information_schema.sql_features FROM catalog_reader

== depends on extension: a function
ALTER FUNCTION app.twice(integer) DEPENDS ON EXTENSION tcn
-- undo
ALTER FUNCTION app.twice(integer) NO DEPENDS ON EXTENSION tcn

== depends on extension: a procedure
ALTER PROCEDURE app.clean(integer) DEPENDS ON EXTENSION tcn
-- undo
ALTER PROCEDURE app.clean(integer) NO DEPENDS ON EXTENSION tcn

== depends on extension: an index
ALTER INDEX app.users_name DEPENDS ON EXTENSION tcn
-- undo
ALTER INDEX app.users_name NO DEPENDS ON EXTENSION tcn

== depends on extension: the index of a constraint
ALTER INDEX app.users_pkey DEPENDS ON EXTENSION tcn
-- undo
ALTER INDEX app.users_pkey NO DEPENDS ON EXTENSION tcn

== depends on extension: a trigger
ALTER TRIGGER touch ON app.users DEPENDS ON EXTENSION tcn
-- undo
ALTER TRIGGER touch ON app.users NO DEPENDS ON EXTENSION tcn

== depends on extension: a materialized view
ALTER MATERIALIZED VIEW app.counts DEPENDS ON EXTENSION tcn
-- undo
ALTER MATERIALIZED VIEW app.counts NO DEPENDS ON EXTENSION tcn

== trigger: other state in a partition
CREATE TRIGGER touch_logs AFTER INSERT ON app.logs FOR EACH ROW EXECUTE FUNCTION app.touch(); ALTER TABLE app.logs_2025 DISABLE TRIGGER touch_logs
-- undo
DROP TRIGGER touch_logs ON app.logs

== trigger: constraint trigger
CREATE CONSTRAINT TRIGGER checked AFTER INSERT ON app.users FROM app.orders DEFERRABLE INITIALLY DEFERRED FOR EACH ROW WHEN (new.id > 1) EXECUTE FUNCTION app.touch()
-- undo
DROP TRIGGER checked ON app.users

== trigger: comment on a constraint trigger
CREATE CONSTRAINT TRIGGER checked AFTER INSERT ON app.users FOR EACH ROW EXECUTE FUNCTION app.touch(); COMMENT ON TRIGGER checked ON app.users IS 'late'
-- undo
DROP TRIGGER checked ON app.users

== trigger: on a view, for some columns of a table
CREATE TRIGGER instead INSTEAD OF UPDATE ON app.active FOR EACH ROW EXECUTE FUNCTION app.touch();
CREATE TRIGGER partly BEFORE UPDATE OF name, score ON app.users FOR EACH ROW EXECUTE FUNCTION app.touch('a', 'b')
-- undo
DROP TRIGGER instead ON app.active; DROP TRIGGER partly ON app.users

== view: temporary views of circular definitions
CREATE VIEW app.one AS SELECT 1 AS a; CREATE VIEW app.two AS SELECT a FROM app.one; CREATE OR REPLACE VIEW app.one AS SELECT 1 AS a WHERE EXISTS (SELECT FROM app.two)
-- undo
CREATE OR REPLACE VIEW app.one AS SELECT 1 AS a; DROP VIEW app.two, app.one

== silent: a policy on a temporary table
CREATE TEMPORARY TABLE briefly (id integer); CREATE POLICY p ON briefly; CREATE STATISTICS app.brief ON (id + 1) FROM briefly
-- undo
DROP TABLE briefly

== materialized view: storage, compression, cluster
ALTER MATERIALIZED VIEW app.counts ALTER COLUMN state SET STATISTICS 5, ALTER COLUMN n SET (n_distinct = 3)
-- undo
ALTER MATERIALIZED VIEW app.counts ALTER COLUMN state SET STATISTICS -1, ALTER COLUMN n RESET (n_distinct)

== materialized view: clustered
CREATE INDEX counts_n ON app.counts (n); ALTER MATERIALIZED VIEW app.counts CLUSTER ON counts_n
-- undo
DROP INDEX app.counts_n

== materialized view: option
ALTER MATERIALIZED VIEW app.counts SET (autovacuum_enabled = false, toast.autovacuum_enabled = false)
-- undo
ALTER MATERIALIZED VIEW app.counts RESET (autovacuum_enabled, toast.autovacuum_enabled)

== security label: of a schema
INSERT INTO pg_catalog.pg_seclabel VALUES ('app'::regnamespace, 'pg_namespace'::regclass, 0, 'lattice', 'it''s secret')
-- undo
DELETE FROM pg_catalog.pg_seclabel

== security label: of a table
INSERT INTO pg_catalog.pg_seclabel VALUES ('app.users'::regclass, 'pg_class'::regclass, 0, 'lattice', 'it''s secret')
-- undo
DELETE FROM pg_catalog.pg_seclabel

== security label: of a view
INSERT INTO pg_catalog.pg_seclabel VALUES ('app.active'::regclass, 'pg_class'::regclass, 0, 'lattice', 'it''s secret')
-- undo
DELETE FROM pg_catalog.pg_seclabel

== security label: of a materialized view
INSERT INTO pg_catalog.pg_seclabel VALUES ('app.counts'::regclass, 'pg_class'::regclass, 0, 'lattice', 'it''s secret')
-- undo
DELETE FROM pg_catalog.pg_seclabel

== security label: of a foreign table
INSERT INTO pg_catalog.pg_seclabel VALUES ('app.abroad'::regclass, 'pg_class'::regclass, 0, 'lattice', 'it''s secret')
-- undo
DELETE FROM pg_catalog.pg_seclabel

== security label: of a sequence
INSERT INTO pg_catalog.pg_seclabel VALUES ('app.ticket'::regclass, 'pg_class'::regclass, 0, 'lattice', 'it''s secret')
-- undo
DELETE FROM pg_catalog.pg_seclabel

== security label: of an enum
INSERT INTO pg_catalog.pg_seclabel VALUES ('app.status'::regtype, 'pg_type'::regclass, 0, 'lattice', 'it''s secret')
-- undo
DELETE FROM pg_catalog.pg_seclabel

== security label: of a domain
INSERT INTO pg_catalog.pg_seclabel VALUES ('app.email'::regtype, 'pg_type'::regclass, 0, 'lattice', 'it''s secret')
-- undo
DELETE FROM pg_catalog.pg_seclabel

== security label: of a composite type
INSERT INTO pg_catalog.pg_seclabel VALUES ('app.address'::regtype, 'pg_type'::regclass, 0, 'lattice', 'it''s secret')
-- undo
DELETE FROM pg_catalog.pg_seclabel

== security label: of a range type
INSERT INTO pg_catalog.pg_seclabel VALUES ('app.span'::regtype, 'pg_type'::regclass, 0, 'lattice', 'it''s secret')
-- undo
DELETE FROM pg_catalog.pg_seclabel

== security label: of a base type
INSERT INTO pg_catalog.pg_seclabel VALUES ('app.money'::regtype, 'pg_type'::regclass, 0, 'lattice', 'it''s secret')
-- undo
DELETE FROM pg_catalog.pg_seclabel

== security label: of a function
INSERT INTO pg_catalog.pg_seclabel VALUES ('app.twice(integer)'::regprocedure, 'pg_proc'::regclass, 0, 'lattice', 'it''s secret')
-- undo
DELETE FROM pg_catalog.pg_seclabel

== security label: of a procedure
INSERT INTO pg_catalog.pg_seclabel VALUES ('app.clean(integer)'::regprocedure, 'pg_proc'::regclass, 0, 'lattice', 'it''s secret')
-- undo
DELETE FROM pg_catalog.pg_seclabel

== security label: of an aggregate
INSERT INTO pg_catalog.pg_seclabel VALUES ('app.sum_of(integer)'::regprocedure, 'pg_proc'::regclass, 0, 'lattice', 'it''s secret')
-- undo
DELETE FROM pg_catalog.pg_seclabel

== silent: security label of a member of an extension
INSERT INTO pg_catalog.pg_seclabel VALUES ('app.triggered_change_notification()'::regprocedure, 'pg_proc'::regclass, 0, 'lattice', 'it''s secret')
-- undo
DELETE FROM pg_catalog.pg_seclabel

== security label: of columns, by two providers
INSERT INTO pg_catalog.pg_seclabel VALUES ('app.users'::regclass, 'pg_class'::regclass, 1, 'lattice', 'top'), ('app.users'::regclass, 'pg_class'::regclass, 1, 'Another', 'low'),
    ('app.active'::regclass, 'pg_class'::regclass, 2, 'lattice', 'top')
-- undo
DELETE FROM pg_catalog.pg_seclabel

== silent: security label of a column of a composite type
INSERT INTO pg_catalog.pg_seclabel VALUES ('app.address'::regclass, 'pg_class'::regclass, 1, 'lattice', 'top')
-- undo
DELETE FROM pg_catalog.pg_seclabel

== security label: of a language
INSERT INTO pg_catalog.pg_seclabel SELECT oid, 'pg_language'::regclass, 0, 'lattice', 'top' FROM pg_language WHERE lanname = 'dialect'
-- undo
DELETE FROM pg_catalog.pg_seclabel

== security label: of a publication
INSERT INTO pg_catalog.pg_seclabel SELECT oid, 'pg_publication'::regclass, 0, 'lattice', 'top' FROM pg_publication WHERE pubname = 'news'
-- undo
DELETE FROM pg_catalog.pg_seclabel

== security label: of an event trigger
INSERT INTO pg_catalog.pg_seclabel SELECT oid, 'pg_event_trigger'::regclass, 0, 'lattice', 'top' FROM pg_event_trigger WHERE evtname = 'watch'
-- undo
DELETE FROM pg_catalog.pg_seclabel

== [15] publication: a schema
ALTER PUBLICATION news ADD TABLES IN SCHEMA app, public
-- undo
ALTER PUBLICATION news DROP TABLES IN SCHEMA app, public

== [15] publication: some columns of a table
ALTER PUBLICATION news SET TABLE ONLY app.parent (b, a)
-- undo
ALTER PUBLICATION news SET TABLE ONLY app.parent

== [15] publication: some rows of a table
ALTER PUBLICATION news SET TABLE ONLY app.parent WHERE (a > 10 AND b <> 'x')
-- undo
ALTER PUBLICATION news SET TABLE ONLY app.parent

== [18] publication: generated columns
ALTER PUBLICATION news SET (publish_generated_columns = stored)
-- undo
ALTER PUBLICATION news SET (publish_generated_columns = none)

== [15] subscription: add, that stops on errors
CREATE SUBSCRIPTION feed CONNECTION 'host=nowhere' PUBLICATION a WITH (connect = false, slot_name = NONE, two_phase = true, disable_on_error = true)
-- undo
DROP SUBSCRIPTION feed

== [16] subscription: add, of another origin
CREATE SUBSCRIPTION feed CONNECTION 'host=nowhere' PUBLICATION a WITH (connect = false, slot_name = NONE, streaming = parallel, origin = none,
    password_required = false, run_as_owner = true)
-- undo
DROP SUBSCRIPTION feed

== [17] subscription: add, that survives its publisher
CREATE SUBSCRIPTION feed CONNECTION 'host=nowhere' PUBLICATION a WITH (connect = false, slot_name = NONE, failover = true)
-- undo
DROP SUBSCRIPTION feed

== [15] access method: other one of a table
ALTER TABLE app.orders SET ACCESS METHOD shelf
-- undo
ALTER TABLE app.orders SET ACCESS METHOD heap

== [15] access method: other one of a materialized view
ALTER MATERIALIZED VIEW app.counts SET ACCESS METHOD shelf
-- undo
ALTER MATERIALIZED VIEW app.counts SET ACCESS METHOD heap

== [17] access method: of a partitioned table
ALTER TABLE app.logs SET ACCESS METHOD shelf
-- undo
ALTER TABLE app.logs SET ACCESS METHOD DEFAULT

== [17] access method: the usual one of a partitioned table
ALTER TABLE app.logs SET ACCESS METHOD heap
-- undo
ALTER TABLE app.logs SET ACCESS METHOD DEFAULT

== [16] collation: with rules
CREATE COLLATION app.upside (provider = icu, locale = 'und', rules = '&V << w <<< W')
-- undo
DROP COLLATION app.upside

== [17] collation: built in
CREATE COLLATION app.built (provider = builtin, locale = 'C.UTF-8')
-- undo
DROP COLLATION app.built

== [17] event trigger: on login
CREATE EVENT TRIGGER came ON login EXECUTE FUNCTION app.watch()
-- undo
DROP EVENT TRIGGER came

== [18] default privileges: on large objects
ALTER DEFAULT PRIVILEGES FOR ROLE catalog_owner GRANT SELECT ON LARGE OBJECTS TO catalog_reader
-- undo
ALTER DEFAULT PRIVILEGES FOR ROLE catalog_owner REVOKE SELECT ON LARGE OBJECTS FROM catalog_reader

== [15] trigger: a foreign key's in a partition, which no dump restores
ALTER TABLE app.logs ADD COLUMN user_id bigint REFERENCES app.users (id); ALTER TABLE app.logs_2025 DISABLE TRIGGER ALL
-- undo
ALTER TABLE app.logs DROP COLUMN user_id

-- What follows changes one attribute alone, some of them by hand: most of these have no ALTER.

== set up: what is put in the place of something else
CREATE FOREIGN DATA WRAPPER elsewhere;
CREATE FUNCTION app.nothing() RETURNS event_trigger LANGUAGE plpgsql AS 'BEGIN END';
CREATE FUNCTION app.other_handler() RETURNS language_handler LANGUAGE c AS '$libdir/plpgsql', 'plpgsql_call_handler';
CREATE FUNCTION app.lextypes(internal) RETURNS internal LANGUAGE internal AS 'prsd_lextype';
CREATE FUNCTION app.reach() RETURNS fdw_handler LANGUAGE internal AS 'heap_tableam_handler';
CREATE FUNCTION app.canonical(app.span) RETURNS app.span LANGUAGE internal IMMUTABLE STRICT AS 'int4range_canonical';
CREATE COLLATION app.mixed (lc_collate = 'C', lc_ctype = 'POSIX');
ALTER DEFAULT PRIVILEGES FOR ROLE catalog_owner GRANT INSERT ON TABLES TO catalog_reader

== access method: its type alone
UPDATE pg_am SET amtype = 'i' WHERE amname = 'shelf'
-- undo
UPDATE pg_am SET amtype = 't' WHERE amname = 'shelf'

== access method: its handler alone
UPDATE pg_am SET amhandler = 'bthandler'::regproc WHERE amname = 'shelf'
-- undo
UPDATE pg_am SET amhandler = 'heap_tableam_handler'::regproc WHERE amname = 'shelf'

== base type: its alignment alone
UPDATE pg_type SET typalign = 's' WHERE oid = 'app.money'::regtype
-- undo
UPDATE pg_type SET typalign = 'i' WHERE oid = 'app.money'::regtype

== base type: its category alone
UPDATE pg_type SET typcategory = 'X' WHERE oid = 'app.money'::regtype
-- undo
UPDATE pg_type SET typcategory = 'U' WHERE oid = 'app.money'::regtype

== base type: its collatable alone
UPDATE pg_type SET typcollation = 100 WHERE oid = 'app.money'::regtype
-- undo
UPDATE pg_type SET typcollation = 0 WHERE oid = 'app.money'::regtype

== base type: its default alone
UPDATE pg_type SET typdefault = 'it''s 1' WHERE oid = 'app.money'::regtype
-- undo
UPDATE pg_type SET typdefault = NULL WHERE oid = 'app.money'::regtype

== base type: its delimiter alone
UPDATE pg_type SET typdelim = ';' WHERE oid = 'app.money'::regtype
-- undo
UPDATE pg_type SET typdelim = ',' WHERE oid = 'app.money'::regtype

== base type: its element alone
UPDATE pg_type SET typelem = 23 WHERE oid = 'app.money'::regtype
-- undo
UPDATE pg_type SET typelem = 0 WHERE oid = 'app.money'::regtype

== base type: its length alone
UPDATE pg_type SET typlen = 8 WHERE oid = 'app.money'::regtype
-- undo
UPDATE pg_type SET typlen = 4 WHERE oid = 'app.money'::regtype

== base type: its length variable alone
UPDATE pg_type SET typlen = -1 WHERE oid = 'app.money'::regtype
-- undo
UPDATE pg_type SET typlen = 4 WHERE oid = 'app.money'::regtype

== base type: its input alone
UPDATE pg_type SET typinput = 'int8in'::regproc WHERE oid = 'app.money'::regtype
-- undo
UPDATE pg_type SET typinput = 'app.money_in'::regproc WHERE oid = 'app.money'::regtype

== base type: its output alone
UPDATE pg_type SET typoutput = 'int8out'::regproc WHERE oid = 'app.money'::regtype
-- undo
UPDATE pg_type SET typoutput = 'app.money_out'::regproc WHERE oid = 'app.money'::regtype

== base type: its passing by value alone
UPDATE pg_type SET typbyval = false WHERE oid = 'app.money'::regtype
-- undo
UPDATE pg_type SET typbyval = true WHERE oid = 'app.money'::regtype

== base type: its preference alone
UPDATE pg_type SET typispreferred = true WHERE oid = 'app.money'::regtype
-- undo
UPDATE pg_type SET typispreferred = false WHERE oid = 'app.money'::regtype

== base type: its receive alone
UPDATE pg_type SET typreceive = 'int4recv'::regproc WHERE oid = 'app.money'::regtype
-- undo
UPDATE pg_type SET typreceive = 0 WHERE oid = 'app.money'::regtype

== base type: its send alone
UPDATE pg_type SET typsend = 'int4send'::regproc WHERE oid = 'app.money'::regtype
-- undo
UPDATE pg_type SET typsend = 0 WHERE oid = 'app.money'::regtype

== base type: its storage alone
UPDATE pg_type SET typstorage = 'x' WHERE oid = 'app.money'::regtype
-- undo
UPDATE pg_type SET typstorage = 'p' WHERE oid = 'app.money'::regtype

== base type: its subscript alone
UPDATE pg_type SET typsubscript = 'raw_array_subscript_handler'::regproc WHERE oid = 'app.money'::regtype
-- undo
UPDATE pg_type SET typsubscript = 0 WHERE oid = 'app.money'::regtype

== base type: its typmod_in alone
UPDATE pg_type SET typmodin = 'varchartypmodin'::regproc WHERE oid = 'app.money'::regtype
-- undo
UPDATE pg_type SET typmodin = 0 WHERE oid = 'app.money'::regtype

== base type: its typmod_out alone
UPDATE pg_type SET typmodout = 'varchartypmodout'::regproc WHERE oid = 'app.money'::regtype
-- undo
UPDATE pg_type SET typmodout = 0 WHERE oid = 'app.money'::regtype

== cast: its function alone
UPDATE pg_cast SET castfunc = 'app.same(app.address, app.address)'::regprocedure WHERE castsource = 'app.address'::regtype
-- undo
UPDATE pg_cast SET castfunc = 'app.text_of(app.address)'::regprocedure WHERE castsource = 'app.address'::regtype

== cast: its method alone
UPDATE pg_cast SET castmethod = 'i' WHERE castsource = 'app.address'::regtype
-- undo
UPDATE pg_cast SET castmethod = 'f' WHERE castsource = 'app.address'::regtype

== collation: its lc_collate alone
UPDATE pg_collation SET collcollate = 'POSIX' WHERE oid = 'app.mixed'::regcollation
-- undo
UPDATE pg_collation SET collcollate = 'C' WHERE oid = 'app.mixed'::regcollation

== collation: its lc_ctype alone
UPDATE pg_collation SET collctype = 'C' WHERE oid = 'app.mixed'::regcollation
-- undo
UPDATE pg_collation SET collctype = 'POSIX' WHERE oid = 'app.mixed'::regcollation

== collation: its nondeterminism alone
UPDATE pg_collation SET collisdeterministic = false WHERE oid = 'app.german'::regcollation
-- undo
UPDATE pg_collation SET collisdeterministic = true WHERE oid = 'app.german'::regcollation

== [17] collation: its provider alone
UPDATE pg_collation SET collprovider = 'b' WHERE oid = 'app.german'::regcollation
-- undo
UPDATE pg_collation SET collprovider = 'i' WHERE oid = 'app.german'::regcollation

== [16] collation: its rules alone
UPDATE pg_collation SET collicurules = '&V << w' WHERE oid = 'app.german'::regcollation
-- undo
UPDATE pg_collation SET collicurules = NULL WHERE oid = 'app.german'::regcollation

== conversion: its default alone
UPDATE pg_conversion SET condefault = true WHERE conname = 'latin'
-- undo
UPDATE pg_conversion SET condefault = false WHERE conname = 'latin'

== conversion: its source alone
UPDATE pg_conversion SET conforencoding = pg_char_to_encoding('LATIN2') WHERE conname = 'latin'
-- undo
UPDATE pg_conversion SET conforencoding = pg_char_to_encoding('LATIN1') WHERE conname = 'latin'

== conversion: its destination alone
UPDATE pg_conversion SET contoencoding = pg_char_to_encoding('LATIN2') WHERE conname = 'latin'
-- undo
UPDATE pg_conversion SET contoencoding = pg_char_to_encoding('UTF8') WHERE conname = 'latin'

== conversion: its function alone
UPDATE pg_conversion SET conproc = 'koi8r_to_utf8'::regproc WHERE conname = 'latin'
-- undo
UPDATE pg_conversion SET conproc = 'iso8859_1_to_utf8'::regproc WHERE conname = 'latin'

== default privileges: revoke alone
ALTER DEFAULT PRIVILEGES FOR ROLE catalog_owner REVOKE DELETE ON TABLES FROM catalog_owner
-- undo
ALTER DEFAULT PRIVILEGES FOR ROLE catalog_owner GRANT DELETE ON TABLES TO catalog_owner

== event trigger: its event alone
UPDATE pg_event_trigger SET evtevent = 'ddl_command_start' WHERE evtname = 'watch'
-- undo
UPDATE pg_event_trigger SET evtevent = 'sql_drop' WHERE evtname = 'watch'

== event trigger: its function alone
UPDATE pg_event_trigger SET evtfoid = 'app.nothing()'::regprocedure WHERE evtname = 'watch'
-- undo
UPDATE pg_event_trigger SET evtfoid = 'app.watch()'::regprocedure WHERE evtname = 'watch'

== event trigger: its tags alone
UPDATE pg_event_trigger SET evttags = '{"DROP TABLE","DROP VIEW"}' WHERE evtname = 'watch'
-- undo
UPDATE pg_event_trigger SET evttags = NULL WHERE evtname = 'watch'

== extension member: revoke alone
REVOKE EXECUTE ON FUNCTION app.triggered_change_notification() FROM postgres
-- undo
GRANT EXECUTE ON FUNCTION app.triggered_change_notification() TO postgres

== system object: revoke alone
REVOKE DELETE ON pg_catalog.pg_authid FROM postgres
-- undo
GRANT DELETE ON pg_catalog.pg_authid TO postgres

== foreign data wrapper: validator
ALTER FOREIGN DATA WRAPPER elsewhere VALIDATOR postgresql_fdw_validator
-- undo
ALTER FOREIGN DATA WRAPPER elsewhere NO VALIDATOR

== foreign data wrapper: its handler alone
UPDATE pg_foreign_data_wrapper SET fdwhandler = 'app.reach()'::regprocedure WHERE fdwname = 'nowhere'
-- undo
UPDATE pg_foreign_data_wrapper SET fdwhandler = 0 WHERE fdwname = 'nowhere'

== function: its transforms alone
UPDATE pg_proc SET protrftypes = '{23}' WHERE oid = 'app.twice(integer)'::regprocedure
-- undo
UPDATE pg_proc SET protrftypes = NULL WHERE oid = 'app.twice(integer)'::regprocedure

== function: its object file alone
UPDATE pg_proc SET probin = '$libdir/plpgsql.so' WHERE oid = 'app.dialect_inline(internal)'::regprocedure
-- undo
UPDATE pg_proc SET probin = '$libdir/plpgsql' WHERE oid = 'app.dialect_inline(internal)'::regprocedure

== language: its trust alone
UPDATE pg_language SET lanpltrusted = false WHERE lanname = 'dialect'
-- undo
UPDATE pg_language SET lanpltrusted = true WHERE lanname = 'dialect'

== language: its handler alone
UPDATE pg_language SET lanplcallfoid = 'app.other_handler()'::regprocedure WHERE lanname = 'dialect'
-- undo
UPDATE pg_language SET lanplcallfoid = 'app.dialect_handler()'::regprocedure WHERE lanname = 'dialect'

== language: its inline handler alone
UPDATE pg_language SET laninline = 'app.dialect_inline(internal)'::regprocedure WHERE lanname = 'dialect'
-- undo
UPDATE pg_language SET laninline = 0 WHERE lanname = 'dialect'

== language: its validator alone
UPDATE pg_language SET lanvalidator = 'app.dialect_validator(oid)'::regprocedure WHERE lanname = 'dialect'
-- undo
UPDATE pg_language SET lanvalidator = 0 WHERE lanname = 'dialect'

== operator class: its default alone
UPDATE pg_opclass SET opcdefault = true WHERE opcname = 'by_city'
-- undo
UPDATE pg_opclass SET opcdefault = false WHERE opcname = 'by_city'

== operator class: its family alone
UPDATE pg_opclass SET opcfamily = (SELECT oid FROM pg_opfamily WHERE opfname = 'spare') WHERE opcname = 'by_city'
-- undo
UPDATE pg_opclass SET opcfamily = (SELECT oid FROM pg_opfamily WHERE opfname = 'by_city') WHERE opcname = 'by_city'

== operator class: its storage alone
UPDATE pg_opclass SET opckeytype = 25 WHERE opcname = 'by_city'
-- undo
UPDATE pg_opclass SET opckeytype = 0 WHERE opcname = 'by_city'

== operator class: its type alone
UPDATE pg_opclass SET opcintype = 25 WHERE opcname = 'by_city'
-- undo
UPDATE pg_opclass SET opcintype = 'app.address'::regtype WHERE opcname = 'by_city'

== operator class: its operators alone
UPDATE pg_amop SET amopstrategy = 2 WHERE amopopr = 'app.===(app.address, app.address)'::regoperator
-- undo
UPDATE pg_amop SET amopstrategy = 1 WHERE amopopr = 'app.===(app.address, app.address)'::regoperator

== operator class: its functions alone
UPDATE pg_amproc SET amprocnum = 2 WHERE amproc = 'app.hash'::regproc
-- undo
UPDATE pg_amproc SET amprocnum = 1 WHERE amproc = 'app.hash'::regproc

== operator family: an operator alone
ALTER OPERATOR FAMILY app.spare USING btree ADD OPERATOR 3 app.=== (app.address, app.address)
-- undo
ALTER OPERATOR FAMILY app.spare USING btree DROP OPERATOR 3 (app.address, app.address)

== operator family: a function alone
ALTER OPERATOR FAMILY app.spare USING btree ADD FUNCTION 1 (app.address, app.address) app.compare(app.address, app.address)
-- undo
ALTER OPERATOR FAMILY app.spare USING btree DROP FUNCTION 1 (app.address, app.address)

== operator: its commutator alone
UPDATE pg_operator SET oprcom = oid WHERE oid = 'app.===(app.address, app.address)'::regoperator
-- undo
UPDATE pg_operator SET oprcom = 0 WHERE oid = 'app.===(app.address, app.address)'::regoperator

== operator: its negator alone
UPDATE pg_operator SET oprnegate = '=(integer, integer)'::regoperator WHERE oid = 'app.===(app.address, app.address)'::regoperator
-- undo
UPDATE pg_operator SET oprnegate = 0 WHERE oid = 'app.===(app.address, app.address)'::regoperator

== operator: its function alone
UPDATE pg_operator SET oprcode = 'app.different'::regproc WHERE oid = 'app.===(app.address, app.address)'::regoperator
-- undo
UPDATE pg_operator SET oprcode = 'app.same'::regproc WHERE oid = 'app.===(app.address, app.address)'::regoperator

== operator: its hashing alone
UPDATE pg_operator SET oprcanhash = true WHERE oid = 'app.===(app.address, app.address)'::regoperator
-- undo
UPDATE pg_operator SET oprcanhash = false WHERE oid = 'app.===(app.address, app.address)'::regoperator

== operator: its merging alone
UPDATE pg_operator SET oprcanmerge = true WHERE oid = 'app.===(app.address, app.address)'::regoperator
-- undo
UPDATE pg_operator SET oprcanmerge = false WHERE oid = 'app.===(app.address, app.address)'::regoperator

== operator: its restriction estimator alone
UPDATE pg_operator SET oprrest = 'eqsel'::regproc WHERE oid = 'app.===(app.address, app.address)'::regoperator
-- undo
UPDATE pg_operator SET oprrest = 0 WHERE oid = 'app.===(app.address, app.address)'::regoperator

== operator: its join estimator alone
UPDATE pg_operator SET oprjoin = 'eqjoinsel'::regproc WHERE oid = 'app.===(app.address, app.address)'::regoperator
-- undo
UPDATE pg_operator SET oprjoin = 0 WHERE oid = 'app.===(app.address, app.address)'::regoperator

== publication: its tables being all alone
UPDATE pg_publication SET puballtables = true WHERE pubname = 'news'
-- undo
UPDATE pg_publication SET puballtables = false WHERE pubname = 'news'

== range: its canonical form alone
UPDATE pg_range SET rngcanonical = 'app.canonical(app.span)'::regprocedure WHERE rngtypid = 'app.span'::regtype
-- undo
UPDATE pg_range SET rngcanonical = 0 WHERE rngtypid = 'app.span'::regtype

== server: its type alone
UPDATE pg_foreign_server SET srvtype = 'it''s old' WHERE srvname = 'far'
-- undo
UPDATE pg_foreign_server SET srvtype = NULL WHERE srvname = 'far'

== server: its version alone
UPDATE pg_foreign_server SET srvversion = '2' WHERE srvname = 'far'
-- undo
UPDATE pg_foreign_server SET srvversion = NULL WHERE srvname = 'far'

== server: its wrapper alone
UPDATE pg_foreign_server SET srvfdw = (SELECT oid FROM pg_foreign_data_wrapper WHERE fdwname = 'elsewhere') WHERE srvname = 'far'
-- undo
UPDATE pg_foreign_server SET srvfdw = (SELECT oid FROM pg_foreign_data_wrapper WHERE fdwname = 'nowhere') WHERE srvname = 'far'

== text search dictionary: its options alone
UPDATE pg_ts_dict SET dictinitoption = 'stopwords = ''russian''' WHERE oid = 'app.plain'::regdictionary
-- undo
UPDATE pg_ts_dict SET dictinitoption = NULL WHERE oid = 'app.plain'::regdictionary

== text search dictionary: its template alone
UPDATE pg_ts_dict SET dicttemplate = (SELECT oid FROM pg_ts_template WHERE tmplname = 'simple') WHERE oid = 'app.plain'::regdictionary
-- undo
UPDATE pg_ts_dict SET dicttemplate = (SELECT oid FROM pg_ts_template WHERE tmplname = 'plain') WHERE oid = 'app.plain'::regdictionary

== text search parser: its start alone
UPDATE pg_ts_parser SET prsstart = 'app.lextypes'::regproc WHERE prsname = 'words'
-- undo
UPDATE pg_ts_parser SET prsstart = 'prsd_start'::regproc WHERE prsname = 'words'

== text search parser: its gettoken alone
UPDATE pg_ts_parser SET prstoken = 'app.lextypes'::regproc WHERE prsname = 'words'
-- undo
UPDATE pg_ts_parser SET prstoken = 'prsd_nexttoken'::regproc WHERE prsname = 'words'

== text search parser: its end alone
UPDATE pg_ts_parser SET prsend = 'app.lextypes'::regproc WHERE prsname = 'words'
-- undo
UPDATE pg_ts_parser SET prsend = 'prsd_end'::regproc WHERE prsname = 'words'

== text search parser: its headline alone
UPDATE pg_ts_parser SET prsheadline = 'prsd_headline'::regproc WHERE prsname = 'words'
-- undo
UPDATE pg_ts_parser SET prsheadline = 0 WHERE prsname = 'words'

== text search parser: its lextypes alone
UPDATE pg_ts_parser SET prslextype = 'app.lextypes'::regproc WHERE prsname = 'words'
-- undo
UPDATE pg_ts_parser SET prslextype = 'prsd_lextype'::regproc WHERE prsname = 'words'

== text search template: its init alone
UPDATE pg_ts_template SET tmplinit = 'dsimple_init'::regproc WHERE tmplname = 'plain'
-- undo
UPDATE pg_ts_template SET tmplinit = 0 WHERE tmplname = 'plain'

== text search template: its lexize alone
UPDATE pg_ts_template SET tmpllexize = 'dispell_lexize'::regproc WHERE tmplname = 'plain'
-- undo
UPDATE pg_ts_template SET tmpllexize = 'dsimple_lexize'::regproc WHERE tmplname = 'plain'
