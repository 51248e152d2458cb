-- Row-level security policies.
SELECT
    p.polrelid AS of,
    p.polname::text AS name,
    p.oid,
    CASE p.polcmd WHEN 'r' THEN 'SELECT' WHEN 'a' THEN 'INSERT' WHEN 'w' THEN 'UPDATE' WHEN 'd' THEN 'DELETE' END AS command,
    NOT p.polpermissive AS restrictive,
    CASE WHEN p.polroles <> '{0}' THEN ARRAY(
        SELECT pg_catalog.pg_get_userbyid(r)::text COLLATE "C" FROM pg_catalog.unnest(p.polroles) AS r ORDER BY 1) END AS role,
    pg_catalog.pg_get_expr(p.polqual, p.polrelid) AS using,
    pg_catalog.pg_get_expr(p.polwithcheck, p.polrelid) AS check
FROM pg_catalog.pg_policy p
WHERE p.oid >= 16384
