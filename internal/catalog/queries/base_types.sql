-- What a base type has beyond a type; the rows join those of types.sql by OID.
SELECT
    t.tableoid AS class,
    t.oid AS on,
    CASE t.typlen WHEN -1 THEN 'VARIABLE' ELSE t.typlen::text END AS internal_length,
    t.typinput::text AS input,
    t.typoutput::text AS output,
    NULLIF(t.typreceive::text, '-') AS receive,
    NULLIF(t.typsend::text, '-') AS send,
    NULLIF(t.typmodin::text, '-') AS typmod_in,
    NULLIF(t.typmodout::text, '-') AS typmod_out,
    NULLIF(t.typanalyze::text, '-') AS analyze,
    NULLIF(t.typsubscript::text, '-') AS subscript,
    CASE WHEN t.typelem <> 0 THEN pg_catalog.format_type(t.typelem, NULL) END AS element,
    NULLIF(t.typcategory::text, 'U') AS category,
    t.typispreferred AS preferred,
    NULLIF(t.typdelim::text, ',') AS delimiter,
    CASE t.typalign WHEN 'c' THEN 'char' WHEN 's' THEN 'int2' WHEN 'd' THEN 'double' ELSE 'int4' END AS alignment,
    CASE t.typstorage WHEN 'p' THEN 'plain' WHEN 'e' THEN 'external' WHEN 'x' THEN 'extended' ELSE 'main' END AS storage,
    t.typbyval AS passed_by_value,
    t.typcollation <> 0 AS collatable
FROM pg_catalog.pg_type t
WHERE t.oid >= 16384
  AND t.typtype = 'b'
  AND t.typarray <> 0
