-- What is there and has no query of its own, by PostgreSQL's own name for it.
SELECT i.type || ' ' || i.identity AS name
FROM (
    SELECT tableoid, oid FROM pg_catalog.pg_operator
    UNION ALL SELECT tableoid, oid FROM pg_catalog.pg_opclass
    UNION ALL SELECT tableoid, oid FROM pg_catalog.pg_opfamily
    UNION ALL SELECT tableoid, oid FROM pg_catalog.pg_cast
    UNION ALL SELECT tableoid, oid FROM pg_catalog.pg_transform
    UNION ALL SELECT tableoid, oid FROM pg_catalog.pg_collation
    UNION ALL SELECT tableoid, oid FROM pg_catalog.pg_conversion
    UNION ALL SELECT tableoid, oid FROM pg_catalog.pg_ts_parser
    UNION ALL SELECT tableoid, oid FROM pg_catalog.pg_ts_dict
    UNION ALL SELECT tableoid, oid FROM pg_catalog.pg_ts_template
    UNION ALL SELECT tableoid, oid FROM pg_catalog.pg_ts_config
    UNION ALL SELECT tableoid, oid FROM pg_catalog.pg_foreign_data_wrapper
    UNION ALL SELECT tableoid, oid FROM pg_catalog.pg_foreign_server
    UNION ALL SELECT 'pg_catalog.pg_user_mapping'::pg_catalog.regclass, umid FROM pg_catalog.pg_user_mappings
    UNION ALL SELECT tableoid, oid FROM pg_catalog.pg_publication
    UNION ALL SELECT 'pg_catalog.pg_subscription'::pg_catalog.regclass, s.oid FROM pg_catalog.pg_subscription s
        JOIN pg_catalog.pg_database d ON d.oid = s.subdbid WHERE d.datname = pg_catalog.current_database()
    UNION ALL SELECT tableoid, oid FROM pg_catalog.pg_language
    UNION ALL SELECT tableoid, oid FROM pg_catalog.pg_am
    UNION ALL SELECT tableoid, oid FROM pg_catalog.pg_event_trigger
    UNION ALL SELECT tableoid, oid FROM pg_catalog.pg_statistic_ext
    UNION ALL SELECT tableoid, oid FROM pg_catalog.pg_default_acl a
        WHERE pg_catalog.pg_get_userbyid(a.defaclrole) <> 'cloud_admin'
    UNION ALL SELECT t.tableoid, t.oid FROM pg_catalog.pg_type t
        WHERE t.typtype IN ('b', 'p') AND NOT EXISTS (SELECT FROM pg_catalog.pg_type e WHERE e.typarray = t.oid)
    ) o
CROSS JOIN LATERAL pg_catalog.pg_identify_object(o.tableoid, o.oid, 0) i
WHERE o.oid >= 16384
  AND NOT EXISTS (
      SELECT FROM pg_catalog.pg_depend d
      WHERE d.classid = o.tableoid AND d.objid = o.oid AND d.deptype IN ('e', 'i'))
UNION ALL
SELECT 'security label on ' || i.type || ' ' || i.identity
FROM pg_catalog.pg_seclabel l
CROSS JOIN LATERAL pg_catalog.pg_identify_object(l.classoid, l.objoid, l.objsubid) i
UNION ALL
SELECT 'dependency of ' || i.type || ' ' || i.identity || ' on extension ' || e.extname
FROM pg_catalog.pg_depend d
JOIN pg_catalog.pg_extension e ON e.oid = d.refobjid AND d.refclassid = 'pg_catalog.pg_extension'::pg_catalog.regclass
CROSS JOIN LATERAL pg_catalog.pg_identify_object(d.classid, d.objid, d.objsubid) i
WHERE d.deptype = 'x'
UNION ALL
SELECT 'privileges on ' || i.type || ' ' || i.identity || ' of extension ' || e.extname
FROM pg_catalog.pg_depend d
JOIN pg_catalog.pg_extension e ON e.oid = d.refobjid
LEFT JOIN pg_catalog.pg_class c ON c.oid = d.objid AND d.classid = 'pg_catalog.pg_class'::pg_catalog.regclass
LEFT JOIN pg_catalog.pg_proc p ON p.oid = d.objid AND d.classid = 'pg_catalog.pg_proc'::pg_catalog.regclass
LEFT JOIN pg_catalog.pg_init_privs v ON v.objoid = d.objid AND v.classoid = d.classid AND v.objsubid = 0
CROSS JOIN LATERAL pg_catalog.pg_identify_object(d.classid, d.objid, 0) i
WHERE d.deptype = 'e'
  AND d.refclassid = 'pg_catalog.pg_extension'::pg_catalog.regclass
  AND e.extname <> 'neon'
  AND COALESCE(c.relacl, p.proacl) IS NOT NULL
  AND COALESCE(c.relacl, p.proacl) IS DISTINCT FROM v.initprivs
