-- Comments, for any object that another query found. What initdb says of public is no comment,
-- and a dump has none of an inherited check.
SELECT
    d.classoid AS class,
    d.objoid AS on,
    d.objsubid AS sub,
    d.description AS comment
FROM pg_catalog.pg_description d
WHERE (d.objoid >= 16384
       AND NOT EXISTS (
           SELECT FROM pg_catalog.pg_constraint k
           WHERE d.classoid = 'pg_catalog.pg_constraint'::pg_catalog.regclass AND k.oid = d.objoid
             AND k.contype = 'c' AND NOT k.conislocal))
   OR (d.classoid = 'pg_catalog.pg_namespace'::pg_catalog.regclass
       AND d.objoid = (SELECT n.oid FROM pg_catalog.pg_namespace n WHERE n.nspname = 'public')
       AND d.description <> 'standard public schema')
