-- Indexes that no constraint made. An index that is not valid is dumped by nobody and slows
-- every write: here it is a field. A partitioned index is "not valid" until its last
-- partition is attached, which is no fault. The columns, a note, are what rules ask for: an
-- expression is an empty name.
SELECT
    i.indrelid AS of,
    c.relname::text AS name,
    c.oid,
    c.relfilenode AS file,
    c.relpages::pg_catalog.int8 * pg_catalog.current_setting('block_size')::pg_catalog.int8 AS bytes,
    pg_catalog.pg_get_indexdef(c.oid) AS definition,
    NOT i.indisvalid AND c.relkind = 'i' AS invalid,
    NOT i.indisready AND c.relkind = 'i' AS not_ready,
    pi.inhparent::pg_catalog.regclass::text AS partition_of,
    ts.spcname::text AS tablespace,
    i.indisclustered AS clustered,
    i.indisreplident AS replica_identity,
    (SELECT pg_catalog.array_agg(a.attnum::text || ' ' || a.attstattarget ORDER BY a.attnum)
        FROM pg_catalog.pg_attribute a
        WHERE a.attrelid = c.oid AND a.attstattarget >= 0 AND i.indexprs IS NOT NULL) AS statistics,
    i.indisunique AS note_unique,
    i.indpred IS NOT NULL AS note_partial,
    (SELECT pg_catalog.array_agg(COALESCE(a.attname::text, '') ORDER BY k.place)
        FROM pg_catalog.unnest(i.indkey::pg_catalog.int2[]) WITH ORDINALITY AS k(number, place)
        LEFT JOIN pg_catalog.pg_attribute a ON a.attrelid = i.indrelid AND a.attnum = k.number
        WHERE k.place <= i.indnkeyatts) AS note_column
FROM pg_catalog.pg_index i
JOIN pg_catalog.pg_class c ON c.oid = i.indexrelid
LEFT JOIN pg_catalog.pg_tablespace ts ON ts.oid = c.reltablespace
LEFT JOIN pg_catalog.pg_inherits pi ON pi.inhrelid = c.oid
WHERE i.indexrelid >= 16384
  AND c.relpersistence <> 't'
  AND NOT EXISTS (
      SELECT FROM pg_catalog.pg_constraint con
      WHERE con.conindid = i.indexrelid AND con.contype IN ('p', 'u', 'x'))
