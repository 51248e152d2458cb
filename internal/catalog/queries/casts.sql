-- Casts and transforms. A range type brings along a cast to its multirange, which is part of it.
SELECT
    'cast' AS kind,
    '(' || pg_catalog.format_type(c.castsource, NULL) || ' AS ' || pg_catalog.format_type(c.casttarget, NULL) || ')' AS name,
    c.oid,
    NULLIF(c.castfunc, 0)::pg_catalog.regprocedure::text AS function,
    CASE c.castmethod WHEN 'i' THEN 'INOUT' WHEN 'b' THEN 'WITHOUT FUNCTION' END AS method,
    CASE c.castcontext WHEN 'a' THEN 'ASSIGNMENT' WHEN 'i' THEN 'IMPLICIT' END AS context,
    NULL AS from_sql,
    NULL AS to_sql
FROM pg_catalog.pg_cast c
WHERE c.oid >= 16384
  AND NOT EXISTS (SELECT FROM pg_catalog.pg_range r WHERE r.rngtypid = c.castsource AND r.rngmultitypid = c.casttarget)
UNION ALL
SELECT
    'transform',
    'FOR ' || pg_catalog.format_type(t.trftype, NULL) || ' LANGUAGE '
        || (pg_catalog.pg_identify_object('pg_catalog.pg_language'::pg_catalog.regclass, t.trflang, 0)).identity,
    t.oid,
    NULL,
    NULL,
    NULL,
    NULLIF(t.trffromsql::pg_catalog.oid, 0)::pg_catalog.regprocedure::text,
    NULLIF(t.trftosql::pg_catalog.oid, 0)::pg_catalog.regprocedure::text
FROM pg_catalog.pg_transform t
WHERE t.oid >= 16384
