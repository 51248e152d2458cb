-- Sequences, also those of serial and identity columns. What has the default for its type and
-- direction is left out. The owning table is always in the sequence's own schema, and comes as
-- a number, like its column.
SELECT
    c.relnamespace AS namespace,
    c.relname::text AS name,
    c.oid,
    c.oid AS relation,
    pg_catalog.pg_get_userbyid(c.relowner)::text AS owner,
    c.relpersistence = 'u' AS unlogged,
    NULLIF(pg_catalog.format_type(s.seqtypid, NULL), 'bigint') AS type,
    NULLIF(s.seqstart, CASE WHEN s.seqincrement > 0 THEN s.seqmin ELSE s.seqmax END)::text AS start,
    NULLIF(s.seqincrement, 1)::text AS increment,
    NULLIF(s.seqmin, CASE WHEN s.seqincrement > 0 THEN 1
        WHEN s.seqtypid = 21 THEN -32768 WHEN s.seqtypid = 23 THEN -2147483648
        ELSE -9223372036854775808 END)::text AS minimum,
    NULLIF(s.seqmax, CASE WHEN s.seqincrement < 0 THEN -1
        WHEN s.seqtypid = 21 THEN 32767 WHEN s.seqtypid = 23 THEN 2147483647
        ELSE 9223372036854775807 END)::text AS maximum,
    NULLIF(s.seqcache, 1)::text AS cache,
    s.seqcycle AS cycle,
    d.refobjid AS target,
    CASE WHEN d.refobjid IS NOT NULL THEN ARRAY[d.refobjsubid::pg_catalog.int2] END AS owned_by_column,
    d.deptype = 'i' AS identity
FROM pg_catalog.pg_sequence s
CROSS JOIN LATERAL (
    SELECT c.oid, c.relnamespace, c.relname, c.relowner, c.relpersistence
    FROM pg_catalog.pg_class c WHERE c.oid = s.seqrelid
    OFFSET 0) c
LEFT JOIN pg_catalog.pg_depend d
    ON d.classid = 'pg_catalog.pg_class'::pg_catalog.regclass AND d.objid = s.seqrelid AND d.objsubid = 0
    AND d.refclassid = 'pg_catalog.pg_class'::pg_catalog.regclass AND d.refobjsubid > 0
    AND d.deptype IN ('a', 'i')
WHERE c.relpersistence <> 't'
  AND s.seqrelid >= 16384
