-- Extensions that were made after initdb. The version is environment: a dump leaves it out,
-- and a branch and its parent may differ in it after an upgrade of the compute.
SELECT
    e.oid,
    e.extname::text AS name,
    (SELECT n.nspname::text FROM pg_catalog.pg_namespace n WHERE n.oid = e.extnamespace) AS in_schema,
    e.extversion AS note_version
FROM pg_catalog.pg_extension e
WHERE e.oid >= 16384
  AND e.extname <> 'neon'
