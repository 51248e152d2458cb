-- What a range type has beyond a type; the rows join those of types.sql by OID. Its subtype's
-- usual operator class and collation are left out.
SELECT
    'pg_catalog.pg_type'::pg_catalog.regclass::pg_catalog.oid AS class,
    r.rngtypid AS on,
    pg_catalog.format_type(r.rngsubtype, NULL) AS type,
    (SELECT NULLIF(r.rngcollation, t.typcollation)::pg_catalog.regcollation::text
        FROM pg_catalog.pg_type t WHERE t.oid = r.rngsubtype) AS collation,
    (SELECT pg_catalog.replace((pg_catalog.pg_identify_object(c.tableoid, c.oid, 0)).identity, ' USING btree', '')
        FROM pg_catalog.pg_opclass c WHERE c.oid = r.rngsubopc AND NOT c.opcdefault) AS operator_class,
    NULLIF(r.rngcanonical::text, '-') AS canonical,
    NULLIF(r.rngsubdiff::text, '-') AS subtype_difference,
    (SELECT t.typname::text FROM pg_catalog.pg_type t WHERE t.oid = r.rngmultitypid) AS multirange
FROM pg_catalog.pg_range r
WHERE r.rngtypid >= 16384
