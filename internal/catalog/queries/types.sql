-- Enums, domains, ranges and composite types. Row types of tables, multiranges and arrays are
-- not types of their own.
SELECT
    CASE t.typtype WHEN 'e' THEN 'enum' WHEN 'd' THEN 'domain' WHEN 'r' THEN 'range type' ELSE 'composite type' END AS kind,
    n.nspname::text AS schema,
    t.typname::text AS name,
    t.oid,
    NULLIF(t.typrelid, 0) AS relation,
    pg_catalog.pg_get_userbyid(t.typowner)::text AS owner,
    CASE t.typtype WHEN 'e' THEN (
        SELECT pg_catalog.array_agg(e.enumlabel::text ORDER BY e.enumsortorder)
        FROM pg_catalog.pg_enum e WHERE e.enumtypid = t.oid) END AS label,
    CASE t.typtype WHEN 'e' THEN (
        SELECT pg_catalog.array_agg(e.oid ORDER BY e.enumsortorder)
        FROM pg_catalog.pg_enum e WHERE e.enumtypid = t.oid) END AS labels,
    CASE t.typtype WHEN 'd' THEN pg_catalog.format_type(t.typbasetype, t.typtypmod)
        WHEN 'r' THEN pg_catalog.format_type(r.rngsubtype, NULL) END AS type,
    CASE WHEN t.typtype = 'd' AND t.typcollation <> b.typcollation THEN t.typcollation::pg_catalog.regcollation::text
        WHEN t.typtype = 'r' AND r.rngcollation <> st.typcollation THEN r.rngcollation::pg_catalog.regcollation::text
        END AS collation,
    t.typnotnull AS not_null,
    NULLIF(nn.conname::text, t.typname || '_not_null') AS not_null_name, -- since 17
    nn.oid AS constraint, -- since 17
    CASE t.typtype WHEN 'd' THEN COALESCE(pg_catalog.pg_get_expr(t.typdefaultbin, 0), t.typdefault) END AS default,
    CASE WHEN NOT oc.opcdefault THEN on_.nspname || '.' || oc.opcname END AS operator_class,
    NULLIF(r.rngcanonical::pg_catalog.regproc::text, '-') AS canonical,
    NULLIF(r.rngsubdiff::pg_catalog.regproc::text, '-') AS subtype_difference,
    m.typname::text AS multirange
FROM pg_catalog.pg_type t
JOIN pg_catalog.pg_namespace n ON n.oid = t.typnamespace
LEFT JOIN pg_catalog.pg_class c ON c.oid = t.typrelid
LEFT JOIN pg_catalog.pg_type b ON b.oid = t.typbasetype
LEFT JOIN pg_catalog.pg_range r ON r.rngtypid = t.oid
LEFT JOIN pg_catalog.pg_type st ON st.oid = r.rngsubtype
LEFT JOIN pg_catalog.pg_type m ON m.oid = r.rngmultitypid
LEFT JOIN pg_catalog.pg_opclass oc ON oc.oid = r.rngsubopc
LEFT JOIN pg_catalog.pg_namespace on_ ON on_.oid = oc.opcnamespace
LEFT JOIN pg_catalog.pg_constraint nn ON nn.contypid = t.oid AND nn.contype = 'n' -- since 17
WHERE (t.typtype IN ('e', 'd', 'r') OR (t.typtype = 'c' AND c.relkind = 'c'))
  AND t.oid >= 16384
  AND n.nspname !~ '^pg_'
  AND n.nspname <> 'information_schema'
  AND NOT EXISTS (
      SELECT FROM pg_catalog.pg_depend d
      WHERE d.refclassid = 'pg_catalog.pg_extension'::pg_catalog.regclass AND d.deptype = 'e'
        AND d.classid = 'pg_catalog.pg_type'::pg_catalog.regclass AND d.objid = t.oid)
