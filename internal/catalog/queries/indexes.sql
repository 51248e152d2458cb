-- Indexes, also those of constraints, which become part of them. An index that is not valid is
-- dumped by nobody and slows every write: here it is a field. A partitioned index is "not valid"
-- until its last partition is attached, which is no fault. The columns, a note, are what rules
-- ask for: an expression is an empty name.
--
-- pg_get_indexdef() is by far the dearest of PostgreSQL's functions in a snapshot. Plain
-- indexes are sent as raw_ columns instead, and put into the same words by plainIndex. Plain
-- is a btree or hash index on columns alone, partial or not, without options or collations, whose
-- operator classes are the default for whatever type could use them. The types bpchar, bit and varbit
-- can use each other's or those of text, so there only PostgreSQL can tell; and nothing is plain
-- where somebody has made such types, by an implicit cast without a function.
SELECT
    i.indrelid AS of,
    c.relname::text AS name,
    c.oid,
    c.relfilenode AS file,
    c.relpages::pg_catalog.int8 * pg_catalog.current_setting('block_size')::pg_catalog.int8 AS bytes,
    CASE WHEN NOT i.plain OR c.relam NOT IN (403, 405) OR c.reloptions IS NOT NULL THEN pg_catalog.pg_get_indexdef(c.oid) END AS definition,
    NOT i.indisvalid AND c.relkind = 'i' AS invalid,
    NOT i.indisready AND c.relkind = 'i' AS not_ready,
    c.oid AS partition_of,
    CASE WHEN c.reltablespace <> 0 THEN
        (pg_catalog.pg_identify_object_as_address('pg_catalog.pg_tablespace'::pg_catalog.regclass, c.reltablespace, 0)).object_names[1]
        END AS tablespace,
    i.indisclustered AS clustered,
    i.indisreplident AS replica_identity,
    c.reloptions AS raw_option,
    CASE WHEN i.indexprs IS NOT NULL THEN (
        SELECT pg_catalog.array_agg(a.attnum::text || ' ' || a.attstattarget ORDER BY a.attnum)
        FROM pg_catalog.pg_attribute a
        WHERE a.attrelid = c.oid AND a.attstattarget >= 0) END AS statistics,
    i.indisunique AS note_unique,
    i.indpred IS NOT NULL AS note_partial,
    (i.indkey::pg_catalog.int2[])[0:i.indnkeyatts - 1] AS note_column,
    CASE WHEN i.indnatts > i.indnkeyatts THEN (i.indkey::pg_catalog.int2[])[i.indnkeyatts:i.indnatts - 1] END AS raw_include,
    CASE WHEN i.plain AND i.indpred IS NOT NULL AND c.relam IN (403, 405) THEN pg_catalog.pg_get_expr(i.indpred, i.indrelid) END AS raw_predicate,
    NULLIF(i.indoption::text, '0') AS raw_order,
    i.indnullsnotdistinct AS raw_nulls_not_distinct, -- since 15
    CASE WHEN c.relam <> 403 THEN 'hash' ELSE 'btree' END AS raw_method,
    c.relkind = 'I' AS raw_partitioned
FROM (
    SELECT *, indexprs IS NULL
        AND NOT indclass::pg_catalog.oid[] && ARRAY(
            SELECT oc.oid FROM pg_catalog.pg_opclass oc
            WHERE oc.opcmethod IN (403, 405) AND (NOT oc.opcdefault OR oc.oid >= 16384 OR oc.opcintype IN (1042, 1560, 1562)))
        AND indcollation::pg_catalog.oid[] <@ '{0,100}'
        AND NOT EXISTS (
            SELECT FROM pg_catalog.pg_cast WHERE oid >= 16384 AND castmethod = 'b' AND castcontext = 'i') AS plain
    FROM pg_catalog.pg_index
    WHERE indexrelid >= 16384) i
JOIN pg_catalog.pg_class c ON c.oid = i.indexrelid
WHERE c.relpersistence <> 't'
  AND c.relkind IN ('i', 'I')
