-- Schemas. Those of the system and of Neon come along for their names. That public belongs to
-- pg_database_owner is a fact of initdb (since 15) and not of the schema.
SELECT
    n.oid,
    n.nspname::text AS name,
    NULLIF(pg_catalog.pg_get_userbyid(n.nspowner)::text, 'pg_database_owner') AS owner,
    n.nspname ~ '^pg_' OR n.nspname = 'information_schema' AS raw_system,
    EXISTS (SELECT FROM pg_catalog.pg_extension e WHERE e.extnamespace = n.oid AND e.extname = 'neon') AS raw_neon
FROM pg_catalog.pg_namespace n
