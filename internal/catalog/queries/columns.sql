-- Columns. Those of views and materialized views have no type here: the definition of the view
-- says it; they stand for defaults and comments alone. A default has no column in it, so it is
-- written out without its table: opening that costs ten times as much. raw_granted are the owner of the
-- table and the privileges on the column.
SELECT
    a.attrelid AS of,
    a.attname::text AS name,
    a.attnum AS number,
    CASE WHEN c.relkind NOT IN ('v', 'm') THEN pg_catalog.format_type(a.atttypid, a.atttypmod) END AS type,
    CASE WHEN a.attcollation <> t.typcollation AND c.relkind NOT IN ('v', 'm')
        THEN a.attcollation::pg_catalog.regcollation::text END AS collation,
    NULLIF(NULLIF(a.attcollation, 0), 100) AS raw_collation,
    a.attnotnull AS not_null,
    CASE WHEN a.attgenerated = '' THEN pg_catalog.pg_get_expr(e.adbin, 0) END AS default,
    CASE a.attidentity WHEN 'a' THEN 'ALWAYS' WHEN 'd' THEN 'BY DEFAULT' END AS identity,
    CASE WHEN a.attgenerated <> '' THEN '(' || pg_catalog.pg_get_expr(e.adbin, e.adrelid)
        || CASE a.attgenerated WHEN 's' THEN ') STORED' ELSE ') VIRTUAL' END END AS generated,
    CASE WHEN a.attstattarget >= 0 THEN a.attstattarget::text END AS statistics,
    CASE WHEN a.attstorage <> t.typstorage THEN
        CASE a.attstorage WHEN 'p' THEN 'PLAIN' WHEN 'e' THEN 'EXTERNAL' WHEN 'x' THEN 'EXTENDED' ELSE 'MAIN' END
        END AS storage,
    CASE a.attcompression WHEN 'p' THEN 'pglz' WHEN 'l' THEN 'lz4' END AS compression,
    a.attoptions AS option,
    a.attfdwoptions AS server_option,
    NOT a.attislocal AND NOT c.relispartition AS inherited,
    CASE WHEN a.attacl IS NOT NULL THEN pg_catalog.array_prepend(pg_catalog.pg_get_userbyid(c.relowner)::text, a.attacl::text[]) END AS raw_granted
FROM pg_catalog.pg_class c
CROSS JOIN LATERAL (
    SELECT a.attrelid, a.attname, a.attnum, a.atttypid, a.atttypmod, a.attcollation, a.attnotnull, a.atthasdef, a.attgenerated, a.attidentity,
        a.attstattarget, a.attstorage, a.attcompression, a.attoptions, a.attfdwoptions, a.attislocal, a.attacl
    FROM pg_catalog.pg_attribute a
    WHERE a.attrelid = c.oid AND a.attnum > 0 AND NOT a.attisdropped
    OFFSET 0) a
JOIN pg_catalog.pg_type t ON t.oid = a.atttypid
LEFT JOIN pg_catalog.pg_attrdef e ON a.atthasdef AND e.adrelid = a.attrelid AND e.adnum = a.attnum
WHERE c.oid >= 16384
  AND c.relkind IN ('r', 'p', 'f', 'c', 'v', 'm')
  AND c.relpersistence <> 't'
