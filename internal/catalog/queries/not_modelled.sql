-- What kinds of objects came after these queries were written, by PostgreSQL's own name for each
-- object. Asked only of servers newer than those (see newestKnown).
SELECT i.type || ' ' || i.identity
FROM pg_catalog.pg_class c
JOIN pg_catalog.pg_depend o ON o.classid = c.oid AND o.objid >= 16384
CROSS JOIN LATERAL pg_catalog.pg_identify_object(o.classid, o.objid, 0) i
WHERE c.oid < 16384 AND c.relkind = 'r' AND c.relnamespace = 11 AND c.relname NOT IN (
    'pg_am', 'pg_amop', 'pg_amproc', 'pg_attrdef', 'pg_cast', 'pg_class', 'pg_collation', 'pg_constraint', 'pg_conversion',
    'pg_default_acl', 'pg_event_trigger', 'pg_extension', 'pg_foreign_data_wrapper', 'pg_foreign_server', 'pg_language',
    'pg_namespace', 'pg_opclass', 'pg_operator', 'pg_opfamily', 'pg_policy', 'pg_proc', 'pg_publication',
    'pg_publication_namespace', 'pg_publication_rel', 'pg_rewrite', 'pg_statistic_ext', 'pg_transform', 'pg_trigger',
    'pg_ts_config', 'pg_ts_dict', 'pg_ts_parser', 'pg_ts_template', 'pg_type', 'pg_user_mapping')
  AND NOT EXISTS (
    SELECT FROM pg_catalog.pg_depend d
    WHERE d.classid = o.classid AND d.objid = o.objid AND d.deptype IN ('e', 'i'))
