-- Comments, for any object that another query found. What initdb says of public is no comment.
SELECT
    d.classoid AS class,
    d.objoid AS on,
    d.objsubid AS sub,
    d.description AS comment
FROM pg_catalog.pg_description d
WHERE d.objoid >= 16384
   OR (d.classoid = 'pg_catalog.pg_namespace'::pg_catalog.regclass
       AND d.objoid = (SELECT n.oid FROM pg_catalog.pg_namespace n WHERE n.nspname = 'public')
       AND d.description <> 'standard public schema')
