-- Extended statistics of tables. The target is NULL or -1 where nobody set it.
SELECT
    s.stxnamespace AS namespace,
    s.stxname::text AS name,
    s.oid,
    s.stxrelid AS target,
    pg_catalog.pg_get_userbyid(s.stxowner)::text AS owner,
    pg_catalog.pg_get_statisticsobjdef(s.oid) AS definition,
    CASE WHEN s.stxstattarget >= 0 THEN s.stxstattarget::text END AS statistics
FROM pg_catalog.pg_statistic_ext s
WHERE s.oid >= 16384
