-- Tables, partitioned tables and foreign tables. Those of extensions come along for their
-- names, because foreign keys and sequences may refer to them.
SELECT
    CASE c.relkind WHEN 'f' THEN 'foreign table' ELSE 'table' END AS kind,
    n.nspname::text AS schema,
    c.relname::text AS name,
    c.oid,
    c.oid AS relation,
    c.relfilenode AS file,
    c.reltuples::pg_catalog.int8 AS rows,
    c.relpages::pg_catalog.int8 * pg_catalog.current_setting('block_size')::pg_catalog.int8 AS bytes,
    pg_catalog.pg_get_userbyid(c.relowner)::text AS owner,
    c.relpersistence = 'u' AND c.relkind <> 'p' AS unlogged,
    CASE WHEN c.reloftype <> 0 THEN pg_catalog.format_type(c.reloftype, NULL) END AS typed,
    CASE WHEN NOT c.relispartition THEN i.parents END AS inherits,
    CASE WHEN c.relispartition THEN i.parents END AS partition_of,
    CASE WHEN c.relispartition THEN pg_catalog.pg_get_expr(c.relpartbound, 0) END AS bound,
    CASE WHEN c.relkind = 'p' THEN pg_catalog.pg_get_partkeydef(c.oid) END AS partition_by,
    s.srvname::text AS server,
    f.ftoptions AS server_option,
    CASE WHEN c.relkind = 'p' OR a.amname <> 'heap' THEN a.amname::text END AS access_method,
    t.spcname::text AS tablespace,
    c.reloptions AS option,
    toast.reloptions AS toast_option,
    CASE WHEN c.relkind <> 'f' THEN CASE c.relreplident WHEN 'f' THEN 'full' WHEN 'n' THEN 'nothing' END END AS replica_identity,
    c.relrowsecurity AS row_security,
    c.relforcerowsecurity AS force_row_security,
    EXISTS (
        SELECT FROM pg_catalog.pg_depend d
        WHERE d.refclassid = 'pg_catalog.pg_extension'::pg_catalog.regclass AND d.deptype = 'e'
          AND d.classid = 'pg_catalog.pg_class'::pg_catalog.regclass AND d.objid = c.oid) AS raw_left_out
FROM pg_catalog.pg_class c
JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace
LEFT JOIN (
    SELECT inhrelid, pg_catalog.array_agg(inhparent::pg_catalog.regclass::text ORDER BY inhseqno) AS parents
    FROM pg_catalog.pg_inherits GROUP BY inhrelid) i ON i.inhrelid = c.oid
LEFT JOIN pg_catalog.pg_am a ON a.oid = c.relam
LEFT JOIN pg_catalog.pg_tablespace t ON t.oid = c.reltablespace
LEFT JOIN pg_catalog.pg_class toast ON toast.oid = c.reltoastrelid AND toast.relkind = 't' AND toast.reloptions IS NOT NULL
LEFT JOIN pg_catalog.pg_foreign_table f ON f.ftrelid = c.oid
LEFT JOIN pg_catalog.pg_foreign_server s ON s.oid = f.ftserver
WHERE c.relkind IN ('r', 'p', 'f')
  AND c.relpersistence <> 't'
  AND c.oid >= 16384
  AND n.nspname !~ '^pg_'
  AND n.nspname <> 'information_schema'
