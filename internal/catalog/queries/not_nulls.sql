-- NOT NULL constraints of tables, which are objects of their own since 18. Each is compared with
-- the name that it has by itself where the names of columns are at hand: a join costs more.
SELECT
    'pg_catalog.pg_class'::pg_catalog.regclass::pg_catalog.oid AS class,
    con.conrelid AS on,
    con.conkey[1] AS sub,
    con.oid AS constraint,
    con.conname::text AS raw_name,
    con.connoinherit AS not_null_no_inherit,
    NOT con.convalidated AS not_null_not_valid,
    NOT con.conislocal AS raw_inherited
FROM pg_catalog.pg_constraint con
WHERE con.contype = 'n'
  AND con.conrelid >= 16384
