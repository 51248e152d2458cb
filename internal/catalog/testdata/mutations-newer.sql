-- As mutations.sql, for what only newer servers can do: "== [15] name" is for 15 and newer.

== [15] constraint: nulls not distinct
ALTER TABLE app.orders ADD CONSTRAINT one_code UNIQUE NULLS NOT DISTINCT (code)
-- undo
ALTER TABLE app.orders DROP CONSTRAINT one_code

== [15] constraint: set null for some columns
ALTER TABLE app.orders ADD CONSTRAINT again FOREIGN KEY (user_id) REFERENCES app.users ON DELETE SET NULL (user_id)
-- undo
ALTER TABLE app.orders DROP CONSTRAINT again

== [15] sequence: unlogged
ALTER SEQUENCE app.ticket SET UNLOGGED
-- undo
ALTER SEQUENCE app.ticket SET LOGGED

== [15] view: security invoker
ALTER VIEW app.active SET (security_invoker = true)
-- undo
ALTER VIEW app.active RESET (security_invoker)

== [17] table: maintain
GRANT MAINTAIN ON app.users TO catalog_reader
-- undo
REVOKE MAINTAIN ON app.users FROM catalog_reader

== [17] domain: not null by name
ALTER DOMAIN app.email ADD CONSTRAINT there NOT NULL
-- undo
ALTER DOMAIN app.email DROP CONSTRAINT there

== [17] domain: comment on its not null
ALTER DOMAIN app.email ADD CONSTRAINT there NOT NULL; COMMENT ON CONSTRAINT there ON DOMAIN app.email IS 'x'
-- undo
ALTER DOMAIN app.email DROP CONSTRAINT there

== [18] column: virtual
ALTER TABLE app.orders ADD COLUMN v integer GENERATED ALWAYS AS (id * 2) VIRTUAL
-- undo
ALTER TABLE app.orders DROP COLUMN v

== [18] column: name of its not null
ALTER TABLE app.users RENAME CONSTRAINT users_email_not_null TO email_there
-- undo
ALTER TABLE app.users RENAME CONSTRAINT email_there TO users_email_not_null

== [18] column: not null not valid
ALTER TABLE app.orders ADD CONSTRAINT code_there NOT NULL code NOT VALID
-- undo
ALTER TABLE app.orders DROP CONSTRAINT code_there

== [18] column: not null without inheritance
ALTER TABLE app.parent ADD CONSTRAINT a_there NOT NULL a NO INHERIT
-- undo
ALTER TABLE app.parent DROP CONSTRAINT a_there

== [18] column: comment on its not null
COMMENT ON CONSTRAINT users_email_not_null ON app.users IS 'always'
-- undo
COMMENT ON CONSTRAINT users_email_not_null ON app.users IS NULL

== [18] constraint: not enforced
ALTER TABLE app.orders ALTER CONSTRAINT orders_user NOT ENFORCED
-- undo
ALTER TABLE app.orders ALTER CONSTRAINT orders_user ENFORCED

== [18] constraint: temporal key
CREATE TABLE app.rooms (id int4range, during daterange, CONSTRAINT rooms_key PRIMARY KEY (id, during WITHOUT OVERLAPS))
-- undo
DROP TABLE app.rooms
