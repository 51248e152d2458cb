-- Functions and procedures, and of aggregates what they have in common with them. Functions
-- that a range type brings along (dependency 'i') are part of that type.
SELECT
    CASE p.prokind WHEN 'p' THEN 'procedure' WHEN 'a' THEN 'aggregate' ELSE 'function' END AS kind,
    p.pronamespace AS namespace,
    pg_catalog.quote_ident(p.proname) || '(' || pg_catalog.oidvectortypes(p.proargtypes) || ')' AS name,
    p.oid,
    pg_catalog.pg_get_userbyid(p.proowner)::text AS owner,
    pg_catalog.pg_get_function_arguments(p.oid) AS arguments,
    pg_catalog.pg_get_function_result(p.oid) AS returns,
    CASE WHEN p.prokind <> 'a' THEN l.lanname::text END AS language,
    (SELECT pg_catalog.array_agg(pg_catalog.format_type(t.o, NULL)) FROM pg_catalog.unnest(p.protrftypes) AS t(o)) AS transform,
    p.prokind = 'w' AS window,
    CASE WHEN p.prokind <> 'a' THEN CASE p.provolatile WHEN 'i' THEN 'immutable' WHEN 's' THEN 'stable' END END AS volatility,
    p.proisstrict AS strict,
    p.prosecdef AS security_definer,
    p.proleakproof AS leakproof,
    CASE p.proparallel WHEN 's' THEN 'safe' WHEN 'r' THEN 'restricted' END AS parallel,
    CASE WHEN p.procost <> CASE WHEN l.lanname IN ('internal', 'c') THEN 1 ELSE 100 END AND p.prokind <> 'a'
        THEN p.procost::text END AS cost,
    CASE WHEN p.proretset AND p.prorows <> 1000 THEN p.prorows::text END AS rows_estimate,
    NULLIF(p.prosupport::text, '-') AS support,
    p.proconfig AS setting,
    p.probin AS object_file,
    pg_catalog.pg_get_function_sqlbody(p.oid) AS sql_body,
    CASE WHEN p.prokind <> 'a' AND p.prosqlbody IS NULL THEN p.prosrc END AS body
FROM pg_catalog.pg_proc p
JOIN pg_catalog.pg_language l ON l.oid = p.prolang
WHERE p.oid >= 16384
  AND NOT EXISTS (
      SELECT FROM pg_catalog.pg_depend d
      WHERE d.classid = 'pg_catalog.pg_proc'::pg_catalog.regclass AND d.objid = p.oid AND d.deptype IN ('e', 'i'))
