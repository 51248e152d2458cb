-- Views and materialized views. Whether one is populated is data. They are found by the rule that
-- makes a view of them: among many tables that is less to look through.
SELECT
    CASE c.relkind WHEN 'm' THEN 'materialized view' ELSE 'view' END AS kind,
    c.relnamespace AS namespace,
    c.relname::text AS name,
    c.oid,
    c.oid AS relation,
    c.relfilenode AS file,
    c.reltuples::pg_catalog.int8 AS rows,
    c.relpages::pg_catalog.int8 * pg_catalog.current_setting('block_size')::pg_catalog.int8 AS bytes,
    pg_catalog.pg_get_userbyid(c.relowner)::text AS owner,
    CASE WHEN c.relam NOT IN (0, 2) THEN
        (pg_catalog.pg_identify_object_as_address('pg_catalog.pg_am'::pg_catalog.regclass, c.relam, 0)).object_names[1] END AS access_method,
    CASE WHEN c.reltablespace <> 0 THEN
        (pg_catalog.pg_identify_object_as_address('pg_catalog.pg_tablespace'::pg_catalog.regclass, c.reltablespace, 0)).object_names[1]
        END AS tablespace,
    c.reloptions AS option,
    CASE WHEN c.reltoastrelid <> 0 THEN (
        SELECT t.reloptions FROM pg_catalog.pg_class t WHERE t.oid = c.reltoastrelid) END AS toast_option,
    pg_catalog.pg_get_viewdef(c.oid) AS definition,
    NOT c.relispopulated AS note_not_populated
FROM pg_catalog.pg_rewrite w
CROSS JOIN LATERAL (
    SELECT c.oid, c.relkind, c.relnamespace, c.relname, c.relfilenode, c.reltuples, c.relpages, c.relowner, c.relam, c.reltablespace, c.reloptions,
        c.reltoastrelid, c.relispopulated, c.relpersistence
    FROM pg_catalog.pg_class c WHERE c.oid = w.ev_class
    OFFSET 0) c
WHERE w.rulename = '_RETURN'
  AND w.ev_class >= 16384
  AND c.relpersistence <> 't'
  AND NOT EXISTS ( -- whose definitions would be written out for nothing
      SELECT FROM pg_catalog.pg_depend d
      WHERE d.refclassid = 'pg_catalog.pg_extension'::pg_catalog.regclass AND d.deptype = 'e'
        AND d.classid = 'pg_catalog.pg_class'::pg_catalog.regclass AND d.objid = c.oid)
