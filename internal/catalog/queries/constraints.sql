-- Constraints of tables and domains. NOT NULL belongs to the column, constraint triggers to
-- the triggers; a foreign key that a partition has from its parent is the parent's.
-- What only the index of a constraint knows (options, place) is told here too.
SELECT
    con.conrelid AS of,
    con.contypid AS of_type,
    con.conname::text AS name,
    con.oid,
    i.indexrelid AS index,
    ic.relfilenode AS file,
    ic.relpages::pg_catalog.int8 * pg_catalog.current_setting('block_size')::pg_catalog.int8 AS bytes,
    CASE con.contype WHEN 'p' THEN 'primary key' WHEN 'u' THEN 'unique' WHEN 'f' THEN 'foreign key'
        WHEN 'c' THEN 'check' ELSE 'exclude' END AS type,
    CASE WHEN con.contype IN ('c', 'x') THEN pg_catalog.pg_get_constraintdef(con.oid) END AS definition,
    CASE WHEN con.contype IN ('p', 'u', 'f') THEN (
        SELECT pg_catalog.array_agg(a.attname::text ORDER BY k.place)
        FROM pg_catalog.unnest(con.conkey) WITH ORDINALITY AS k(number, place)
        JOIN pg_catalog.pg_attribute a ON a.attrelid = con.conrelid AND a.attnum = k.number) END AS column,
    CASE WHEN con.contype IN ('p', 'u') AND i.indnatts > i.indnkeyatts THEN (
        SELECT pg_catalog.array_agg(a.attname::text ORDER BY k.place)
        FROM pg_catalog.unnest(i.indkey::pg_catalog.int2[]) WITH ORDINALITY AS k(number, place)
        JOIN pg_catalog.pg_attribute a ON a.attrelid = con.conrelid AND a.attnum = k.number
        WHERE k.place > i.indnkeyatts) END AS include,
    con.conperiod AS period, -- since 18
    i.indnullsnotdistinct AND con.contype = 'u' AS nulls_not_distinct, -- since 15
    CASE WHEN con.contype = 'f' THEN con.confrelid::pg_catalog.regclass::text END AS references,
    CASE WHEN con.contype = 'f' THEN (
        SELECT pg_catalog.array_agg(a.attname::text ORDER BY k.place)
        FROM pg_catalog.unnest(con.confkey) WITH ORDINALITY AS k(number, place)
        JOIN pg_catalog.pg_attribute a ON a.attrelid = con.confrelid AND a.attnum = k.number) END AS references_column,
    CASE con.confmatchtype WHEN 'f' THEN 'FULL' WHEN 'p' THEN 'PARTIAL' END AS match,
    CASE con.confupdtype WHEN 'r' THEN 'RESTRICT' WHEN 'c' THEN 'CASCADE' WHEN 'n' THEN 'SET NULL' WHEN 'd' THEN 'SET DEFAULT' END AS on_update,
    CASE con.confdeltype WHEN 'r' THEN 'RESTRICT' WHEN 'c' THEN 'CASCADE' WHEN 'n' THEN 'SET NULL' WHEN 'd' THEN 'SET DEFAULT' END AS on_delete,
    CASE WHEN con.contype = 'f' THEN ( -- since 15
        SELECT pg_catalog.array_agg(a.attname::text ORDER BY k.place) -- since 15
        FROM pg_catalog.unnest(con.confdelsetcols) WITH ORDINALITY AS k(number, place) -- since 15
        JOIN pg_catalog.pg_attribute a ON a.attrelid = con.conrelid AND a.attnum = k.number) END AS on_delete_column, -- since 15
    con.condeferrable AND con.contype IN ('p', 'u', 'f') AS deferrable,
    con.condeferred AND con.contype IN ('p', 'u', 'f') AS initially_deferred,
    NOT con.conenforced AND con.contype = 'f' AS not_enforced, -- since 18
    NOT con.convalidated AND con.contype = 'f' AND con.conenforced AS not_valid, -- since 18
    NOT con.convalidated AND con.contype = 'f' AS not_valid, -- before 18
    NOT con.conislocal AND con.contype = 'c' AND NOT c.relispartition AS inherited,
    ic.reloptions AS option,
    ts.spcname::text AS tablespace,
    i.indisclustered AS clustered,
    i.indisreplident AS replica_identity,
    pi.inhparent::pg_catalog.regclass::text AS partition_of
FROM pg_catalog.pg_constraint con
LEFT JOIN pg_catalog.pg_class c ON c.oid = con.conrelid
LEFT JOIN pg_catalog.pg_index i ON i.indexrelid = con.conindid AND con.contype IN ('p', 'u', 'x')
LEFT JOIN pg_catalog.pg_class ic ON ic.oid = i.indexrelid
LEFT JOIN pg_catalog.pg_tablespace ts ON ts.oid = ic.reltablespace
LEFT JOIN pg_catalog.pg_inherits pi ON pi.inhrelid = i.indexrelid
WHERE con.contype IN ('p', 'u', 'f', 'c', 'x')
  AND con.oid >= 16384
  AND (con.contype <> 'f' OR con.conparentid = 0)
  AND (c.relpersistence IS NULL OR c.relpersistence <> 't')
