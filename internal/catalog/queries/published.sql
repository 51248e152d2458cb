-- What publications publish: tables, perhaps only some of their columns and rows, and schemas.
SELECT
    'pg_catalog.pg_publication'::pg_catalog.regclass::pg_catalog.oid AS class,
    t.prpubid AS on,
    t.prrelid AS target,
    pg_catalog.string_to_array(t.prattrs::text, ' ')::pg_catalog.int2[] AS raw_references_column, -- since 15
    pg_catalog.pg_get_expr(t.prqual, t.prrelid) AS raw_where, -- since 15
    NULL COLLATE "C" AS published_schema,
    t.prrelid::pg_catalog.regclass::text COLLATE "C" AS published_table
FROM pg_catalog.pg_publication_rel t
UNION ALL -- since 15
SELECT 'pg_catalog.pg_publication'::pg_catalog.regclass, s.pnpubid, NULL, NULL, NULL, s.pnnspid::pg_catalog.regnamespace::text COLLATE "C", NULL COLLATE "C" -- since 15
FROM pg_catalog.pg_publication_namespace s -- since 15
ORDER BY published_schema, published_table
