-- Which of the queries for kinds that few schemas have may find something. Planning a query costs
-- more than finding nothing by it, and there are two dozen such. Of catalogs that initdb leaves
-- empty it is enough to know whether they still are. Where extensions bring along many, they
-- are counted: as many as there are members of extensions in that class are no news.
SELECT f.file, 0 AS class, 1 AS count
FROM (VALUES
    ('not_nulls', 'pg_catalog.pg_class'), -- since 18
    ('policies', 'pg_catalog.pg_policy'),
    ('casts', 'pg_catalog.pg_transform'),
    ('statistics', 'pg_catalog.pg_statistic_ext'),
    ('foreign', 'pg_catalog.pg_foreign_data_wrapper'),
    ('publications', 'pg_catalog.pg_publication'),
    ('published', 'pg_catalog.pg_publication'),
    ('subscriptions', 'pg_catalog.pg_subscription'),
    ('event_triggers', 'pg_catalog.pg_event_trigger'),
    ('default_privileges', 'pg_catalog.pg_default_acl'),
    ('labels', 'pg_catalog.pg_seclabel'),
    ('labels', 'pg_catalog.pg_shseclabel'),
    ('large objects', 'pg_catalog.pg_largeobject_metadata')) f (file, catalog)
WHERE pg_catalog.pg_relation_size(f.catalog::pg_catalog.regclass) > 0
UNION ALL SELECT 'ranges', 0, 1 WHERE EXISTS (SELECT FROM pg_catalog.pg_range WHERE rngtypid >= 16384)
UNION ALL SELECT 'base_types', 0, 1 WHERE EXISTS (SELECT FROM pg_catalog.pg_type WHERE oid >= 16384 AND typtype = 'b' AND typarray <> 0)
UNION ALL SELECT 'languages', 0, 1 WHERE EXISTS (SELECT FROM pg_catalog.pg_language WHERE oid >= 16384)
    OR EXISTS (SELECT FROM pg_catalog.pg_am WHERE oid >= 16384)
UNION ALL SELECT 'aggregates', 0, 1 WHERE EXISTS (SELECT FROM pg_catalog.pg_aggregate WHERE aggfnoid::pg_catalog.oid >= 16384)
UNION ALL SELECT 'operators', 2617, pg_catalog.count(*) FROM pg_catalog.pg_operator WHERE oid >= 16384
UNION ALL SELECT 'operator_classes', 2616, pg_catalog.count(*) FROM pg_catalog.pg_opclass WHERE oid >= 16384
UNION ALL SELECT 'operator_classes', 2753, pg_catalog.count(*) FROM pg_catalog.pg_opfamily WHERE oid >= 16384
UNION ALL SELECT 'operator_members', 0, 1 WHERE EXISTS (SELECT FROM pg_catalog.pg_amop WHERE oid >= 16384 AND amopfamily < 16384)
    OR EXISTS (SELECT FROM pg_catalog.pg_amproc WHERE oid >= 16384 AND amprocfamily < 16384)
UNION ALL SELECT 'casts', 0, 1 WHERE EXISTS (SELECT FROM pg_catalog.pg_cast WHERE oid >= 16384)
UNION ALL SELECT 'collations', 0, 1 WHERE EXISTS (SELECT FROM pg_catalog.pg_collation WHERE oid >= 16384)
UNION ALL SELECT 'conversions', 0, 1 WHERE EXISTS (SELECT FROM pg_catalog.pg_conversion WHERE oid >= 16384)
UNION ALL SELECT 'text_search_parsers', 0, 1 WHERE EXISTS (SELECT FROM pg_catalog.pg_ts_parser WHERE oid >= 16384)
    OR EXISTS (SELECT FROM pg_catalog.pg_ts_template WHERE oid >= 16384)
UNION ALL SELECT 'text_search', 0, 1 WHERE EXISTS (SELECT FROM pg_catalog.pg_ts_dict WHERE oid >= 16384)
    OR EXISTS (SELECT FROM pg_catalog.pg_ts_config WHERE oid >= 16384)
UNION ALL SELECT 'dependencies', 0, 1 WHERE EXISTS (
    SELECT FROM pg_catalog.pg_depend
    WHERE refclassid = 'pg_catalog.pg_extension'::pg_catalog.regclass AND deptype = 'x')
