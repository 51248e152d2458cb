-- Schemas, without those of the system, of extensions and of Neon. That public belongs to
-- pg_database_owner is a fact of initdb (since 15) and not of the schema.
SELECT
    n.oid,
    n.nspname::text AS name,
    NULLIF(pg_catalog.pg_get_userbyid(n.nspowner)::text, 'pg_database_owner') AS owner
FROM pg_catalog.pg_namespace n
WHERE n.nspname !~ '^pg_'
  AND n.nspname <> 'information_schema'
  AND NOT EXISTS (
      SELECT FROM pg_catalog.pg_extension e WHERE e.extnamespace = n.oid AND e.extname = 'neon')
  AND NOT EXISTS (
      SELECT FROM pg_catalog.pg_depend d
      WHERE d.refclassid = 'pg_catalog.pg_extension'::pg_catalog.regclass AND d.deptype = 'e'
        AND d.classid = 'pg_catalog.pg_namespace'::pg_catalog.regclass AND d.objid = n.oid)
