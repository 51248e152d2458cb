-- What is there and told by no other query, by PostgreSQL's own name for it: large objects, what
-- was put into the system's own schemas, and kinds that came after this query was written.
SELECT 'large objects' AS name
WHERE EXISTS (SELECT FROM pg_catalog.pg_largeobject_metadata)
UNION ALL
SELECT i.type || ' ' || i.identity
FROM (
    SELECT c.tableoid, c.oid
    FROM pg_catalog.pg_class c
    WHERE c.oid >= 16384 AND c.relkind IN ('r', 'p', 'v', 'm', 'f', 'S')
      AND c.relnamespace::pg_catalog.regnamespace::text IN ('pg_catalog', 'information_schema')
    UNION ALL
    SELECT p.tableoid, p.oid
    FROM pg_catalog.pg_proc p
    WHERE p.oid >= 16384
      AND p.pronamespace::pg_catalog.regnamespace::text IN ('pg_catalog', 'information_schema')
    UNION ALL
    SELECT d.classid, d.objid
    FROM pg_catalog.pg_class c
    JOIN pg_catalog.pg_depend d ON d.classid = c.oid AND d.objid >= 16384
    WHERE c.oid < 16384 AND c.relkind = 'r' AND c.relnamespace = 11 AND c.relname NOT IN (
        'pg_am', 'pg_amop', 'pg_amproc', 'pg_attrdef', 'pg_cast', 'pg_class', 'pg_collation', 'pg_constraint', 'pg_conversion',
        'pg_default_acl', 'pg_event_trigger', 'pg_extension', 'pg_foreign_data_wrapper', 'pg_foreign_server', 'pg_language',
        'pg_namespace', 'pg_opclass', 'pg_operator', 'pg_opfamily', 'pg_policy', 'pg_proc', 'pg_publication',
        'pg_publication_namespace', 'pg_publication_rel', 'pg_rewrite', 'pg_statistic_ext', 'pg_transform', 'pg_trigger',
        'pg_ts_config', 'pg_ts_dict', 'pg_ts_parser', 'pg_ts_template', 'pg_type', 'pg_user_mapping')
    ) o
CROSS JOIN LATERAL pg_catalog.pg_identify_object(o.tableoid, o.oid, 0) i
WHERE NOT EXISTS (
    SELECT FROM pg_catalog.pg_depend d
    WHERE d.classid = o.tableoid AND d.objid = o.oid AND d.deptype IN ('e', 'i'))
