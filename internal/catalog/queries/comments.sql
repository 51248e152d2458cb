-- Comments, for any object that another query found. 2200 is the schema public of initdb.
SELECT
    d.classoid AS class,
    d.objoid AS on,
    d.objsubid AS sub,
    d.description AS comment
FROM pg_catalog.pg_description d
WHERE d.objoid >= 16384
  OR (d.objoid = 2200 AND d.classoid = 'pg_catalog.pg_namespace'::pg_catalog.regclass)
