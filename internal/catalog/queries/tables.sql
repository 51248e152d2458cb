-- Tables, partitioned tables and foreign tables. Those of extensions come along for their
-- names, because foreign keys and sequences may refer to them. What few tables have is looked up
-- for these alone: planning one more join costs as much as reading a hundred tables.
SELECT
    CASE c.relkind WHEN 'f' THEN 'foreign table' ELSE 'table' END AS kind,
    c.relnamespace AS namespace,
    c.relname::text AS name,
    c.oid,
    c.oid AS relation,
    c.relnatts AS width,
    c.relfilenode AS file,
    c.reltuples::pg_catalog.int8 AS rows,
    c.relpages::pg_catalog.int8 * pg_catalog.current_setting('block_size')::pg_catalog.int8 AS bytes,
    pg_catalog.pg_get_userbyid(c.relowner)::text AS owner,
    c.relpersistence = 'u' AND c.relkind <> 'p' AS unlogged,
    CASE WHEN c.reloftype <> 0 THEN pg_catalog.format_type(c.reloftype, NULL) END AS typed,
    CASE WHEN NOT c.relispartition THEN c.oid END AS inherits,
    CASE WHEN c.relispartition THEN c.oid END AS partition_of,
    CASE WHEN c.relispartition THEN pg_catalog.pg_get_expr(c.relpartbound, 0) END AS bound,
    CASE WHEN c.relkind = 'p' THEN pg_catalog.pg_get_partkeydef(c.oid) END AS partition_by,
    CASE WHEN c.relkind = 'f' THEN (
        SELECT s.srvname::text FROM pg_catalog.pg_foreign_table f JOIN pg_catalog.pg_foreign_server s ON s.oid = f.ftserver
        WHERE f.ftrelid = c.oid) END AS server,
    CASE WHEN c.relkind = 'f' THEN (SELECT f.ftoptions FROM pg_catalog.pg_foreign_table f WHERE f.ftrelid = c.oid) END AS server_option,
    CASE WHEN c.relam <> 0 AND (c.relkind = 'p' OR c.relam <> 2) THEN
        (pg_catalog.pg_identify_object_as_address('pg_catalog.pg_am'::pg_catalog.regclass, c.relam, 0)).object_names[1] END AS access_method,
    CASE WHEN c.reltablespace <> 0 THEN
        (pg_catalog.pg_identify_object_as_address('pg_catalog.pg_tablespace'::pg_catalog.regclass, c.reltablespace, 0)).object_names[1]
        END AS tablespace,
    c.reloptions AS option,
    CASE WHEN c.reltoastrelid <> 0 THEN (
        SELECT t.reloptions FROM pg_catalog.pg_class t WHERE t.oid = c.reltoastrelid) END AS toast_option,
    CASE WHEN c.relkind <> 'f' THEN CASE c.relreplident WHEN 'f' THEN 'full' WHEN 'n' THEN 'nothing' END END AS replica_identity,
    c.relrowsecurity AS row_security,
    c.relforcerowsecurity AS force_row_security
FROM pg_catalog.pg_class c
WHERE c.relkind IN ('r', 'p', 'f')
  AND c.relpersistence <> 't'
  AND c.oid >= 16384
