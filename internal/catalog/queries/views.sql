-- Views and materialized views. Whether one is populated is data.
SELECT
    CASE c.relkind WHEN 'm' THEN 'materialized view' ELSE 'view' END AS kind,
    n.nspname::text AS schema,
    c.relname::text AS name,
    c.oid,
    c.oid AS relation,
    c.relfilenode AS file,
    c.reltuples::pg_catalog.int8 AS rows,
    c.relpages::pg_catalog.int8 * pg_catalog.current_setting('block_size')::pg_catalog.int8 AS bytes,
    pg_catalog.pg_get_userbyid(c.relowner)::text AS owner,
    NULLIF(a.amname::text, 'heap') AS access_method,
    ts.spcname::text AS tablespace,
    (SELECT pg_catalog.array_agg(o.o ORDER BY pg_catalog.starts_with(o.o, 'check_option='), o.n) -- which a dump has at its end
        FROM pg_catalog.unnest(c.reloptions) WITH ORDINALITY o (o, n)) AS option,
    toast.reloptions AS toast_option,
    pg_catalog.pg_get_viewdef(c.oid) AS definition,
    NOT c.relispopulated AS note_not_populated
FROM pg_catalog.pg_class c
JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace
LEFT JOIN pg_catalog.pg_am a ON a.oid = c.relam
LEFT JOIN pg_catalog.pg_tablespace ts ON ts.oid = c.reltablespace
LEFT JOIN pg_catalog.pg_class toast ON toast.oid = c.reltoastrelid AND toast.relkind = 't' AND toast.reloptions IS NOT NULL
WHERE c.relkind IN ('v', 'm')
  AND c.relpersistence <> 't'
  AND c.oid >= 16384
  AND n.nspname !~ '^pg_'
  AND n.nspname <> 'information_schema'
  AND NOT EXISTS (
      SELECT FROM pg_catalog.pg_depend d
      WHERE d.refclassid = 'pg_catalog.pg_extension'::pg_catalog.regclass AND d.deptype = 'e'
        AND d.classid = 'pg_catalog.pg_class'::pg_catalog.regclass AND d.objid = c.oid)
