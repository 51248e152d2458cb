-- Comments, for any object that another query found. What initdb says of public is no comment,
-- that it does not say so is an empty one; and a dump has none of an inherited check.
SELECT
    d.classoid AS class,
    d.objoid AS on,
    d.objsubid AS sub,
    d.description AS comment
FROM pg_catalog.pg_description d
LEFT JOIN pg_catalog.pg_namespace public
    ON d.classoid = 'pg_catalog.pg_namespace'::pg_catalog.regclass AND public.oid = d.objoid AND public.nspname = 'public'
WHERE (d.objoid >= 16384 OR public.oid IS NOT NULL)
  AND (public.oid IS NULL OR d.description <> 'standard public schema')
  AND NOT EXISTS (
      SELECT FROM pg_catalog.pg_constraint k
      WHERE d.classoid = 'pg_catalog.pg_constraint'::pg_catalog.regclass AND k.oid = d.objoid
        AND k.contype = 'c' AND NOT k.conislocal)
UNION ALL
SELECT n.tableoid, n.oid, 0, ''
FROM pg_catalog.pg_namespace n
WHERE n.nspname = 'public'
  AND pg_catalog.obj_description(n.oid, 'pg_namespace') IS NULL
