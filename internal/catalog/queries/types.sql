-- Types. Row types of tables are no types of their own, nor are the arrays and multiranges that
-- PostgreSQL makes for others: an array has no array type itself.
SELECT
    CASE t.typtype WHEN 'e' THEN 'enum' WHEN 'd' THEN 'domain' WHEN 'r' THEN 'range type' WHEN 'c' THEN 'composite type'
        WHEN 'b' THEN 'base type' ELSE 'shell type' END AS kind,
    t.typnamespace AS namespace,
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
    CASE t.typtype WHEN 'd' THEN pg_catalog.format_type(t.typbasetype, t.typtypmod) END AS type,
    CASE t.typtype WHEN 'd' THEN (
        SELECT NULLIF(t.typcollation, b.typcollation)::pg_catalog.regcollation::text
        FROM pg_catalog.pg_type b WHERE b.oid = t.typbasetype) END AS collation,
    t.typnotnull AS not_null,
    CASE WHEN t.typnotnull THEN ( -- since 17
        SELECT NULLIF(nn.conname::text, t.typname || '_not_null') -- since 17
        FROM pg_catalog.pg_constraint nn WHERE nn.contypid = t.oid AND nn.contype = 'n') END AS not_null_name, -- since 17
    CASE WHEN t.typnotnull THEN ( -- since 17
        SELECT nn.oid FROM pg_catalog.pg_constraint nn WHERE nn.contypid = t.oid AND nn.contype = 'n') END AS constraint, -- since 17
    CASE WHEN t.typtype = 'd' AND t.typdefaultbin IS NOT NULL THEN pg_catalog.pg_get_expr(t.typdefaultbin, 0) ELSE t.typdefault END AS default
FROM pg_catalog.pg_type t
WHERE t.oid >= 16384
  AND (t.typtype IN ('e', 'd', 'r')
      OR (t.typtype = 'b' AND t.typarray <> 0)
      OR (t.typtype = 'p' AND NOT t.typisdefined)
      OR (t.typtype = 'c' AND EXISTS (SELECT FROM pg_catalog.pg_class c WHERE c.oid = t.typrelid AND c.relkind = 'c')))
